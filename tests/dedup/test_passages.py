from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from dedup_desk import Doc, Reader
from dedup_stories import join, story
from hypothesis import given, settings
from hypothesis import strategies as st
from passages_desk import relate_sharers, relations_of, seeds_of, share, table_of

from pipeline.config import PassagesConfig
from pipeline.dedup.passages import find_passages, is_evidence
from pipeline.dedup.relations import RELATION_SCHEMA
from pipeline.records import Metadata

CASES = json.loads((Path(__file__).resolve().parents[1] / "cases" / "passages.json").read_text(encoding="utf-8"))
STANDING = "The Orle Post is printed on the old rope walk by a cooperative of its readers; write to the night desk about errors."


def pair(case: dict[str, str]) -> list[Doc]:
    return [Doc("a", case["a"]), Doc("b", case["b"])]


@pytest.mark.parametrize("case", CASES["positive"], ids=lambda case: case["name"])
def test_passage(case: dict[str, str]) -> None:
    (found,) = share(pair(case))
    assert found.texts == (case["in_a"], case["in_b"])
    assert found.row["kind"] == case["kind"]
    assert 0.85 <= found.row["identity"] <= 1


@pytest.mark.parametrize("case", CASES["negative"], ids=lambda case: case["name"])
def test_no_passage(case: dict[str, str]) -> None:
    assert share(pair(case)) == []


@pytest.mark.parametrize("case", CASES["known_failures"], ids=lambda case: case["name"])
@pytest.mark.xfail(strict=True, reason="identity below the limit")
def test_known_failure(case: dict[str, str]) -> None:
    assert share(pair(case))


def test_passages_within_long_stories() -> None:
    quotation = "“Nobody hauls a kedge anchor through drifting ice unless the pilot swears the channel holds,” said Ebba Torn."
    first, second = story(1), story(2)
    first.insert(3, quotation)
    second.insert(8, quotation.replace("“", '"').replace("”", '"'))
    (found,) = share([Doc("a", join(first)), Doc("b", join(second)), Doc("c", join(story(3)))])
    assert found.names == ("a", "b")
    assert found.texts[0].startswith("Nobody hauls")
    assert found.texts[0].endswith("said Ebba Torn")
    assert found.row["evidence"] == "quoted in a and b; longest run 18 of 18 words; in 2 stories"


def test_key_spans_take_no_part_and_do_not_move_spans() -> None:
    dateline, words = "OSLO, May 4 (Nordwire) - ", "Divers recovered seven bronze anchors beneath the lighthouse"
    docs = [Doc(name, dateline + words + rest, spans=((0, len(dateline)),)) for name, rest in (("a", " at dawn."), ("b", "; nobody paid."))]
    (found,) = share(docs)
    assert found.texts == (words, words)


def test_spans_hold_in_decomposed_text() -> None:
    import unicodedata

    text = "Été: Les café́s de l'île vendent du cidre brûlé aux pêcheurs fatigués chaque hiver."
    docs = [Doc("a", "Ils écrivent. " + unicodedata.normalize("NFD", text)), Doc("b", text + " C'est connu partout.")]
    (found,) = share(docs)
    assert unicodedata.normalize("NFC", found.texts[0]) == unicodedata.normalize("NFC", found.texts[1])
    assert found.texts[1] == text.rstrip(".")


def test_standing_paragraph_of_one_site_is_boilerplate() -> None:
    docs = [Doc(f"doc {n}", join([*story(n, 4), STANDING]), Metadata(publisher="Orle Post")) for n in range(5)]
    found = share(docs)
    assert len(found) == 10
    assert {entry.row["kind"] for entry in found} == {"boilerplate"}
    assert found[0].row["evidence"].endswith("in 5 stories, 5 of one site")


def test_the_same_paragraph_at_many_outlets_is_a_common_source() -> None:
    docs = [Doc(f"doc {n}", join([*story(n, 4), STANDING]), Metadata(publisher=f"Outlet {n}")) for n in range(5)]
    assert {entry.row["kind"] for entry in share(docs)} == {"common_source"}


@pytest.mark.parametrize(("max_frequency", "rows", "kind"), [(100, 39, "common_source"), (30, 29, "boilerplate")])
def test_what_many_stories_hold_costs_at_most_one_row_a_story(max_frequency: int, rows: int, kind: str) -> None:
    docs = [Doc(f"doc {n:02d}", join([*story(n, 3), STANDING])) for n in range(40)]
    found = share(docs, PassagesConfig(max_frequency=max_frequency))
    assert len(found) == rows
    assert {entry.row["kind"] for entry in found} == {kind}
    assert {entry.row["stories"] for entry in found} == {40}
    first = min(docs, key=lambda doc: doc.doc_id)
    assert {first.doc_id} == {entry.row["a"] for entry in found}


