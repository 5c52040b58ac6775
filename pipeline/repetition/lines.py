"""Which recurring lines go from one text: those at its edges, and blocks between paragraphs; sub-headings and the story stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.config import RepetitionConfig
from pipeline.records import Edit
from pipeline.repetition.counting import Recurrence, RecurringLines
from pipeline.repetition.keys import HEAD, TAIL, line_key
from pipeline.text.lines import Line, ends_sentence, split_lines

__all__ = ["KIND", "NAME", "VERSION", "find_edits"]

NAME, VERSION, KIND = "recurring_lines", 1, "recurring_line"

_KEEPS_TO = 0.8
"""Share of its texts in which a line has to stand in the same zone: a sub-heading or a refrain is now here, now there."""

_PROSE_KEEPS_TO = 0.9
"""The same for sentences: a paragraph of background ends some stories and stands in the middle of others."""

_LEAST_NEW = 0.5
"""Share of a story's paragraphs that must be its own. Below it, the text is a version of another, or a form filled in."""

_MOST_OTHERS = 2
"""Lines of its own that an edge may hold beside furniture, such as a name and a date; more are a table or a list."""

_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A line and what is known about it. `sure`: it recurs so often that more than a bare label may go."""

    line: Line
    known: Recurrence | None
    sure: bool
    figures: bool
    sentence: bool

    def stays_in(self, zone: int, least: float) -> bool:
        return self.known is not None and self.known.keeps_to(zone) >= least

    @property
    def is_standing_prose(self) -> bool:
        """A sentence that stands at the end of the pages of a site, or, where nearly all have it, at their beginning."""
        if self.known is None or not self.sure:
            return False
        return self.stays_in(TAIL, _PROSE_KEEPS_TO) or (self.known.share >= 0.6 and self.stays_in(HEAD, _PROSE_KEEPS_TO))


def find_edits(text: str, site: int, name: str, recurring: RecurringLines, config: RepetitionConfig, *, titled: bool = True) -> list[Edit]:
    """Deletions of recurring lines, in the coordinates of `text`, growing; each takes the break beside it, so that layout stays.

    Args:
        text: clean text, paragraphs joined by one blank line.
        site: `keys.site_key` of the document's site.
        name: the site's name, for the evidence.
        titled: whether the headline is known; if not, the first line may be one, such as that of a daily column.

    A text is never emptied: what tells it from others stays.
    """
    seen = [_look_up(line, site, recurring, config) for line in split_lines(text)]
    chosen = {number: evidence for number, evidence in _choose(seen) if titled or number > 0}
    if not chosen or all(one.line.number in chosen or one.known is not None for one in seen):
        return []
    return list(_delete(text, seen, chosen, name))


def _look_up(line: Line, site: int, recurring: RecurringLines, config: RepetitionConfig) -> _Seen:
    known = recurring.find(line_key(line, site))
    if known is None:
        return _Seen(line, None, False, False, False)
    # Twice the floor: on a small site, a third of the documents is too few to be sure.
    sure = known.share >= config.sure_share and known.stories >= 2 * config.min_documents
    sentence = line.prose or (ends_sentence(line.text) and not line.text.endswith((":", "\uff1a")))
    return _Seen(line, known, sure, _FIGURE.search(line.text) is not None, sentence)


def _choose(seen: Sequence[_Seen]) -> Iterator[tuple[int, str]]:
    """Number of each line that goes, with the evidence beside repetition."""
    story = [one.line.number for one in seen if one.line.prose and not one.is_standing_prose]
    if not story:
        # Without prose nothing tells a label from a cell of a table, but that it is a label on other pages.
        yield from _edge(seen, TAIL, sure_only=True, at_end_only=True)
        yield from _edge(seen[::-1], HEAD, sure_only=True, at_end_only=True)
        return
    inside = seen[story[0] : story[-1] + 1]
    own = sum(one.known is None for one in inside if one.line.prose)
    if own < _LEAST_NEW * len(story):
        return
    yield from _edge(seen[story[-1] + 1 :], TAIL)
    has_headings = any(one.known is not None and not one.sentence for one in inside)
    # The label over the first paragraph of a story with sub-headings is one of them.
    yield from _edge(seen[: story[0]][::-1][has_headings:], HEAD, sure_only=has_headings)
    yield from _blocks(inside)


def _edge(outward: Sequence[_Seen], zone: int, *, sure_only: bool = False, at_end_only: bool = False) -> Iterator[tuple[int, str]]:
    """Lines of an edge, from the story outwards.

    A label goes where nothing but furniture is between it and the end of the text, or between it and the story. What recurs on a
    large part of the site goes anywhere in the edge; but not from an edge that looks like a table, and alone among lines that do
    not recur only from a short one.
    """
    others, runs = _count_others(outward)
    if runs > _MOST_OTHERS and _MOST_OTHERS < others <= 2 * runs:
        return  # labels and values by turns
    short = others <= _MOST_OTHERS
    few = short and not sure_only
    sure = {
        one.line.number for one in outward if one.sure and one.stays_in(zone, _KEEPS_TO) and (one.is_standing_prose or not one.sentence)
    }
    plain = {one.line.number for one in outward if few and one.stays_in(zone, _KEEPS_TO) and not one.figures and not one.sentence} - sure
    at_end = _run(outward[::-1], plain | sure)
    reached = at_end if at_end_only else at_end | _run(outward, plain | sure) | (sure if short else _in_company(outward, sure))
    words = f"zone: {'tail' if zone == TAIL else 'head'}"
    for one in outward:
        if one.line.number in reached:
            form = "a standing sentence" if one.sentence else "no full stop"
            beside = "" if one.line.number in sure else ", nothing but such lines beside it"
            yield one.line.number, f"{words}; form: {form}{beside}"


def _count_others(outward: Sequence[_Seen]) -> tuple[int, int]:
    """Lines that do not recur, and runs of lines that do."""
    runs, before = 0, False
    for one in outward:
        runs += one.known is not None and not before
        before = one.known is not None
    return sum(one.known is None for one in outward), runs


def _run(outward: Sequence[_Seen], going: set[int]) -> set[int]:
    """The lines of `going` with which a sequence begins."""
    run = set()
    for one in outward:
        if one.line.number not in going:
            break
        run.add(one.line.number)
    return run


def _in_company(outward: Sequence[_Seen], going: set[int]) -> set[int]:
    """The lines of `going` that have another one beside them."""
    pairs = [(one.line.number, other.line.number) for one, other in pairwise(outward)]
    return {number for pair in pairs if going.issuperset(pair) for number in pair}


def _blocks(inside: Sequence[_Seen]) -> Iterator[tuple[int, str]]:
    """Boxes between two paragraphs: two or more lines of which each is on a large part of the site, and not all are sentences.

    A single line is a sub-heading; a head of a table has rows of its own beside it.
    """
    block: list[_Seen] = []
    before: _Seen | None = None
    for one in inside:
        if one.sure:
            block.append(one)
            continue
        labels = sum(not part.sentence for part in block)
        if len(block) >= 2 and labels * 2 >= len(block) and before is not None and before.line.prose and one.line.prose:
            yield from ((part.line.number, f"form: a block of {len(block)} lines between paragraphs") for part in block)
        block, before = [], one


def _delete(text: str, seen: Sequence[_Seen], chosen: dict[int, str], name: str) -> Iterator[Edit]:
    """One deletion per line, neighbours taken together: of the breaks before and after them the greater one stays."""
    numbers = sorted(chosen)
    runs = [index for index, number in enumerate(numbers) if index == 0 or number != numbers[index - 1] + 1]
    for begin, end in zip(runs, [*runs[1:], len(numbers)], strict=True):
        first, last = numbers[begin], numbers[end - 1]
        at_end = last == len(seen) - 1
        keeps_before = first == 0 or (not at_end and seen[first].line.blanks >= seen[last + 1].line.blanks)
        for number in numbers[begin:end]:
            one = seen[number]
            if keeps_before:
                start, stop = one.line.start, seen[number + 1].line.start
            else:
                start, stop = seen[number - 1].line.end, len(text) if number == len(seen) - 1 else one.line.end
            yield Edit(start, stop, text[start:stop], "", KIND, NAME, VERSION, "likely", _evidence(one, name, chosen[number]))


def _evidence(one: _Seen, name: str, other: str) -> str:
    known = one.known
    if known is None:
        raise ValueError("a line that does not recur has no evidence")
    return f"repetition: {known.stories} stories of {known.site_documents} texts{' of ' + name if name else ''}; {other}"
