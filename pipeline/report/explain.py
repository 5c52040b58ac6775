"""A document's whole story as data. How it is shown is `explain_view`'s business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from pipeline import provenance
from pipeline.errors import DatasetError
from pipeline.records import Edit
from pipeline.report.dataset import Dataset, list_parts, scan
from pipeline.report.finding import Brief, Match, look_up

__all__ = ["EditView", "Passage", "RelationView", "Story", "build_story", "read_edits", "replay", "words_after", "words_before"]

CONTEXT = 48
"""Code points of context on each side of an edit: enough for half a line of words on a terminal of 100 columns."""
_LONGEST_WORD = 16
"""How far to look for the end of a word that the context would cut; unspaced scripts are cut anywhere."""


@dataclass(frozen=True, slots=True)
class EditView:
    """One edit with the words around it. `left` and `right` are those of the text at that moment, cut to `CONTEXT`."""

    seq: int
    edit: Edit
    left: str
    right: str

    @property
    def is_layout(self) -> bool:
        """True where only white space changed, and no word was joined or split by it.

        >>> edit = Edit(3, 3, "", " ", "fused_words", "demo", 1)
        >>> EditView(0, edit, "Art", "Register").is_layout, EditView(0, edit, "Art ", "Register").is_layout
        (False, True)
        """
        if self.edit.before.strip() or self.edit.after.strip():
            return False
        between_words = not self.left[-1:].isspace() and not self.right[:1].isspace() and bool(self.left and self.right)
        return not between_words or bool(self.edit.before and self.edit.after)


@dataclass(frozen=True, slots=True)
class RelationView:
    """A row of `relations` from one document's side.

    `containment` is the share of this document's shingles that the other holds; `containment_of_other` the other way round.
    """

    other: str
    brief: Brief | None
    relation: str
    merges: bool
    jaccard: float | None
    containment: float | None
    containment_of_other: float | None
    evidence: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that this document shares with another one."""

    other: str
    brief: Brief | None
    words: int
    identity: float
    kind: str
    fragment: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """Everything a dataset knows about one record. `row` has the columns of `table`; of a dead letter all tuples are empty.

    `mentioned` holds in brief the other documents that the story names, by id.
    """

    table: str
    part: str
    row: dict[str, Any]
    edits: tuple[EditView, ...] = ()
    relations: tuple[RelationView, ...] = ()
    passages: tuple[Passage, ...] = ()
    copies: tuple[dict[str, Any], ...] = ()
    mentioned: dict[str, Brief] | None = None

    def brief(self, doc_id: str | None) -> Brief | None:
        """What is known in brief about another document."""
        return (self.mentioned or {}).get(doc_id or "")


def build_story(dataset: Dataset, match: Match) -> Story:
    """Gather what all tables say about one record.

    Raises:
        DatasetError: a part cannot be read, or the record's edits do not belong to its text.
    """
    row = _read_row(dataset, match.table, match.part, match.doc_id)
    if match.table == "dead_letters":
        return Story(match.table, match.part, row)
    try:
        edits = replay(row["text"], read_edits(dataset, match.part, match.doc_id, row["n_edits"]))
    except ValueError as error:
        raise DatasetError(f"the edits of {match.doc_id} do not belong to its text: {error}") from None
    relations = _pairs(dataset, "relations", match.doc_id)
    passages = _pairs(dataset, "passages", match.doc_id)
    representative = row.get("representative_id") or (match.doc_id if match.table == "documents" else None)
    copies = _read_copies(dataset, row, representative, match.part)
    named = [row.get("representative_id"), row.get("removed_by"), *(_other(pair, match.doc_id) for pair in (*relations, *passages))]
    briefs = look_up(dataset, [doc_id for doc_id in named if doc_id])
    return Story(
        match.table,
        match.part,
        row,
        tuple(edits),
        tuple(_relation(pair, match.doc_id, briefs) for pair in relations),
        tuple(_passage(pair, match.doc_id, row["text"], briefs) for pair in passages),
        tuple(copies),
        briefs,
    )


def read_edits(dataset: Dataset, part: str, doc_id: str, wanted: int) -> list[Edit]:
    """The edits of a document in order. They stand in the edits part of the same name; other parts are read only if some are missing."""
    near = f"edits/{part.partition('/')[2]}"
    parts = list_parts(dataset.manifest, "edits")
    rows: list[dict[str, Any]] = []
    for name in sorted(parts, key=lambda name: (name != near, name)):
        if len(rows) >= wanted:
            break
        for batch in scan(dataset, name, None, 65_536):
            rows += batch.filter(pc.equal(batch.column("doc_id"), doc_id)).to_pylist()
    return [_edit(row) for row in sorted(rows, key=lambda row: int(row["seq"]))]


