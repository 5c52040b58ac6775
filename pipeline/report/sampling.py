"""Small, repeatable samples of a dataset: the same bytes give the same sample, and its cost does not grow with the corpus.

Parts are read in order, `MOST_PARTS` of them at most; of each group the rows with the smallest ids of the earliest parts are taken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import DatasetError
from pipeline.records import Edit
from pipeline.report.dataset import TEXT_TABLES, Dataset, list_parts, scan
from pipeline.report.explain import EditView, replay

__all__ = ["MOST_PARTS", "EditSample", "sample_edits", "sample_members", "sample_pairs", "sample_rows"]

MOST_PARTS = 64
"""Parts of a table that a sample looks at; at 20,000 documents a part that is more than a million."""
_MOST_REPLAYED = 4
"""Parts whose texts are read to show edits in context; edits that are sampled from others are shown without."""


@dataclass(frozen=True, slots=True)
class EditSample:
    """An edit to be shown as an example. `left` and `right` are empty where the text was not read."""

    doc_id: str
    edit: Edit
    left: str = ""
    right: str = ""


def sample_rows(
    dataset: Dataset, table: str, group: str, columns: Sequence[str], groups: Collection[str], size: int
) -> dict[str, list[dict[str, Any]]]:
    """At most `size` rows of `table` for each value of the column `group`.

    Args:
        columns: what to read beside `group` and doc_id; not the text.
        groups: the values to look for; reading stops when all have their rows.
    """
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in sorted(groups)}
    names = list(dict.fromkeys(["doc_id", group, *columns]))
    for part in list_parts(dataset.manifest, table)[:MOST_PARTS]:
        open_groups = [name for name, rows in found.items() if len(rows) < size]
        if not open_groups:
            break
        whole = _read(dataset, part, names)
        for name in open_groups:
            chosen = whole.filter(pc.equal(whole.column(group), name)).sort_by("doc_id").slice(0, size - len(found[name]))
            found[name] += chosen.to_pylist()
    return {name: rows for name, rows in found.items() if rows}


def sample_edits(dataset: Dataset, rules: Collection[str], size: int) -> dict[str, list[EditSample]]:
    """At most `size` edits of each rule, each from another document, with the words around them where that is cheap."""
    chosen: dict[str, list[tuple[str, str, int]]] = {rule: [] for rule in sorted(rules)}
    for part in list_parts(dataset.manifest, "edits")[:MOST_PARTS]:
        open_rules = [rule for rule, places in chosen.items() if len(places) < size]
        if not open_rules:
            break
        whole = _read(dataset, part, ["doc_id", "rule", "seq"])
        for rule in open_rules:
            first = whole.filter(pc.equal(whole.column("rule"), rule)).group_by("doc_id").aggregate([("seq", "min")]).sort_by("doc_id")
            rows = first.slice(0, size - len(chosen[rule])).to_pylist()
            chosen[rule] += [(part, row["doc_id"], row["seq_min"]) for row in rows]
    views = _show_edits(dataset, sorted({place for places in chosen.values() for place in places}))
    return {rule: [views[place] for place in places if place in views] for rule, places in chosen.items() if places}


def sample_pairs(dataset: Dataset, relations: Collection[str], size: int) -> list[dict[str, Any]]:
    """At most `size` pairs of each of these relations, the most similar first."""
    best: dict[str, list[dict[str, Any]]] = {relation: [] for relation in sorted(relations)}
    order = [("jaccard", "descending"), ("a", "ascending"), ("b", "ascending")]
    for part in list_parts(dataset.manifest, "relations")[:MOST_PARTS]:
        whole = _read(dataset, part, None)
        for relation, rows in best.items():
            rows += whole.filter(pc.equal(whole.column("relation"), relation)).sort_by(order).slice(0, size).to_pylist()
            best[relation] = sorted(rows, key=lambda row: (-(row["jaccard"] or 0.0), row["a"], row["b"]))[:size]
    return [row for rows in best.values() for row in rows]


def sample_members(dataset: Dataset, representatives: Sequence[str], size: int) -> dict[str, list[dict[str, Any]]]:
    """The copies behind each representative, at most `size` of each, the most similar first."""
    wanted = pa.array(sorted(representatives), pa.string())
    scores = ["jaccard", "containment", "containment_of_representative"]
    columns = ["doc_id", "representative_id", "title", "publisher", "source_uri", "relation", *scores]
    found: dict[str, list[dict[str, Any]]] = {doc_id: [] for doc_id in representatives}
    for part in list_parts(dataset.manifest, "duplicates")[:MOST_PARTS]:
        for batch in scan(dataset, part, columns, 65_536):
            for row in batch.filter(pc.is_in(batch.column("representative_id"), wanted)).to_pylist():
                found[row["representative_id"]].append(row)
    return {
        doc_id: sorted(rows, key=lambda row: (-(row["jaccard"] or 0.0), row["doc_id"]))[:size] for doc_id, rows in found.items() if rows
    }


def _read(dataset: Dataset, part: str, columns: Sequence[str] | None) -> pa.Table:
    return pa.Table.from_batches(list(scan(dataset, part, columns, 65_536)) or [_nothing(part, columns)])


def _nothing(part: str, columns: Sequence[str] | None) -> pa.RecordBatch:
    from pipeline.schema import arrow_schema

    schema = arrow_schema(part.partition("/")[0])
    kept = pa.schema([schema.field(name) for name in columns or schema.names])
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in kept], schema=kept)


_Place = tuple[str, str, int]
"""Part of `edits`, document, seq."""


def _show_edits(dataset: Dataset, places: Sequence[_Place]) -> dict[_Place, EditSample]:
    views: dict[_Place, EditSample] = {}
    parts = sorted({part for part, _, _ in places})
    for index, part in enumerate(parts):
        wanted = sorted({doc_id for place, doc_id, _ in places if place == part})
        edits = _read_edits(dataset, part, wanted)
        replayed = _replay_all(dataset, part, edits) if index < _MOST_REPLAYED else {}
        for place in places:
            if place[0] == part:
                views[place] = _sample(place, edits[place[1]], replayed.get(place[1]))
    return views


def _sample(place: _Place, edits: Mapping[int, Edit], replayed: Sequence[EditView] | None) -> EditSample:
    _, doc_id, seq = place
    if replayed is None:
        return EditSample(doc_id, edits[seq])
    return EditSample(doc_id, edits[seq], replayed[seq].left, replayed[seq].right)


def _read_edits(dataset: Dataset, part: str, doc_ids: Sequence[str]) -> dict[str, dict[int, Edit]]:
    found: dict[str, dict[int, Edit]] = {doc_id: {} for doc_id in doc_ids}
    for row in _rows_of(dataset, part, None, doc_ids):
        names = ("start", "end", "before", "after", "kind", "rule", "rule_version", "certainty")
        found[row["doc_id"]][row["seq"]] = Edit(**{name: row[name] for name in names}, evidence=row["evidence"] or "")
    return found


def _replay_all(dataset: Dataset, edits_part: str, edits: Mapping[str, Mapping[int, Edit]]) -> dict[str, list[EditView]]:
    """The parts of one shard have one name, so the texts are in the parts that are named like that of the edits."""
    name = edits_part.partition("/")[2]
    replayed: dict[str, list[EditView]] = {}
    for table in TEXT_TABLES:
        if f"{table}/{name}" in list_parts(dataset.manifest, table):
            for row in _rows_of(dataset, f"{table}/{name}", ["doc_id", "text", "n_edits"], sorted(edits)):
                ordered = [edit for _, edit in sorted(edits[row["doc_id"]].items())]
                if len(ordered) == row["n_edits"]:
                    try:
                        replayed[row["doc_id"]] = replay(row["text"], ordered)
                    except ValueError as error:
                        raise DatasetError(f"{edits_part}: the edits of {row['doc_id']} do not belong to its text: {error}") from None
    return replayed


def _rows_of(dataset: Dataset, part: str, columns: Sequence[str] | None, doc_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    wanted = pa.array(doc_ids, pa.string())
    for batch in scan(dataset, part, columns, 1024):
        yield from batch.filter(pc.is_in(batch.column("doc_id"), wanted)).to_pylist()
