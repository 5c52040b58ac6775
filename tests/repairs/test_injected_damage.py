"""Clean text is damaged in one way, at one place or at all; the repairs restore it byte for byte."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable, Iterator

import pytest
from clean_news import ALL_RULES, CLEAN, run_all

PARAGRAPHS = (
    "The harbour board of Eastmere voted on Tuesday to close the old pier, which had no repairs since the late 1990s; the vote was 7 to 2.",
    "“We know that it sounds harsh,” said Ana Ruiz, the chair of the board. “The pier is 120 years old, and it shows.”",
    "The board said the piles were beyond repair. Its report, seen by the Harbour Post, puts the price at $12.5 million!",
    "Who is going to pay for it? “That is the question,” Ruiz said, “and nobody wants to answer it.”",
    "The Harbour Post asked Lee Park, who sells tea near the pier, what he made of the vote. He called it “a gift to the hotels”.",
    "Park has until the end of the month: the board wants the stalls gone by then. The hotels say they had no part in the decision.",
    "The Eastmere Harbour Board (EHB) meets again on the first Friday of the month, in the old customs house by the sea.",
)
CLEAN_TEXT = "\n\n".join(PARAGRAPHS)

Damager = Callable[[str], Iterator[str]]


def one_by_one(pattern: str, replacement: str) -> Damager:
    """Damage every place that the pattern finds, one place a text."""

    def damage(text: str) -> Iterator[str]:
        for match in re.finditer(pattern, text, re.MULTILINE):
            yield text[: match.start()] + match.expand(replacement) + text[match.end() :]

    return damage


def all_at_once(pattern: str, replacement: str) -> Damager:
    def damage(text: str) -> Iterator[str]:
        yield re.sub(pattern, replacement, text, flags=re.MULTILINE)

    return damage


DAMAGES: dict[str, tuple[Damager, bool]] = {
    # name: (how to damage, whether the document must be known to be translated)
    "closing mark turned": (one_by_one("”", "“"), False),
    "all closing marks turned": (all_at_once("”", "“"), False),
    "closing mark turned, comma behind it": (one_by_one(",”", ". “,"), False),
    "closing mark turned and set apart": (one_by_one(r"”$", " “"), False),
    "opening mark turned": (one_by_one("“", "”"), False),
    "gap behind an opening mark": (one_by_one("“", "“ "), False),
    "gap before a closing mark": (one_by_one(",”", ", ”"), False),
    "orphan stop": (one_by_one(r"\.$", ". ."), False),
    "orphan stops everywhere": (all_at_once(r"([.!?]”?)$", r"\1 ."), False),
    "doubled stop": (one_by_one(r"\.$", ".."), False),
    "space before a comma": (one_by_one(",", " ,"), False),
    "space before every comma": (all_at_once(",(?!”)", " ,"), False),
    "space before a stop": (one_by_one(r"(?<=[a-z])\.(?= |$)", " ."), False),
    "space before ; : ? !": (one_by_one(r"[;:?!](?= |$)", r" \g<0>"), False),
    "fixed space before ; : ? !": (one_by_one(r"[;:?!](?= |$)", "\u00a0\\g<0>"), False),
    "article in capitals": (one_by_one(r"(?<=[.] )The (?=[a-z])|^The (?=[a-z])(?!harbour)", "THE "), True),
    "all articles in capitals": (all_at_once(r"(?<=[.] )The |(?<=\n)The ", "THE "), True),
    "words fused, initials behind": (all_at_once("Eastmere Harbour Board", "EastmereHarbourBoard"), True),
    "words fused, apart elsewhere": (one_by_one("Harbour Post", "HarbourPost"), False),
    "article doubled": (one_by_one(r"(?<=[a-z] )the (?=[a-z]{2})(?=[^“”]*(“[^“”]*”[^“”]*)*\Z)", "the the "), False),
    "space doubled": (one_by_one(r"(?<=[A-Za-z,”]) (?=[A-Za-z“])", "  "), False),
    "fixed space between words": (one_by_one(r"(?<=[a-z,]) (?=[a-z])", "\u00a0"), False),
    "fixed spaces everywhere": (all_at_once(r"(?<=[a-z,.]) (?=[A-Za-z])", "\u202f"), False),
    "zero-width space inside a word": (one_by_one(r"(?<=[a-z])(?=[a-z]{3}\b)", "\u200b"), False),
    "soft hyphens": (all_at_once(r"(?<=[a-z]{3})(?=[a-z]{3})", "\u00ad"), False),
    "direction marks": (all_at_once(r"\b(?=[A-Z])", "\u200e"), False),
    "byte order marks": (all_at_once("^", "\ufeff"), False),
    "control characters": (all_at_once(r"(?<=[a-z])(?=[a-z]{4}\b)", "\x07"), False),
    "carriage returns": (all_at_once("\n", "\r\n"), False),
    "ligatures": (all_at_once("fi", "ﬁ"), False),
    "trailing spaces": (all_at_once("$", "  "), False),
    "three blank lines": (all_at_once("\n\n", "\n\n\n\n"), False),
    "no blank lines": (all_at_once("\n\n", "\n"), False),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_undone_byte_for_byte(name: str) -> None:
    damager, translated = DAMAGES[name]
    damaged = [text for text in damager(CLEAN_TEXT) if text != CLEAN_TEXT]
    assert damaged, "the bench found no place to damage"
    for text in damaged:
        assert run_all(text, "en", translated=translated).text == CLEAN_TEXT


def test_the_bench_starts_from_clean_text() -> None:
    state = run_all(CLEAN_TEXT, "en", translated=True)
    assert (state.edits, state.flags) == ((), ())


def paragraphs_of(language: str) -> list[str]:
    # ftfy goes on until nothing looks wrong, and after a repair a capital Ã before a closing mark does: out of reach.
    return [paragraph.strip() for paragraph in CLEAN[language] if "Ã”" not in paragraph]


@pytest.mark.parametrize("language", sorted(CLEAN))
@pytest.mark.parametrize("codec", ["latin-1", "cp1252"])
def test_mojibake_is_undone(language: str, codec: str) -> None:
    """UTF-8 read as a single-byte encoding, with the bytes that windows-1252 leaves undefined passed through as browsers do."""
    for paragraph in paragraphs_of(language):
        # What the other rules change in mojibake's own spaces is no part of this test.
        plain = re.sub("[\u00a0\u202f\u200b\u200c\u200d\u3000]", " ", paragraph)
        damaged = "".join(_decode(byte, codec) for byte in plain.encode())
        assert run_all(damaged, language).text == plain


def _decode(byte: int, codec: str) -> str:
    try:
        return bytes([byte]).decode(codec)
    except UnicodeDecodeError:
        return chr(byte)


CODEPAGES = [
    *[("ru", codec) for codec in ("cp1251", "koi8-r", "iso8859-5")],
    *[("uk", codec) for codec in ("cp1251", "koi8-u")],
    *[("el", "cp1253"), ("el", "iso8859-7"), ("he", "cp1255"), ("ar", "cp1256"), ("fa", "cp1256")],
    *[("zh", "gb18030"), ("ja", "shift_jis"), ("ja", "euc_jp"), ("ko", "euc_kr")],
]


@pytest.mark.parametrize(("language", "codec"), CODEPAGES)
@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
def test_text_in_another_encoding_is_read_again(language: str, codec: str, wrong: str) -> None:
    data = " ".join(paragraph.strip() for paragraph in CLEAN[language]).encode(codec, "ignore")
    damaged = "".join(_decode(byte, wrong) for byte in data)
    rules = tuple(rule for rule in ALL_RULES if rule.NAME == "codepage")
    assert run_all(damaged, None, rules=rules).text == data.decode(codec)


@pytest.mark.parametrize("language", sorted(CLEAN))
def test_entities_are_undone(language: str) -> None:
    text = "\n\n".join(paragraphs_of(language))
    numeric = "".join(f"&#{ord(c)};" if ord(c) > 127 or c in "&'\"" else c for c in text)
    named = html.escape(text).replace("é", "&eacute;").replace("ü", "&uuml;").replace("“", "&ldquo;").replace("”", "&rdquo;")
    assert run_all(numeric, language).text == text
    assert run_all(named, language).text == text
    assert run_all(html.escape(html.escape(text)), language).text == text


@pytest.mark.parametrize("width", [60, 68, 72, 80])
@pytest.mark.parametrize("separator", ["\n\n", "\n    "])
def test_hard_wrapping_is_undone(width: int, separator: str) -> None:
    wrapped = separator.join(textwrap.fill(paragraph, width, break_long_words=False, break_on_hyphens=False) for paragraph in PARAGRAPHS)
    assert run_all(wrapped, "en").text == CLEAN_TEXT


@pytest.mark.parametrize(
    ("last", "expect"),
    [
        (("This is what the old har-", "bour looked like in those"), "This is what the old harbour looked like in those"),
        (("This is what the old har\u00ad", "bour looked like in those"), "This is what the old harbour looked like in those"),
        (("This is what the old sea-", "Land line looked like in"), "This is what the old sea-Land line looked like in"),
        (("This is what the well-", "known pier looked like in"), "This is what the well-known pier looked like in"),
    ],
)
def test_a_hyphen_goes_where_the_document_writes_the_word_without_it(last: tuple[str, str], expect: str) -> None:
    body = [textwrap.fill(paragraph, 60) for paragraph in (*PARAGRAPHS, "The pier was well-known.")]
    ending = textwrap.fill("It is said of the pier that it was once the longest of the whole", 60)
    assert run_all("\n\n".join(body) + "\n\n" + f"{last[0]:>1}\n{last[1]}\n{ending}", "en").text.split("\n\n")[-1].startswith(expect)


@pytest.mark.parametrize("language", sorted(CLEAN))
def test_text_that_is_not_wrapped_keeps_its_lines(language: str) -> None:
    paragraphs = [paragraph.strip() for paragraph in CLEAN[language]] * 3
    assert run_all("\n".join(paragraphs), language).text == "\n\n".join(paragraphs)


def test_verse_lists_and_tables_keep_their_lines() -> None:
    verse = "\n".join(["The pier is old, the pier is long,", "It will not last another song,"] * 8)
    table = "\n".join(f"North Shore {i}  South Bay {i + 1}" for i in range(20))
    listing = "\n".join(f"- item number {i} of the list that the board has drawn up today" for i in range(20))
    for text in (verse, table):
        assert run_all(text, "en").text == text
    assert run_all(listing, "en").text == listing.replace("\n", "\n\n")
