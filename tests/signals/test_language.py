from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "repairs"))
from clean_news import CLEAN

from pipeline.signals import language

SHORT_TEXTS = {
    "es": "El presidente dijo el lunes que no habrá elecciones.",
    "zh": "新华社北京3月20日电 国家主席今天抵达莫斯科",
    "ja": "東京の気象庁は20日、",
    "ko": "서울의 기상청은 말했다",
    "th": "กรุงเทพ ตำรวจจับกุมผู้ต้องหา",
    "it": "Il governo ha detto che non ci sono soldi.",
    "de": "Die Regierung sagte, es gebe kein Geld mehr.",
}


@pytest.mark.parametrize("tag", sorted(CLEAN))
def test_short_news_in_many_languages(tag: str) -> None:
    text = "\n\n".join(CLEAN[tag])
    assert language.identify(text)[0] == tag


@pytest.mark.parametrize("tag", sorted(SHORT_TEXTS))
def test_one_sentence(tag: str) -> None:
    assert language.identify(SHORT_TEXTS[tag])[0] == tag


@pytest.mark.parametrize("text", ["", "12:30", "3 : 2", "— – —", "a b", "???", "\n\n"])
def test_what_has_no_language_has_none(text: str) -> None:
    assert language.identify(text) == (None, None)


def test_a_declaration_stands_without_a_confidence() -> None:
    english = CLEAN["en"][0]
    assert language.identify(english, "en_GB") == ("en-GB", None)
    assert language.identify("12:30", "zh-hant-tw") == ("zh-Hant-TW", None)
    assert language.identify(english, "pt") == ("pt", None), "one paragraph is too little to overrule a source"


def test_a_wrong_declaration_is_overruled_by_a_long_sure_text() -> None:
    russian = " ".join(CLEAN["ru"])
    found, confidence = language.identify(russian, "en")
    assert found == "ru"
    assert confidence is not None
    assert confidence >= 0.95


@pytest.mark.parametrize(("declared", "tag"), [("hr", "sr"), ("nb", "da"), ("ms", "id"), ("uk", "ru")])
def test_neighbours_are_never_overruled(declared: str, tag: str) -> None:
    text = " ".join(CLEAN.get(tag, CLEAN["da"])) * 3
    assert language.identify(text, declared) == (declared, None)


@pytest.mark.parametrize("bad", ["English", "en-US-", "x" * 30, "", " ", "en us", "1a", "ÿ"])
def test_a_malformed_declaration_is_ignored(bad: str) -> None:
    assert language.identify(CLEAN["en"][0] * 2, bad)[0] == "en"


def test_the_quick_test_for_english_agrees_with_the_model(shared: Path) -> None:
    import json

    pages = json.loads((shared / "html" / "gold.json").read_text(encoding="utf-8"))
    texts = [page["articleBody"] for page in pages.values()] + ["\n\n".join(paragraphs) for paragraphs in CLEAN.values()]
    quick = [text for text in texts if language._is_english(text)]
    assert len(quick) > 20
    assert {language._model().classify(text)[0] for text in quick} == {"en"}


def test_the_answer_is_the_same_every_time() -> None:
    text = "\n".join(CLEAN["nl"])
    assert len({language.identify(text) for _ in range(5)}) == 1
