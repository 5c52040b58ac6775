"""What a passage is: a quotation, boilerplate, or words that both texts have from one source. Puts its two sides together."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.config import PassagesConfig
from pipeline.dedup.overlap import Lists, shared_entries
from pipeline.dedup.passages import is_evidence
from pipeline.dedup.relations import RELATION_SCHEMA
from pipeline.dedup.sketches import SketchReader

__all__ = ["PASSAGE_SCHEMA", "finish_passages", "name_kind", "relate_sharers"]

PASSAGE_SCHEMA = pa.schema(
    [
        ("a_node", pa.uint64()),
        ("b_node", pa.uint64()),
        ("a", pa.string()),
        ("b", pa.string()),
        *((name, pa.int32()) for name in ("a_start", "a_end", "b_start", "b_end", "words")),
        ("identity", pa.float32()),
        ("kind", pa.string()),
        *((name, pa.int32()) for name in ("longest", "stories")),
        ("evidence", pa.string()),
    ]
)

MOSTLY = 0.5
"""A passage is a quotation if more than this share of it is quoted, in either text."""
_PAIR = ["a_node", "b_node"]


def finish_passages(found: pa.Table, placed: pa.Table, relations: pa.Table, reader: SketchReader, config: PassagesConfig) -> pa.Table:
    """The passages (`PASSAGE_SCHEMA`) of some pairs, by pair and place.

    Args:
        found: rows of `passages.FOUND_SCHEMA`.
        placed: both sides of each, `passages.PLACED_SCHEMA`.
        relations: what is known of the pairs (`relations.RELATION_SCHEMA`): a filled template is boilerplate.
    """
    keys = [*_PAIR, "a_from"]
    for side, name in enumerate("ab"):
        half = placed.filter(pc.equal(placed.column("side"), side)).drop_columns(["side"])
        found = found.join(half.rename_columns([*keys, f"{name}_start", f"{name}_end", f"{name}_quoted"]), keys, join_type="inner")
    templates = relations.filter(pc.equal(relations.column("relation"), "same_template"))
    pairs = set(zip(*(templates.column(name).to_pylist() for name in _PAIR), strict=True))
    rows = []
    for row in found.sort_by([(name, "ascending") for name in keys]).to_pylist():
        quoted = min(row["a_quoted"], row["b_quoted"]) > MOSTLY
        if is_evidence(row["plain"], row["others"], row["unit"], quoted=quoted):
            kind, why = name_kind(row, (row["a_node"], row["b_node"]) in pairs, config)
            identity = row["words"] / row["columns"]
            rows.append({**row, "identity": identity, "kind": kind, "evidence": why})
    return _add_ids(rows, reader)


def name_kind(row: dict[str, float], is_template: bool, config: PassagesConfig) -> tuple[str, str]:
    """The kind of a passage, and why.

    >>> row = {"a_quoted": 1, "b_quoted": 0, "stories": 9, "site_stories": 7, "words": 12, "longest": 9, "unit": 0}
    >>> name_kind(row, False, PassagesConfig())
    ('quote', 'quoted in a; longest run 9 of 12 words; in 9 stories, 7 of one site')
    >>> name_kind({**row, "a_quoted": 0}, False, PassagesConfig())[0]
    'boilerplate'
    """
    sides = [name for name in "ab" if row[f"{name}_quoted"] > MOSTLY]
    unit = "characters" if row["unit"] else "words"
    facts = [f"quoted in {' and '.join(sides)}"] if sides else []
    facts += ["one template"] if is_template else []
    facts.append(f"longest run {row['longest']} of {row['words']} {unit}")
    of_site = f", {row['site_stories']} of one site" if row["site_stories"] > 1 else ""
    facts.append(f"in {row['stories']} stories{of_site}")
    if sides and not is_template:
        kind = "quote"
    elif is_template or row["site_stories"] >= config.site_frequency or row["stories"] > config.max_frequency:
        kind = "boilerplate"
    else:
        kind = "common_source"
    return kind, "; ".join(facts)


def relate_sharers(passages: pa.Table, relations: pa.Table, reader: SketchReader) -> pa.Table:
    """A relation ``shares_passage`` (`RELATION_SCHEMA`) for each pair with a passage that has no other relation yet."""
    known = set(zip(*(relations.column(name).to_pylist() for name in _PAIR), strict=True))
    sharers: dict[tuple[int, int], list[dict[str, object]]] = {}
    for row in passages.to_pylist():
        pair = row["a_node"], row["b_node"]
        if pair not in known and row["kind"] != "boilerplate":
            sharers.setdefault(pair, []).append(row)
    if not sharers:
        return RELATION_SCHEMA.empty_table()
    pairs = np.array(list(sharers), np.uint64)
    sides = [reader.rows(np.ascontiguousarray(pairs[:, side]), ("shingles", "n_shingles")) for side in (0, 1)]
    shingles = [Lists.of(side.column("shingles")) for side in sides]
    sizes = [side.column("n_shingles").to_numpy() for side in sides]
    shared = shared_entries(shingles[0], shingles[1], np.ones(len(pairs), bool))
    scores = [shared / np.maximum(size, 1) for size in (sizes[0] + sizes[1] - shared, *sizes)]
    rows = list(sharers.values())
    columns = [
        *pairs.T,
        [own[0]["a"] for own in rows],
        [own[0]["b"] for own in rows],
        ["shares_passage"] * len(rows),
        [False] * len(rows),
        *(score.astype(np.float32) for score in scores),
        [_summary(own) for own in rows],
    ]
    return pa.table([pa.array(values, field.type) for values, field in zip(columns, RELATION_SCHEMA, strict=True)], schema=RELATION_SCHEMA)


def _summary(rows: list[dict[str, object]]) -> str:
    kinds = sorted({str(row["kind"]) for row in rows})
    most = max(int(str(row["words"])) for row in rows)
    return f"{len(rows)} {'passage' if len(rows) == 1 else 'passages'} ({', '.join(kinds)}), the longest of {most} words"


def _add_ids(rows: list[dict[str, object]], reader: SketchReader) -> pa.Table:
    if not rows:
        return PASSAGE_SCHEMA.empty_table()
    nodes = np.unique(np.array([[row["a_node"], row["b_node"]] for row in rows], np.uint64))
    ids = dict(zip(nodes.tolist(), (value.hex() for value in reader.rows(nodes, ("doc_id",)).column("doc_id").to_pylist()), strict=True))
    for row in rows:
        row["a"], row["b"] = ids[row["a_node"]], ids[row["b_node"]]
    return pa.table(
        {field.name: pa.array([row[field.name] for row in rows], field.type) for field in PASSAGE_SCHEMA}, schema=PASSAGE_SCHEMA
    )
