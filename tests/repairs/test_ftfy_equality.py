"""The pre-check is exact: where it says that nothing can change, ftfy changes nothing; and our edits give what ftfy gives."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from unittest import mock

import ftfy
import pytest
from badness_matches import matches
from clean_news import CLEAN
from ftfy.badness import BADNESS_RE, is_bad
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import provenance
from pipeline.repairs import encoding
from pipeline.repairs._ftfy import CONFIG, INERT, may_change

PLAIN = "abXZ 09.,!?;:\n\t"
ENTITIES = ("&amp;", "&lt;", "&#8217;", "&nbsp;", "&AMP;", "&", ";", "<", "&#x1F600;", "&bogus;")
ODD = "\x00\x07\x0b\x0c\r\x1b\x7f\x80\x85\x93\x9d\xad\u200b\u2028\u2029\ufeff\ufffc\ufffd\ud83d\ude42e\u0301\u0308\u212b\u2126ﬁ中한กא"
MARKED = "".join(sorted({c for c in map(chr, range(0x80, 0x3000)) if re.search(re.escape(c), BADNESS_RE.pattern)}))
PIECES = st.one_of(
    st.text(alphabet=PLAIN, max_size=4),
    st.text(alphabet=INERT, max_size=2),
    st.text(alphabet=MARKED + "éèàüößñçÃÂâ€™œŒ", max_size=3),
    st.sampled_from(ENTITIES),
    st.text(alphabet=ODD, max_size=2),
    st.sampled_from(["â€™", "Ã©", "Â\xa0", "Ð¿Ñ€", "â€œ", "\x1b[31m", "Ã ", " Ã la", "вЂ", "√©", "ГўВЂВ™", "β€™"]),
)


def assert_equal(text: str) -> None:
    """Equality with the one difference of ours, lines that are kept back as correct typography, switched off."""
    expected = ftfy.fix_text(text, CONFIG)
    with mock.patch.object(encoding, "_is_typography", return_value=False):
        edits = provenance.sequence(text, encoding.find(text, None))  # type: ignore[arg-type]
    assert provenance.apply(text, edits) == expected
    assert provenance.undo(expected, edits) == text
    assert may_change(text) or expected == text


@given(st.lists(PIECES, max_size=14).map("".join))
@settings(max_examples=400)
@example("Ã la carte")
@example("a\nÂ b")
@example("√´–Ö9")
@example("Œ´")
@example("<b>&amp;</b>\n&amp;")
@example("&amp;\n<b>\n&amp;")
def test_edits_give_what_ftfy_gives(text: str) -> None:
    assert_equal(text)


@given(st.text(alphabet=st.characters(), max_size=40))
def test_edits_give_what_ftfy_gives_on_any_text(text: str) -> None:
    assert_equal(text)


@pytest.mark.parametrize("seed", range(3))
def test_every_alternative_of_the_badness_pattern_is_seen(seed: int) -> None:
    """A line that ftfy calls bad must never pass the pre-check."""
    found = list(matches(seed, rounds=60))
    assert sum(map(is_bad, found)) > len(found) * 0.9
    assert [text for text in found if is_bad(text) and not may_change(text)] == []


def test_inert_marks_never_look_bad() -> None:
    """All strings of up to three of them and of one character of each kind of ASCII; the pattern never looks further for them."""
    alphabet = "aA1 .\n" + INERT
    for length in (1, 2, 3):
        assert not any(is_bad("".join(letters)) for letters in itertools.product(alphabet, repeat=length))


@pytest.mark.parametrize("language", sorted(CLEAN))
def test_clean_text_passes_or_is_equal(language: str) -> None:
    for paragraph in CLEAN[language]:
        assert_equal(paragraph)
        for codec in ("latin-1", "cp1252", "cp1251", "cp1250", "mac-roman", "cp437"):
            assert_equal(paragraph.encode().decode(codec, "replace"))


@pytest.mark.parametrize("language", ["en", "fr", "de", "es", "ru", "zh", "ar"])
def test_clean_text_is_cheap(language: str) -> None:
    """Most lines of correct text never reach ftfy."""
    assert sum(map(may_change, CLEAN[language])) * 5 <= len(CLEAN[language])


def test_cases_and_real_texts_are_equal(shared: Path) -> None:
    cases = json.loads((Path(__file__).parents[1] / "cases" / "characters.json").read_text(encoding="utf-8"))["cases"]
    texts = [case["text"] for case in cases]
    texts += [path.read_text(encoding="utf-8") for path in sorted((shared / "seeds").glob("*.txt"))]
    texts += [page["articleBody"] for page in json.loads((shared / "html" / "gold.json").read_text(encoding="utf-8")).values()]
    for text in texts:
        assert_equal(text)
        assert_equal(text.encode("utf-8", "replace").decode("cp1252", "replace"))


def test_a_segment_longer_than_ftfys_limit_is_equal() -> None:
    assert_equal("a“b” " * 210_000 + "donâ€™t")
