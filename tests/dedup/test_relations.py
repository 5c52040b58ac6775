from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from dedup_desk import CONFIG, Doc, Reader, compare, sketches
from dedup_stories import cut, house_style, join, market_report, story

from pipeline.config import DedupConfig
from pipeline.dedup.relations import FLIPPED, RELATION_SCHEMA, relate
from pipeline.records import Metadata

CASES = json.loads((Path(__file__).parents[1] / "cases" / "dedup_relations.json").read_text())
TEXTS = {
    "story": join(story(1)),
    "other": join(story(2)),
    "house style": house_style(join(story(1))),
    "half": cut(join(story(1)), 0.5),
    "rewritten": join([*story(3)[:7], *story(1)[7:]]),
    "one figure": join(story(1)).replace(" 4", " 5", 1),
    "report": market_report(1),
    "next report": market_report(2),
    "notice": "Editors: please kill the story about the bridge. It was sent in error and must not be used.",
    "alert": "Bridge in Oslo closed",
    "alert!": "BRIDGE IN OSLO CLOSED.",
    "other alert": "Bridge in Bergen closed",
}


def related(a: Doc, b: Doc, config: DedupConfig = CONFIG) -> dict[str, object] | None:
    """What a is to b, scores turned so that a is first."""
    table = sketches([a, b])
    reader = Reader(table)
    columns = [name for name in table.column_names if not name.startswith(("band_", "node", "signature"))]
    rows = relate(reader.rows(np.array([0], np.uint64), columns), reader.rows(np.array([1], np.uint64), columns), config).to_pylist()
    if not rows:
        return None
    row = rows[0]
    if row["a"] != a.doc_id:
        row["relation"] = FLIPPED.get(row["relation"], row["relation"])
        row["containment_a"], row["containment_b"] = row["containment_b"], row["containment_a"]
    return row


def document(name: str, spec: dict[str, object]) -> Doc:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in spec.items() if key not in ("text", "removed")}
    return Doc(name, TEXTS[str(spec["text"])], Metadata(**values), removed=bool(spec.get("removed")))  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["shows"])
@pytest.mark.parametrize("turned", [False, True])
def test_relations(case: dict[str, object], turned: bool) -> None:
    a, b = document("x1" if turned else "x2", case["a"]), document("x2" if turned else "x1", case["b"])  # type: ignore[arg-type]
    row = related(a, b)
    assert (None if row is None else [row["relation"], row["merges"]]) == case["expect"]


def test_the_table_has_the_columns_of_its_schema() -> None:
    none = sketches([Doc("a", TEXTS["story"]), Doc("b", TEXTS["other"])])
    assert relate(none.slice(0, 1), none.slice(1, 1), CONFIG).schema == RELATION_SCHEMA
    empty = none.slice(0, 0)
    assert relate(empty, empty, CONFIG).num_rows == 0


def test_scores_are_exact() -> None:
    whole, part = TEXTS["story"], TEXTS["half"]
    table = sketches([Doc("a", whole), Doc("b", part)])
    sets = [set(row) for row in table.column("shingles").to_pylist()]
    row = related(Doc("a", whole), Doc("b", part))
    assert row is not None
    assert row["jaccard"] == pytest.approx(len(sets[0] & sets[1]) / len(sets[0] | sets[1]))
    assert row["containment_a"] == pytest.approx(len(sets[0] & sets[1]) / len(sets[0]))
    assert row["containment_b"] == 1.0


def test_rows_keep_the_order_of_the_input_and_the_smaller_id_is_first() -> None:
    docs = [Doc(f"d{n}", text) for n, text in enumerate([TEXTS["story"], TEXTS["half"], TEXTS["house style"], TEXTS["other"]])]
    table = sketches(docs)
    pairs = np.array([[2, 0], [0, 1], [3, 0], [1, 2]])
    found = relate(table.take(pa.array(pairs[:, 0])), table.take(pa.array(pairs[:, 1])), CONFIG).to_pylist()
    assert [{row["a_node"], row["b_node"]} for row in found] == [{0, 2}, {0, 1}, {1, 2}]
    assert all(row["a"] < row["b"] and docs[row["a_node"]].doc_id == row["a"] for row in found)


def test_chunked_tables_are_related_like_whole_ones() -> None:
    table = sketches([Doc(f"d{n}", TEXTS[name]) for n, name in enumerate(("story", "half", "house style"))])
    a, b = table.take(pa.array([0, 0, 1])), table.take(pa.array([1, 2, 2]))
    in_chunks = [pa.concat_tables([side.slice(i, 1) for i in range(3)]) for side in (a, b)]
    assert relate(in_chunks[0], in_chunks[1], CONFIG).equals(relate(a, b, CONFIG))


def test_limits_come_from_the_configuration() -> None:
    a, b = Doc("a", TEXTS["story"]), Doc("b", join([*story(1)[:7], *story(3)[7:]]))
    loose = related(a, b)
    assert loose is not None
    assert loose["merges"]
    strict = related(a, b, DedupConfig(min_jaccard=0.9, min_containment=0.95))
    assert strict is not None
    assert (strict["relation"], strict["merges"]) == ("derived_partial", False)
    assert related(a, b, DedupConfig(min_jaccard=0.9, min_containment=0.95, report_jaccard=0.9, report_containment=0.9)) is None


def test_records_without_words_are_copies_only_byte_for_byte() -> None:
    outcome = compare([Doc("a", ""), Doc("b", ""), Doc("c", "..."), Doc("d", "…")])
    assert outcome.clusters() == []
