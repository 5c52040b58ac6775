"""Elects the member that stands for a cluster. A policy is a list of criteria; each keeps the best of those that are left.

Every policy begins with two criteria that no setting turns off: a withheld text is no text to show, and a machine-translated
copy never stands for its original. Every policy ends with the smallest doc_id, so the order is total.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.dedup.facts import Facts

__all__ = ["Member", "elect"]


@dataclass(frozen=True, slots=True)
class Member:
    """A candidate.

    Attributes:
        doc_id: 32 hex digits.
        newer: doc_ids of members that are newer versions of this one.
        close: members that have this text or one with a merging relation to it.
    """

    doc_id: str
    facts: Facts
    newer: frozenset[str] = frozenset()
    close: int = 1


_BANDS = {"none": 0, "possible": 1, "likely": 2, "certain": 3}
_CUT = frozenset({"truncated", "truncated_head", "truncated_tail", "stub", "teaser_stub", "teaser"})
NEARLY = 0.9
"""Lengths within 10 % count as equal (DOMAIN 4.4), and so do numbers of members that a text is close to."""

Criterion = Callable[[list[Member]], list[Member]]


def elect(members: Sequence[Member], policy: str) -> tuple[Member, str]:
    """The representative and the criterion that decided.

    >>> short, long = Member("01", Facts("a", 100)), Member("02", Facts("b", 900))
    >>> winner, reason = elect([short, long], "default")
    >>> winner.doc_id, reason
    ('02', 'longest')
    """
    left = sorted(members, key=lambda member: member.doc_id)
    if len(left) == 1:
        return left[0], "only member"
    for name in _POLICIES[policy]:
        kept = _CRITERIA[name](left)
        if len(kept) == 1:
            return kept[0], name
        left = kept
    return left[0], "smallest id"


def _least(rank: Callable[[Member], float]) -> Criterion:
    def keep(members: list[Member]) -> list[Member]:
        ranks = [rank(member) for member in members]
        best = min(ranks)
        return [member for member, value in zip(members, ranks, strict=True) if value == best]

    return keep


def _latest(members: list[Member]) -> list[Member]:
    there = {member.doc_id for member in members}
    kept = [member for member in members if not member.newer & there]
    return kept or members


def _most(measure: Callable[[Member], int]) -> Criterion:
    def keep(members: list[Member]) -> list[Member]:
        most = max(measure(member) for member in members)
        return [member for member in members if measure(member) >= NEARLY * most]

    return keep


def _is_original(member: Member) -> int:
    """0 where the publisher is the agency that the text is credited to, 1 where another outlet carries it, or nothing is known."""
    publisher = (member.facts.publisher or "").casefold()
    return 0 if publisher and publisher in {name.casefold() for name in member.facts.agencies} else 1


def _time(member: Member) -> float:
    published = member.facts.published
    return float("inf") if published is None else published


_CRITERIA: dict[str, Criterion] = {
    "usable": _least(lambda member: member.facts.pubstatus in ("withheld", "canceled", "cancelled")),
    "not machine-translated": _least(lambda member: _BANDS.get(member.facts.mt_band, 0)),
    "complete": _least(lambda member: bool(_CUT & set(member.facts.flags))),
    "latest version": _latest,
    "original source": _least(_is_original),
    # what was repaired in the metadata is right now, and says nothing against the text
    "fewest flags": _least(lambda member: sum(not kind.endswith("_repaired") for kind in member.facts.flags)),
    "longest": _most(lambda member: member.facts.characters),
    # A copy that was changed on its way (a lead of its own, misread letters) is further from the others than what they were made from.
    "closest to the others": _most(lambda member: member.close),
    "longest of all": _least(lambda member: -member.facts.characters),
    "earliest": _least(_time),
}

_ALWAYS = ("usable", "not machine-translated")
_DEFAULT = ("complete", "latest version", "original source", "closest to the others", "fewest flags", "longest", "earliest")
_POLICIES = {
    "default": (*_ALWAYS, *_DEFAULT),
    "earliest": (*_ALWAYS, "earliest", *_DEFAULT),
    "longest": (*_ALWAYS, "longest of all", *_DEFAULT),
    "latest_version": (*_ALWAYS, "latest version", *_DEFAULT),
    "wire_original": (*_ALWAYS, "original source", "earliest", *_DEFAULT),
}
