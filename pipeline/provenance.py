"""Edits that apply and undo.

An edit's span is in the coordinates of the text as it stands when the edit is applied, that is after all edits before
it in the sequence. `apply` walks the sequence upwards, `undo` downwards; both check the words that they replace.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from pipeline.records import Edit

__all__ = ["apply", "sequence", "shift_spans", "undo"]


def sequence(text: str, edits: Iterable[Edit]) -> list[Edit]:
    """Order the edits of one rule, given in the coordinates of `text`, and renumber them so that they apply one after the other.

    Args:
        text: the text that the rule saw.
        edits: in any order; insertions at one place keep their given order.

    Raises:
        ValueError: two edits overlap, or an edit's `before` is not what stands in its span (a bug in a rule).

    >>> a = Edit(0, 1, "a", "AA", "k", "r", 1)
    >>> b = Edit(2, 3, "c", "", "k", "r", 1)
    >>> [(e.start, e.end) for e in sequence("abc", [b, a])]
    [(0, 1), (3, 4)]
    """
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    result: list[Edit] = []
    delta, last_end = 0, 0
    for edit in ordered:
        if edit.start < last_end or edit.end < edit.start:
            raise ValueError(f"rule {edit.rule} yields overlapping edits at {edit.start}..{edit.end}")
        if text[edit.start : edit.end] != edit.before:
            found = text[edit.start : edit.end]
            raise ValueError(f"rule {edit.rule} expects {edit.before!r} at {edit.start} but the text has {found!r}")
        last_end = edit.end
        if edit.before == edit.after:
            continue
        result.append(_moved(edit, delta) if delta else edit)
        delta += len(edit.after) - len(edit.before)
    return result


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Return `text` with all edits applied in order.

    Raises:
        ValueError: the text is not the one that the edits were made for.

    >>> apply("teh end", [Edit(0, 3, "teh", "the", "typo", "demo", 1)])
    'the end'
    """
    for run in _runs([(e.start, e.before, e.after) for e in edits], text_side=1):
        text = _sweep(text, run)
    return text


def undo(text: str, edits: Sequence[Edit]) -> str:
    """Return the text that `apply` started from.

    Raises:
        ValueError: the text is not the one that the edits led to.

    >>> undo("the end", [Edit(0, 3, "teh", "the", "typo", "demo", 1)])
    'teh end'
    """
    # Undoing edit k restores the coordinates of edit k-1, so the reversed list is itself a sequence of edits,
    # sorted downwards within a rule; mirroring each run lets one sweep handle it.
    backwards = [(e.start, e.after, e.before) for e in reversed(edits)]
    for run in _falling_runs(backwards):
        text = _sweep_absolute(text, run[::-1])
    return text


def shift_spans(spans: Sequence[tuple[int, int]], edits: Sequence[Edit]) -> list[tuple[int, int]]:
    """Move spans of the text before `edits` to where they are after them. `edits` is one rule's output of `sequence`.

    A span that an edit deletes collapses to an empty span at the place of the deletion.

    >>> shift_spans([(4, 7)], [Edit(0, 3, "teh", "", "k", "r", 1)])
    [(1, 4)]
    """
    if not edits:
        return list(spans)
    starts: list[int] = []  # in the coordinates before the edits
    ends: list[int] = []
    deltas = [0]
    for edit in edits:
        starts.append(edit.start - deltas[-1])
        ends.append(edit.start - deltas[-1] + len(edit.before))
        deltas.append(deltas[-1] + len(edit.after) - len(edit.before))

    def move(position: int, *, is_end: bool) -> int:
        index = bisect_right(ends, position)
        if is_end and index > 0 and starts[index - 1] == ends[index - 1] == position:
            # An insertion exactly at the end of a span stands outside it.
            return position + deltas[index - 1]
        if index < len(starts) and starts[index] < position < ends[index]:
            edit = edits[index]
            inside = min(position - starts[index], len(edit.after))
            return starts[index] + deltas[index] + (len(edit.after) if is_end else inside)
        return position + deltas[index]

    moved = []
    for start, end in spans:
        new_start = move(start, is_end=False)
        moved.append((new_start, max(new_start, move(end, is_end=True))))
    return moved


def _moved(edit: Edit, delta: int) -> Edit:
    return Edit(
        edit.start + delta,
        edit.end + delta,
        edit.before,
        edit.after,
        edit.kind,
        edit.rule,
        edit.rule_version,
        edit.certainty,
        edit.evidence,
    )


_Change = tuple[int, str, str]  # start, what stands there, what takes its place


def _runs(changes: Iterable[_Change], text_side: int) -> Iterator[list[_Change]]:
    """Cut into runs whose places only grow, so that each run is one sweep and a text with many edits stays linear."""
    run: list[_Change] = []
    reached = 0
    for change in changes:
        if run and change[0] < reached:
            yield run
            run = []
        run.append(change)
        reached = change[0] + len(change[2])
    if run:
        yield run


def _sweep(text: str, run: Sequence[_Change]) -> str:
    """Apply changes whose starts are each in the coordinates after the change before it."""
    absolute = []
    delta = 0
    for start, before, after in run:
        absolute.append((start - delta, before, after))
        delta += len(after) - len(before)
    return _sweep_absolute(text, absolute)


def _falling_runs(changes: Iterable[_Change]) -> Iterator[list[_Change]]:
    run: list[_Change] = []
    for change in changes:
        if run and change[0] + len(change[1]) > run[-1][0]:
            yield run
            run = []
        run.append(change)
    if run:
        yield run


def _sweep_absolute(text: str, run: Sequence[_Change]) -> str:
    """Apply changes whose starts are all in the coordinates of `text`, growing."""
    pieces: list[str] = []
    position = 0
    for start, before, after in run:
        found = text[start : start + len(before)]
        if found != before or start < position:
            raise ValueError(f"the edits do not belong to this text: expected {before!r} at {start}, found {found!r}")
        pieces += (text[position:start], after)
        position = start + len(before)
    pieces.append(text[position:])
    return "".join(pieces)