def test_a_template_is_boilerplate() -> None:
    text = "Trading in rye closed at {} crowns a bushel on Tuesday after brokers in {} offered barges of damp grain to idle mills."
    docs = [Doc("a", text.format(31, "Orle")), Doc("b", text.format(47, "Halden"))]
    assert {entry.row["kind"] for entry in share(docs, templates=[("a", "b")])} == {"boilerplate"}


def test_copies_of_one_story_take_part_once() -> None:
    words = "Divers recovered seven bronze anchors beneath the lighthouse."
    first, second = [*story(1), words], [*story(2), words]
    docs = [Doc("one", join(first)), Doc("one again", join(["A local lead.", *first])), Doc("two", join(second))]
    assert [entry.names for entry in share(docs, clusters=[("one", "one again")])] == [("one", "two")]
    assert [entry.names for entry in share(docs, clusters=[("one again", "one")])] == [("one again", "two")]


def test_a_copy_takes_part_with_what_only_it_has() -> None:
    words = "Divers recovered seven bronze anchors beneath the lighthouse."
    docs = [Doc("one", join(story(1))), Doc("longer", join([*story(1), words])), Doc("two", join([*story(2), words]))]
    assert [entry.names for entry in share(docs, clusters=[("one", "longer")])] == [("longer", "two")]


def test_kill_notices_take_no_part() -> None:
    words = "Divers recovered seven bronze anchors beneath the lighthouse at dawn."
    assert share([Doc("a", words), Doc("notice", "KILL. " + words, removed=True)]) == []


@given(st.permutations(range(7)), st.integers(1, 3))
@settings(max_examples=15)
def test_order_and_shards_do_not_matter(order: list[int], shards: int) -> None:
    words = ["Divers recovered seven bronze anchors beneath the lighthouse.", STANDING]
    docs = [Doc(f"doc {n}", join([*story(n, 3), words[n % 2]]), Metadata(publisher="Orle Post")) for n in range(7)]

    def rows(docs: list[Doc], shards: int) -> list[dict]:
        return [{k: v for k, v in entry.row.items() if not k.endswith("node")} for entry in share(docs, shards=shards)]

    assert rows([docs[n] for n in order], shards) == rows(docs, 1)


def test_relations_of_sharers() -> None:
    case = CASES["positive"][0]
    docs = pair(case)
    table = table_of(docs)
    reader = Reader(table)
    node_of = dict(zip((value.hex() for value in table.column("doc_id").to_pylist()), table.column("node").to_pylist(), strict=True))
    passages = pa.Table.from_pylist([entry.row for entry in share(docs)])
    (row,) = relate_sharers(passages, RELATION_SCHEMA.empty_table(), reader).to_pylist()
    assert (row["relation"], row["merges"], row["evidence"]) == ("shares_passage", False, "1 passage (quote), the longest of 10 words")
    assert 0 < row["jaccard"] < row["containment_a"] < 1
    known = relations_of([(docs[0], docs[1])], node_of, "translation_suspect")
    assert relate_sharers(passages, known, reader).num_rows == 0


def test_no_documents_and_no_seeds() -> None:
    table = table_of([Doc("a", ""), Doc("b", "Rain.")])
    assert [part.num_rows for part in seeds_of(table)] == [0, 0]
    assert find_passages(*seeds_of(table), Reader(table), PassagesConfig()).num_rows == 0
    assert share([Doc("a", "")]) == []


def test_names_and_figures_weigh_half_and_not_without_limit() -> None:
    assert not is_evidence(1, 50, 0, quoted=False)
    assert is_evidence(2, 2, 0, quoted=False)
    assert not is_evidence(2, 1, 0, quoted=False)
    assert not is_evidence(0, 9, 0, quoted=True)


def test_a_member_of_another_run_is_not_among_the_documents() -> None:
    """Decisions may name documents whose sketches are elsewhere."""
    table = table_of([Doc("a", join(story(1, 2))), Doc("b", join(story(1, 2)))])
    decided = np.array([[1 << 60, 7, 1]], np.uint64)
    assert seeds_of(table, decided)[0].num_rows > 0
