from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from pipeline import filters
from pipeline.config import FilterConfig
from pipeline.errors import ConfigError
from pipeline.records import Metadata, Origin, ParsedDocument, RepairedDocument
from pipeline.signals import quality


def document(text: str = "The boat left the port at noon.", **metadata: Any) -> RepairedDocument:
    parsed = ParsedDocument("0" * 32, 0, Origin("x"), "0" * 64, 0, text, Metadata(), "text", "plain")
    return RepairedDocument(parsed, text, Metadata(**metadata))


def judge(doc: RepairedDocument, mt_score: float = 0.0, **config: Any) -> tuple[str, float | None, float | None] | None:
    verdict = filters.judge(doc, quality.measure(doc.text), mt_score, FilterConfig(**config))
    return None if verdict is None else (verdict.filter, verdict.measured, verdict.limit)


NEWS = {
    "an alert": "Ferry sinks off Eastmere.",
    "one word": "Goal!",
    "results": "North Shore 3 : 2 South Bay\n\nEast End 1 : 1 West End",
    "a list": "• milk\n\n• bread\n\n• tea",
    "figures": "12.5 13.7 14.9",
    "Chinese": "码头",
    "capitals": "PIER CLOSED UNTIL FURTHER NOTICE",
}


@pytest.mark.parametrize("text", NEWS.values(), ids=NEWS)
def test_with_default_settings_all_news_is_kept(text: str) -> None:
    assert judge(document(text), mt_score=1.0) is None


@pytest.mark.parametrize("text", ["", "\n", "— …", "“”"])
def test_a_text_without_a_word_is_removed(text: str) -> None:
    assert judge(document(text)) == ("empty_text", 0.0, 1.0)


def test_the_limit_of_words_counts_characters_of_unspaced_scripts() -> None:
    assert judge(document("码头很旧"), min_words=4) is None
    assert judge(document("码头很旧"), min_words=5) == ("empty_text", 4.0, 5.0)
    assert judge(document(""), min_words=0) is None


@pytest.mark.parametrize("kind", ["picture", "Video", "icls:picture", "ninat:event", "ninat:planning", "composite", "graphic", "audio"])
def test_what_is_no_text_is_removed(kind: str) -> None:
    assert judge(document(item_type=kind)) == ("not_text", None, None)


@pytest.mark.parametrize("kind", [None, "text", "icls:text", "ninat:text", "NewsArticle", "article", "unknown"])
def test_text_and_unknown_types_are_kept(kind: str | None) -> None:
    assert judge(document(item_type=kind)) is None


@pytest.mark.parametrize(
    ("metadata", "name"),
    [({"version_marker": "KILL"}, "kill_notice"), ({"pubstatus": "canceled"}, "canceled"), ({"pubstatus": "withheld"}, "withheld")],
)
def test_what_the_publisher_takes_back_is_removed(metadata: dict[str, str], name: str) -> None:
    assert judge(document(**metadata)) == (name, None, None)
    assert judge(document(version_marker="UPDATE", pubstatus="usable")) is None


def test_languages() -> None:
    assert judge(document(language="en-GB"), languages=("en", "fr")) is None
    assert judge(document(language="de-AT"), languages=("en", "fr")) == ("language", None, None)
    assert judge(document(language=None), languages=("en",)) == ("language", None, None)
    assert judge(document(language=None)) is None


def test_translated() -> None:
    assert judge(document(), mt_score=0.5, max_mt_score=0.5) is None
    assert judge(document(), mt_score=0.51, max_mt_score=0.5) == ("translated", 0.51, 0.5)


def test_every_filter_can_be_switched_off_by_its_name() -> None:
    worst = document("", item_type="picture", version_marker="KILL", pubstatus="canceled", language="xx")
    limits = {"languages": ("en",), "max_mt_score": 0.1, "limits": ("rps_doc_word_count >= 1",)}
    seen: list[str] = []
    while (verdict := judge(worst, 1.0, disabled=tuple(seen), **limits)) is not None:
        seen.append(verdict[0])
    order = [entry.NAME for entry in filters.FILTERS]
    assert seen == [name for name in order if name != "withheld"]
    assert len(set(order)) == len(order)


def test_a_verdict_says_why() -> None:
    verdict = filters.judge(document("One two."), {}, 0.0, FilterConfig(min_words=3))
    assert verdict is not None
    assert dataclasses.astuple(verdict) == ("empty_text", "2 words, fewer than 3", 2.0, 3.0)


def test_limits_on_signals() -> None:
    long_words = document("Incomprehensibilities notwithstanding.")
    assert judge(long_words) is None
    assert judge(long_words, limits=("rps_doc_mean_word_length <= 12",)) == ("quality", pytest.approx(18.0), 12.0)
    assert judge(long_words, limits=("rps_doc_mean_word_length <= 18", "rps_doc_word_count >= 3")) == ("quality", 2.0, 3.0)
    assert judge(document(""), min_words=0, limits=("rps_doc_mean_word_length >= 3",)) is None, "what cannot be measured breaks no limit"


@pytest.mark.parametrize("limit", ["rps_doc_word_count > 3", "rps_doc_word_count", "", "words >= 3", "rps_doc_word_count >= many"])
def test_a_limit_that_cannot_be_read_stops_the_run(limit: str) -> None:
    with pytest.raises(ConfigError, match=r"filter\.limits"):
        judge(document(), limits=(limit,))
    with pytest.raises(ConfigError, match=r"filter\.limits"):
        filters.check(FilterConfig(limits=(limit,)))


def test_limits_that_can_be_read_pass_the_check() -> None:
    filters.check(FilterConfig(limits=("rps_doc_word_count >= 3", "n_paragraphs <= 1000")))