def replay(text: str, edits: Sequence[Edit]) -> list[EditView]:
    """Undo all edits and do them again one by one, keeping the words around each.

    Args:
        text: the clean text.

    >>> view = replay("Ann said so.", [Edit(3, 5, "  ", " ", "spaces", "spacing", 1)])[0]
    >>> view.left, view.edit.before, view.right, view.is_layout
    ('Ann', '  ', 'said so.', True)
    """
    now = provenance.undo(text, edits)
    views = []
    for seq, edit in enumerate(edits):
        views.append(EditView(seq, edit, words_before(now, edit.start), words_after(now, edit.end)))
        now = now[: edit.start] + edit.after + now[edit.end :]
    return views


def words_before(text: str, position: int) -> str:
    """The words that end at `position`, about `CONTEXT` code points of them; a word that was cut is left out.

    >>> words_before("one " * 20, 80)[:8]
    '…one one'
    """
    start = max(0, position - CONTEXT)
    if start == 0:
        return text[:position]
    cut = text.find(" ", start, start + _LONGEST_WORD) + 1
    return "…" + text[cut or start : position]


def words_after(text: str, position: int) -> str:
    """The words that begin at `position`, cut like `words_before`."""
    end = position + CONTEXT
    if end >= len(text):
        return text[position:]
    cut = text.rfind(" ", max(position, end - _LONGEST_WORD), end)
    return text[position : end if cut <= position else cut] + "…"


def _edit(row: dict[str, Any]) -> Edit:
    names = ("start", "end", "before", "after", "kind", "rule", "rule_version", "certainty")
    return Edit(**{name: row[name] for name in names}, evidence=row["evidence"] or "")


def _read_row(dataset: Dataset, table: str, part: str, doc_id: str) -> dict[str, Any]:
    for batch in scan(dataset, part):
        for row in batch.filter(pc.equal(batch.column("doc_id"), doc_id)).to_pylist():
            found: dict[str, Any] = row
            return found
    raise KeyError(f"{doc_id} is not in {part} of {table}")


def _pairs(dataset: Dataset, table: str, doc_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for part in list_parts(dataset.manifest, table):
        for batch in scan(dataset, part, None, 65_536):
            mask = pc.or_(pc.equal(batch.column("a"), doc_id), pc.equal(batch.column("b"), doc_id))
            rows += batch.filter(mask).to_pylist()
    return sorted(rows, key=lambda row: (not row.get("merges"), -(row.get("jaccard") or 0), _other(row, doc_id)))


def _other(pair: dict[str, Any], doc_id: str) -> str:
    return str(pair["b"] if pair["a"] == doc_id else pair["a"])


_SEEN_FROM_B = {
    "contains": "contained_in",
    "contained_in": "contains",
    "update_of": "updated_by",
    "updated_by": "update_of",
    "corrects": "corrected_by",
    "corrected_by": "corrects",
    "kills": "killed_by",
    "killed_by": "kills",
}
"""The table states relations from a's side."""


def _relation(pair: dict[str, Any], doc_id: str, briefs: dict[str, Brief]) -> RelationView:
    here = pair["a"] == doc_id
    other = _other(pair, doc_id)
    own, others = ("containment_a", "containment_b") if here else ("containment_b", "containment_a")
    name = pair["relation"] if here else _SEEN_FROM_B.get(pair["relation"], pair["relation"])
    return RelationView(other, briefs.get(other), name, pair["merges"], pair["jaccard"], pair[own], pair[others], pair["evidence"])


def _passage(pair: dict[str, Any], doc_id: str, text: str, briefs: dict[str, Brief]) -> Passage:
    side = "a" if pair["a"] == doc_id else "b"
    other = _other(pair, doc_id)
    fragment = text[pair[f"{side}_start"] : pair[f"{side}_end"]]
    return Passage(other, briefs.get(other), pair["words"], pair["identity"], pair["kind"], fragment, _seen_from(pair["evidence"], side))


def _seen_from(evidence: str, side: str) -> str:
    """The evidence of a passage in words that do not name the sides."""
    other = "b" if side == "a" else "a"
    for sides, words in (("a and b", "both"), (side, "here"), (other, "there")):
        evidence = evidence.replace(f"quoted in {sides};", f"quoted {words};")
    return evidence


def _read_copies(dataset: Dataset, row: dict[str, Any], representative: str | None, part: str) -> list[dict[str, Any]]:
    """The copies on record, from the row of the representative: this one's or another's, most likely in the part of the same name."""
    if representative is None or (row.get("cluster_size") or 1) < 2:
        return []
    if representative == row["doc_id"]:
        return list(row["carried_by"] or [])
    near = f"documents/{part.partition('/')[2]}"
    for name in sorted(list_parts(dataset.manifest, "documents"), key=lambda name: (name != near, name)):
        for batch in scan(dataset, name, ["doc_id", "carried_by"], 65_536):
            for found in batch.filter(pc.equal(batch.column("doc_id"), representative)).to_pylist():
                return list(found["carried_by"] or [])
    return []
