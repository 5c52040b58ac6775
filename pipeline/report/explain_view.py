"""Shows a document's story on a terminal, from top to bottom: what it is, whence, how changed, against whom compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.report.explain import EditView, RelationView, Story
from pipeline.report.finding import Match
from pipeline.report.wording import shorten, spell_points, visible

__all__ = ["render_matches", "render_story"]

_EDITS_A_RULE = 6
"""Edits of one rule that are shown without --all."""
_LONGEST = 240
_METADATA = (
    "title", "publisher", "byline", "language", "published_at", "modified_at", "published_raw", "published_hints", "dateline",
    "text_agency", "photo_agency", "cited_sources", "syndicator", "publisher_hints", "contributors", "author_info", "captions",
    "rights_notices", "ai_reserved", "guid", "version", "version_marker", "pubstatus", "embargoed_until", "urgency", "slugline",
    "section", "keywords", "creditline", "usage_terms", "copyright_holder", "editor_notes", "canonical_url", "item_type", "extra",
)  # fmt: skip
_STATUS = {
    "documents": ("in the clean dataset", "bold green"),
    "duplicates": ("a copy; another document stands for it", "bold yellow"),
    "removed": ("removed", "bold red"),
    "dead_letters": ("could not be read", "bold red"),
}


def render_story(console: Console, story: Story, *, show_all: bool = False) -> None:
    """Print the story. `show_all` shows every edit, layout included, instead of a few of each rule."""
    for title, body in _sections(story, show_all):
        console.print(Text(title, "bold"))
        console.print(_indent(body, 2))
        console.print()


def render_matches(console: Console, query: str, matches: Sequence[Match], limit: int = 20) -> None:
    """Print the records that a query may mean."""
    console.print(Text(f"{query!r} may mean {len(matches)} records; give one of these ids:"))
    table = _grid(4)
    for match in matches[:limit]:
        place = f"at {match.byte_offset}" if match.byte_offset else ""
        _add_row(table, match.doc_id, match.table, f"{visible(match.source_uri)} {place}".rstrip(), visible(match.title or ""))
    console.print(table)
    if len(matches) > limit:
        console.print(f"and {len(matches) - limit} more")


def _sections(story: Story, show_all: bool) -> Iterator[tuple[str, RenderableType]]:
    yield _headline(story), _fate(story)
    yield "Where it came from", _pairs(_origin(story.row))
    if story.table == "dead_letters":
        return
    yield "How it was read", _pairs(_reading(story.row))
    yield "What is known about it", _pairs(_metadata(story.row))
    yield f"What was changed: {_count(len(story.edits), 'edit')}", _edits(story.edits, show_all)
    if story.row["flags"]:
        yield f"What was seen and left alone: {_count(len(story.row['flags']), 'flag')}", _flags(story.row)
    yield "Evidence of machine translation", _translation(story.row)
    yield "Copies", _cluster(story)
    if story.relations:
        yield f"Compared with {_count(len({view.other for view in story.relations}), 'other document')}", _relations(story.relations)
    if story.passages:
        yield f"Shared passages: {len(story.passages)}", _passages(story)
    yield "Fingerprints", _pairs([(name, story.row[name]) for name in ("raw_sha256", "source_text_sha256", "text_sha256", "run_id")])


def _headline(story: Story) -> str:
    return visible(story.row.get("title") or story.row["source_uri"])


def _fate(story: Story) -> RenderableType:
    row = story.row
    words, style = _STATUS[story.table]
    lines = [
        Text.assemble(("doc_id  ", "dim"), row["doc_id"]),
        Text.assemble(("now     ", "dim"), (words, style), (f"  ({story.part})", "dim")),
    ]
    if story.table == "duplicates":
        lines.append(Text.assemble(("instead ", "dim"), _name(story, row["representative_id"])))
    if story.table == "removed":
        measured = "" if row["measured"] is None else f"  measured {_number(row['measured'])}"
        limit = "" if row["limit"] is None else f", limit {_number(row['limit'])}"
        lines.append(Text.assemble(("why     ", "dim"), f"{row['filter']}: {visible(row['reason'])}", (measured + limit, "dim")))
        if row["removed_by"]:
            lines.append(Text.assemble(("because ", "dim"), _name(story, row["removed_by"])))
    if story.table == "dead_letters":
        lines.append(Text.assemble(("why     ", "dim"), f"{row['code']} in step {row['step']}: {visible(row['message'])}"))
        if row["excerpt"]:
            lines.append(Text.assemble(("begins  ", "dim"), shorten(visible(row["excerpt"]), _LONGEST)))
    return Group(*lines)


def _origin(row: dict[str, Any]) -> list[tuple[str, Any]]:
    place = [("file", row["source_uri"]), ("member", row["source_member"]), ("place in the file", row["byte_offset"] or None)]
    return [*place, *((name, row.get(name)) for name in ("byte_length", "media_type", "retrieved_at"))]


def _reading(row: dict[str, Any]) -> list[tuple[str, Any]]:
    sure = "" if row["encoding_confidence"] is None else f", confidence {_number(row['encoding_confidence'])}"
    encoding = f"{row['encoding']} (by {row['encoding_source']}{sure})" if row["encoding"] else None
    lost = f"{row['replaced_bytes']} undecodable sequences became U+FFFD" if row["replaced_bytes"] else None
    counts = [
        (row.get("rps_doc_word_count"), "words"),
        (row["n_paragraphs"], "paragraphs"),
        (row.get("rps_doc_num_sentences"), "sentences"),
    ]
    size = ", ".join(f"{count:,} {unit}" for count, unit in counts if count is not None)
    return [("format", row["format"]), ("extractor", row["extractor"]), ("encoding", encoding), ("damage", lost), ("clean text", size)]


def _metadata(row: dict[str, Any]) -> list[tuple[str, Any]]:
    sure = row["language_confidence"]
    language = f"{row['language']} (confidence {_number(sure)})" if row["language"] and sure is not None else row["language"]
    return [(name, language if name == "language" else row[name]) for name in _METADATA]


def _edits(edits: Sequence[EditView], show_all: bool) -> RenderableType:
    if not edits:
        return Text("nothing: the clean text is the source text", "dim")
    blocks: list[RenderableType] = []
    shown = [view for view in edits if show_all or not view.is_layout]
    for rule, group in groupby(shown, key=lambda view: (view.edit.rule, view.edit.rule_version)):
        views = list(group)
        kept = views if show_all else views[:_EDITS_A_RULE]
        blocks.append(Text.assemble((rule[0], "bold cyan"), (f" v{rule[1]}, {_count(len(views), 'edit')}", "dim")))
        blocks += [_indent(_edit(view), 2) for view in kept]
        if len(views) > len(kept):
            blocks.append(_indent(Text(f"and {len(views) - len(kept)} more; --all shows each", "dim"), 2))
    if hidden := len(edits) - len(shown):
        blocks.append(Text(f"and {_count(hidden, 'edit')} of white space only; --all shows each", "dim"))
    return Group(*blocks)


def _edit(view: EditView) -> RenderableType:
    edit = view.edit
    before, after = shorten(visible(edit.before), _LONGEST), shorten(visible(edit.after), _LONGEST)
    line = Text.assemble((visible(view.left), "dim"))
    # The marks of wdiff, so that a change can be read without colours too.
    if before:
        line.append(f"[-{before}-]", "red")
    if after:
        line.append(f"{{+{after}+}}", "green")
    line.append(visible(view.right), "dim")
    why = (
        edit.kind
        + ("" if edit.certainty == "certain" else f", {edit.certainty}")
        + (f": {visible(edit.evidence)}" if edit.evidence else "")
    )
    notes: list[RenderableType] = [Text(f"{view.seq:>3}  {why}", "italic"), _indent(line, 5)]
    if edit.before and edit.after and unicodedata.normalize("NFKC", edit.before) == unicodedata.normalize("NFKC", edit.after):
        points = f"{shorten(spell_points(edit.before), 80)} -> {shorten(spell_points(edit.after), 80)}"
        notes.append(_indent(Text(points, "dim"), 5))
    return Group(*notes)


def _flags(row: dict[str, Any]) -> RenderableType:
    lines: list[RenderableType] = []
    for flag in row["flags"]:
        left, right = row["text"][max(0, flag["start"] - 32) : flag["start"]], row["text"][flag["end"] : flag["end"] + 32]
        inside = shorten(visible(row["text"][flag["start"] : flag["end"]]), _LONGEST)
        hint = f"; perhaps {visible(flag['suggestion'])!r}" if flag["suggestion"] else ""
        lines.append(Text(f"{flag['kind']}, {flag['certainty']}, by {flag['rule']}{hint}", "italic"))
        lines.append(Text.assemble(("     " + visible(left), "dim"), (f"[={inside}=]", "yellow"), (visible(right), "dim")))
    return Group(*lines)


def _translation(row: dict[str, Any]) -> RenderableType:
    verbatim = "; quotations may not be attributed word for word" if row["quotes_verbatim"] is False else ""
    lines: list[RenderableType] = [
        Text(f"score {_number(row['mt_score'])}, band {row['mt_band']}{verbatim}", "" if row["mt_evidence"] else "dim")
    ]
    for item in row["mt_evidence"] or []:
        lines.append(Text(f"{_number(item['weight']):>5}  {item['kind']}  {shorten(visible(item['fragment'] or ''), 100)}"))
    return Group(*lines)


def _cluster(story: Story) -> RenderableType:
    row = story.row
    size = row["cluster_size"] or 1
    if size < 2:
        return Text("none on record", "dim")
    lines: list[RenderableType] = [Text(f"cluster {row['cluster_id']} of {size} documents")]
    reason = row["representative_reason"]
    if story.table == "documents":
        lines.append(Text(f"This one stands for them; the policy decided by: {reason}"))
    elif story.table == "removed":
        lines.append(Text(f"Nothing stands for them: {reason}"))
    elif row.get("representative_id"):
        scores = _scores(row.get("jaccard"), row.get("containment"), row.get("containment_of_representative"))
        lines.append(Text.assemble("Chosen instead: ", _name(story, row["representative_id"]), f"; the policy decided by: {reason}"))
        lines.append(Text(f"This one is to it: {row['relation']}, {scores}"))
    if story.copies:
        table = _grid(5, whole=1)
        for copy in story.copies:
            here = "->" if copy["doc_id"] == row["doc_id"] else ""
            place = visible(copy["url"] or copy["uri"] or "")
            _add_row(
                table,
                here,
                copy["doc_id"],
                copy["relation"] or "",
                visible(copy["publisher"] or ""),
                f"{place} {copy['published_at'] or ''}",
            )
        lines.append(table)
    return Group(*lines)


def _relations(views: Sequence[RelationView]) -> RenderableType:
    lines: list[RenderableType] = []
    for view in views:
        style, words = ("bold", "same cluster") if view.merges else ("", "kept apart")
        scores = _scores(view.jaccard, view.containment, view.containment_of_other)
        lines.append(Text.assemble((view.relation, style), f"  {scores}  ", (words, "dim")))
        about = f"{visible(view.brief.title or view.brief.source_uri)} ({view.brief.table})" if view.brief else ""
        lines.append(Text(f"     {view.other}  {about}"))
        if view.evidence:
            lines.append(Text(f"     {shorten(visible(view.evidence), _LONGEST)}", "dim"))
    return Group(*lines)


def _passages(story: Story) -> RenderableType:
    lines: list[RenderableType] = []
    for passage in story.passages:
        size = f"  {passage.words} words, {100 * passage.identity:.0f} % equal  "
        lines.append(Text.assemble((passage.kind, "bold"), size, (passage.evidence, "dim")))
        lines.append(Text.assemble("     with ", _name(story, passage.other)))
        lines.append(Text(f"     {shorten(visible(passage.fragment), _LONGEST)}", "dim"))
    return Group(*lines)


def _name(story: Story, doc_id: str | None) -> str:
    if doc_id is None:
        return "nothing: the document that stood for it was killed"
    brief = story.brief(doc_id)
    return f"{doc_id} ({visible(brief.title or brief.source_uri)})" if brief else doc_id


def _scores(jaccard: float | None, containment: float | None, other: float | None) -> str:
    parts = [f"Jaccard {_number(jaccard)}"] if jaccard is not None else []
    parts += [f"{100 * containment:.0f} % of this in the other"] if containment is not None else []
    parts += [f"{100 * other:.0f} % of the other in this"] if other is not None else []
    return ", ".join(parts) or "no scores"


def _number(value: float) -> str:
    return f"{value:.3g}"


def _pairs(pairs: Sequence[tuple[str, Any]]) -> Table:
    table = _grid(2)
    for name, value in pairs:
        if value is not None and value != "":
            _add_row(table, Text(name, "dim"), _value(value))
    return table


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(shorten(visible(str(entry)), _LONGEST) for entry in value)
    if isinstance(value, datetime):
        return value.isoformat()
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else shorten(visible(str(value)), 2 * _LONGEST)


def _add_row(table: Table, *cells: str | Text) -> None:
    """Rich would read mark-up in a plain string, and these come from documents."""
    table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))


def _indent(body: RenderableType, columns: int) -> Padding:
    return Padding(body, (0, 0, 0, columns), expand=False)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _grid(columns: int, *, whole: int = 0) -> Table:
    """`whole` is the column that must not be broken, since ids are copied from it."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for column in range(columns):
        table.add_column(overflow="fold", no_wrap=column == whole)
    return table
