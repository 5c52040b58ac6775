from __future__ import annotations

from pipeline import desk
from pipeline.config import Config
from pipeline.records import Origin, RawDocument
from pipeline.rows import STAGED_SCHEMA, document_row, read_repaired, to_batch

ENGLISH = (
    "The council of the harbour town put off its vote on the new bridge until the spring, because the plans were not ready.",
    "In the meantime the ferry will run every half hour, and the town has asked the owners of the mill to open their yard.",
    "Nobody at the meeting would say what the bridge is going to cost, but the mayor said that it would be a lot of money.",
)
GERMAN = (
    "Der Rat der Hafenstadt hat die Abstimmung über die neue Brücke auf das Frühjahr verschoben, weil die Pläne nicht fertig sind.",
    "Was die Brücke kosten wird, wollte in der Sitzung niemand sagen, aber die Bürgermeisterin rechnet mit einer hohen Summe.",
)


def stage_row(*paragraphs: str) -> dict[str, object]:
    config = Config()
    raw = RawDocument("0" * 32, 0, Origin("a.txt"), "\n\n".join(["Bridge put off", *paragraphs]).encode(), "0" * 64)
    judged = desk.judge(desk.repair(desk.parse(raw, config.input), config.repair), config)
    row: dict[str, object] = to_batch([document_row(judged)], STAGED_SCHEMA).to_pylist()[0]
    return row


def test_languages_of_paragraphs_are_named_where_they_differ() -> None:
    assert stage_row(*ENGLISH)["paragraph_languages"] is None
    told = stage_row(*ENGLISH, *GERMAN)["paragraph_languages"]
    assert isinstance(told, list)
    assert [part["language"] for part in told] == ["en", "de"]


def test_a_document_comes_back_from_its_row() -> None:
    row = stage_row(*ENGLISH)
    repaired = read_repaired(row)
    assert (repaired.text, repaired.parsed.doc_id, repaired.metadata.title) == (row["text"], "0" * 32, "Bridge put off")
    assert repaired.parsed.source_text.startswith("Bridge put off\n\n")
