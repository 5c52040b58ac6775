"""Decides what one document is to another, from the scores of the pair, the facts of both and, where needed, their alignment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.config import DedupConfig
from pipeline.dedup.alignment import MOST_WORDS, Alignment, compare
from pipeline.dedup.facts import Facts, compare_versions, is_global, marker_kind, same_source, sent_after
from pipeline.dedup.shingles import NAME, NUMBER, OTHER, TOKEN_MASK

__all__ = ["FAINT", "Pair", "Verdict", "judge"]

SHORT, TINY = 60, 20
"""Shingles of the smaller text below which the thresholds are stricter.

Two briefs of 60 words that share a quotation of 25 have a Jaccard of .23 and a containment of .38, which is as much as a
real abridgement has; DOMAIN's figures (at most .04 and .11 for different stories) hold for articles of some 400 words.
"""
SHORT_COVERAGE = 0.6
"""Share of the smaller short text that must stand in the other in the same order."""
TINY_JACCARD = 0.5
"""Texts of a sentence or two are copies only if most of both is the same."""
QUOTE_WORDS = 60
"""A single shared run below this many words is taken for a quotation, unless it is nearly all of the smaller text."""
HALF = 0.5
"""Two texts that share less than this of the smaller one, and only their ends, share a company's or an outlet's standing paragraph."""
WHOLE = 0.8
"""From this containment of the smaller text on, one holds the other (DOMAIN 4.3)."""
EXTENDED = 0.8
"""... if it is also shorter than this share of the other; else they are near-duplicates."""
SLOT_OVERLAP = 0.67
"""Pairs that share fewer of their numbers, or of their names, are looked at for being two fillings of one template."""
SLOT_SHARE = 0.5
"""A template: at least this share of the aligned numbers (or of all slots) differs, and slots are this share of what differs."""
CASELESS_SHARE = 0.3
"""The same share of what differs between two texts all in capitals, or in a script without them."""
SLOT_DENSITY = 0.02
"""... and at least this many differing slots a word, since one story with a few new figures has fewer.
Where five figures or more and nearly all of them differ, the words around them do not matter."""
FAINT = 0.5
"""From this share of `report_containment` on, a pair is looked at for misread letters: with 5 % of them a scan keeps a containment of .2
with its source, with 7 % one of .12."""
MISREAD_COVERAGE, IN_STEP, STRANGE = 0.6, 0.9, 0.7
"""A scan with 7 % of its letters misread keeps some 70 % of its words and the place of nearly all of them, and nearly all that it has in
the place of others are strings that stand nowhere else in either text. Where a desk or a machine puts it differently, those are words."""
SUSPECT_COVERAGE = 0.7
"""Aligned in the same order to this share, but with few common shingles: a translation or a paraphrase (DOMAIN 4.3)."""
SLUG_HOURS = 36.0
"""Two texts under one slug are taken for versions of one story within this time; slugs are used again."""
KILL_DAYS = 7.0
"""A notice takes back what its agency sent under the same slug within this time before it."""
TEMPLATE_HOURS = 12.0
"""A report of figures replaces one under its slug within this time; a later one is tomorrow's report."""
MARKER_DAYS = 3.0
"""A marker such as UPDATE makes a text the newer version of a similar one from not longer ago than this."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents, a with the smaller doc_id. `facts` is None where neither says anything about versions."""

    jaccard: float
    containment_a: float
    containment_b: float
    shared: int
    smaller: int
    larger: int
    equal_raw: bool
    equal_text: bool
    same_guid: bool
    same_slug: bool
    slot_overlap: float
    words_a: npt.NDArray[np.uint32]
    words_b: npt.NDArray[np.uint32]
    facts: tuple[Facts, Facts] | None

    @property
    def containment(self) -> float:
        """Containment of the smaller text in the larger one."""
        return max(self.containment_a, self.containment_b)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a is to b, and whether that puts both into one cluster."""

    relation: str
    merges: bool
    evidence: str


def judge(pair: Pair, config: DedupConfig) -> Verdict | None:
    """Say what a is to b, or None where it is not worth a record."""
    if pair.facts is not None:
        notices = [facts.kills or facts.removed for facts in pair.facts]
        if all(notices):
            return None
        if any(notices):
            return _judge_notice(pair, config, notice_is_a=notices[0])
    if pair.equal_text:
        return Verdict("exact_raw", True, "same raw record") if pair.equal_raw else Verdict("exact_text", True, "same text once folded")
    if pair.facts is not None and (version := _judge_versions(pair, pair.facts, config)) is not None:
        return version
    return _judge_texts(pair, config)


def _judge_notice(pair: Pair, config: DedupConfig, *, notice_is_a: bool) -> Verdict | None:
    """A kill notice or a cancellation and a document."""
    assert pair.facts is not None
    notice, target = pair.facts if notice_is_a else pair.facts[::-1]
    why = ""
    if pair.same_guid:
        why = "" if sent_after(target, notice) else "same id"
    elif pair.same_slug:
        apart = _apart(target, notice)
        why = "same source and slug" if apart is None or 0 <= apart <= KILL_DAYS * 24 else ""
    if not why and same_source(notice, target) and not sent_after(target, notice):
        similar = pair.equal_text or _is_copy(pair, config, None)
        why = "the notice repeats its text" if similar else ""
    if why:
        return Verdict("kills" if notice_is_a else "killed_by", True, why)
    if pair.equal_text or _is_copy(pair, config, None):
        return Verdict("near_duplicate", False, "a kill notice of another source")
    return None


def _judge_versions(pair: Pair, facts: tuple[Facts, Facts], config: DedupConfig) -> Verdict | None:
    """Two versions of one story, by id, by slug or by a marker; None where nothing says so."""
    a, b = facts
    newer = compare_versions(a, b)
    if not newer:
        return None
    new, old = (a, b) if newer > 0 else (b, a)
    worth = pair.jaccard >= config.report_jaccard or pair.containment >= config.report_containment
    kind = marker_kind(new.version_marker)
    why = ""
    if pair.same_guid and (worth or is_global(new.guid or "")):
        why = "same id, " + _difference(new, old)
    elif kind == "part":
        return None
    elif pair.same_slug and worth:
        apart = _apart(old, new)
        if kind in ("update", "correction") or (new.version and old.version and new.version != old.version):
            near = apart is None or apart <= TEMPLATE_HOURS or (apart <= MARKER_DAYS * 24 and _template(pair) is None)
            why = "same source and slug, " + _difference(new, old) if near else ""
        elif apart is not None and apart <= SLUG_HOURS and _is_copy(pair, config, None) and _template(pair) is None:
            why = "same source and slug, " + _difference(new, old)
    elif kind in ("update", "correction") and not _other_sources(a, b):
        apart = _apart(old, new)
        if (apart is None or apart <= MARKER_DAYS * 24) and _is_copy(pair, config, None):
            template = _template(pair)
            few = template is not None and kind == "correction" and template.numbers + template.names <= 3
            why = f"marked {new.version_marker}" if template is None or few else ""
    if not why:
        return None
    relation = "corrects" if kind == "correction" else "update_of"
    if new is b:
        relation = "corrected_by" if kind == "correction" else "updated_by"
    return Verdict(relation, True, why)


def _judge_texts(pair: Pair, config: DedupConfig) -> Verdict | None:
    if pair.jaccard < config.report_jaccard and pair.containment < config.report_containment:
        return _judge_faint(pair)
    looked_at = pair.slot_overlap < SLOT_OVERLAP or _has_names(pair.words_a) != _has_names(pair.words_b)
    if looked_at and (template := _template(pair)) is not None:
        return Verdict("same_template", False, _describe_slots(template))
    counts = f"{pair.shared} shingles shared, {pair.smaller} and {pair.larger} in all"
    passes = pair.jaccard >= config.min_jaccard or pair.containment >= config.min_containment
    alignment = compare(pair.words_a, pair.words_b) if not passes or _needs_alignment(pair) else None
    standing_end = pair.containment < HALF and _common_tail(pair) >= WHOLE * pair.shared
    if not standing_end and _is_copy(pair, config, alignment):
        if pair.containment >= WHOLE and pair.smaller < EXTENDED * pair.larger:
            return Verdict("contained_in" if pair.containment_a >= pair.containment_b else "contains", True, counts)
        return Verdict("near_duplicate", True, counts)
    alignment = alignment or compare(pair.words_a, pair.words_b)
    if pair.smaller >= SHORT and _is_misread(pair, alignment):
        return _misread(pair, alignment)
    in_order = _describe_order(pair, alignment)
    if pair.smaller >= SHORT and alignment.coverage >= SUSPECT_COVERAGE:
        return Verdict("translation_suspect", False, in_order)
    return Verdict("derived_partial", False, f"{in_order}, longest run {alignment.longest}")


def _is_copy(pair: Pair, config: DedupConfig, alignment: Alignment | None) -> bool:
    """Whether two texts share enough to be copies of one story."""
    if pair.jaccard < config.min_jaccard and pair.containment < config.min_containment:
        return False
    if pair.smaller < TINY and pair.jaccard < TINY_JACCARD:
        return False
    if not _needs_alignment(pair):
        return True
    alignment = alignment or compare(pair.words_a, pair.words_b)
    if alignment.coverage >= WHOLE:
        return True
    is_quote = alignment.longest < QUOTE_WORDS and alignment.longest >= WHOLE * pair.shared
    return not is_quote and (pair.smaller >= SHORT or alignment.coverage >= SHORT_COVERAGE)


def _judge_faint(pair: Pair) -> Verdict | None:
    """A pair below the limits for a record: a copy where only misread letters are to blame, else nothing."""
    if pair.smaller < SHORT:
        return None
    alignment = compare(pair.words_a, pair.words_b)
    return _misread(pair, alignment) if _is_misread(pair, alignment) else None


def _misread(pair: Pair, alignment: Alignment) -> Verdict:
    return Verdict("near_duplicate", True, f"{_describe_order(pair, alignment)}, {alignment.substituted} in the place of others")


def _is_misread(pair: Pair, alignment: Alignment) -> bool:
    """Whether two long texts agree word by word, though too many words are spoilt for many common shingles (DOMAIN 4.3: coverage .8)."""
    if alignment.coverage >= WHOLE:
        return True
    return alignment.coverage >= MISREAD_COVERAGE and alignment.in_step >= IN_STEP and _strange(pair, alignment) >= STRANGE


def _strange(pair: Pair, alignment: Alignment) -> float:
    """Share of the words without a counterpart that stand only once in both texts, in the text where it is higher."""
    a, b = (words & np.uint32(TOKEN_MASK) for words in (pair.words_a[:MOST_WORDS], pair.words_b[:MOST_WORDS]))
    tokens, counts = np.unique(np.concatenate((a, b)), return_counts=True)
    once = tokens[counts == 1]
    return max(float(np.isin(side, once).sum()) / max(1, len(side) - alignment.matched) for side in (a, b))


def _common_tail(pair: Pair) -> int:
    """Words at the end of both texts that are the same."""
    size = min(len(pair.words_a), len(pair.words_b))
    different = np.flatnonzero((pair.words_a[-size:] ^ pair.words_b[-size:]) & np.uint32(TOKEN_MASK)) if size else np.empty(0)
    return size - 1 - int(different[-1]) if len(different) else size


def _needs_alignment(pair: Pair) -> bool:
    """Whether scores alone cannot tell a copy from a long shared quotation."""
    if pair.jaccard >= 0.5 or pair.containment >= WHOLE:
        return False
    return pair.smaller < SHORT or pair.shared < 2 * QUOTE_WORDS


def _template(pair: Pair) -> Alignment | None:
    """The alignment of two fillings of one template, or None where they are not that."""
    found = compare(_name_like(pair.words_a, pair.words_b), _name_like(pair.words_b, pair.words_a))
    words = min(found.words_a, found.words_b)
    least = 1 if words < 40 else 2 if words < 80 else 3
    slots, equal = found.numbers + found.names, found.equal_numbers + found.equal_names
    if found.numbers >= 5 and found.numbers >= WHOLE * (found.numbers + found.equal_numbers):
        return found
    by_number = found.numbers >= least and found.numbers >= SLOT_SHARE * (found.numbers + found.equal_numbers)
    by_slot = slots >= max(least, 2) and slots >= SLOT_SHARE * (slots + equal)
    # Where neither text shows names, they are among the other words.
    part = SLOT_SHARE if _has_names(pair.words_a) or _has_names(pair.words_b) else CASELESS_SHARE
    mostly_slots = slots >= part * (slots + found.others) and slots >= SLOT_DENSITY * words
    return found if (by_number or by_slot) and mostly_slots else None


def _has_names(words: npt.NDArray[np.uint32]) -> bool:
    return bool((words >> np.uint32(30) > NUMBER).any())


def _name_like(words: npt.NDArray[np.uint32], other: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """A text all in capitals shows no names: in it, what the other text does not write small is taken for one."""
    if _has_names(words) or not _has_names(other):
        return words
    small = other[other >> np.uint32(30) == OTHER]
    named = (words >> np.uint32(30) == OTHER) & ~np.isin(words, small)
    return np.where(named, words | np.uint32(NAME << 30), words)


def _describe_order(pair: Pair, found: Alignment) -> str:
    return (
        f"{pair.shared} shingles shared, {pair.smaller} and {pair.larger} in all; "
        f"{found.matched} of {min(found.words_a, found.words_b)} words in the same order"
    )


def _describe_slots(found: Alignment) -> str:
    places = ", ".join(f"{a}/{b}" for a, b in found.places[:8])
    more = ", ..." if len(found.places) > 8 else ""
    return (
        f"{found.matched} of {min(found.words_a, found.words_b)} words in the same order; {found.numbers} numbers, {found.names} names and "
        f"{found.others} other words differ, at words {places}{more}"
    )


def _difference(new: Facts, old: Facts) -> str:
    if new.version and new.version != old.version:
        return f"version {new.version} after {old.version}" if old.version else f"version {new.version}"
    if new.version_marker and new.version_marker != old.version_marker:
        return f"marked {new.version_marker}"
    return f"{new.modified_at or new.published_at} after {old.modified_at or old.published_at}"


def _apart(old: Facts, new: Facts) -> float | None:
    """Hours from `old` to `new`, None where a time is unknown."""
    return None if old.time is None or new.time is None else (new.time - old.time) / 3600


def _other_sources(a: Facts, b: Facts) -> bool:
    """Whether both sources are known and differ."""
    known = all(facts.publisher or facts.agencies for facts in (a, b))
    return known and not same_source(a, b)
