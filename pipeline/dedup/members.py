"""The members of one component as `clusters.resolve` sees them, and the decisions about them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedup.facts import Facts, compare_versions, read_facts, same_source, sent_after
from pipeline.dedup.graphs import Neighbours, label_components
from pipeline.dedup.relations import FLIPPED
from pipeline.dedup.representatives import Member
from pipeline.records import CarriedBy, Decision

__all__ = ["Held", "Members", "decide_cluster", "decide_killed"]

Positions = npt.NDArray[np.int64]
Row = tuple[str, bool, float, float, float]
"""Relation of a to b, whether it merges, Jaccard, containment of a and of b."""
_TEXT_RELATIONS = frozenset({"near_duplicate", "contains", "contained_in", "same_template", "derived_partial", "translation_suspect"})
"""Relations that follow from the two texts alone."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a member is to its representative, with the exact scores of the pair."""

    relation: str
    merges: bool
    jaccard: float | None
    containment: float | None
    containment_of_representative: float | None


@dataclass
class Members:
    """Members of a component, by position in the order of doc_id, which no sharding changes."""

    nodes: npt.NDArray[np.uint64]
    ids: list[str]
    facts: list[Facts]
    text_groups: Positions
    raw_keys: list[bytes]
    guid_keys: npt.NDArray[np.uint64]
    slug_keys: npt.NDArray[np.uint64]
    edges: pa.Table
    killed: dict[int, int] = field(default_factory=dict)
    """Killed documents, each with the notice that took it back."""

    @classmethod
    def read(cls, rows: pa.Table, edges: pa.Table) -> Members:
        """Build from sketch rows (with `node`) and the relation rows among them."""
        ids = [entry.hex() for entry in rows.column("doc_id").to_pylist()]
        order = sorted(range(len(ids)), key=ids.__getitem__)
        rows = rows.take(pa.array(order))
        keys = rows.column("text_key").to_pylist()
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        members = cls(
            nodes=np.asarray(rows.column("node")).astype(np.uint64),
            ids=[ids[i] for i in order],
            facts=[read_facts(text) for text in rows.column("info").to_pylist()],
            text_groups=np.array([numbers[key] for key in keys], np.int64),
            raw_keys=rows.column("raw_key").to_pylist(),
            guid_keys=np.asarray(rows.column("guid_key")),
            slug_keys=np.asarray(rows.column("slug_key")),
            edges=edges,
        )
        members.killed = members._find_killed()
        return members

    def __len__(self) -> int:
        return len(self.ids)

    def position(self, doc_id: str) -> int:
        """Where a document stands."""
        return self._positions[doc_id]

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {doc_id: position for position, doc_id in enumerate(self.ids)}

    @cached_property
    def relations(self) -> dict[tuple[int, int], Row]:
        """Known relations by (smaller, larger position): relation of the first to the second, merges, Jaccard and both containments."""
        return self._relations_of(self.edges)

    @cached_property
    def text_links(self) -> Positions:
        """(n, 2) texts joined by a merging edge."""
        pairs = np.array([pair for pair, row in self.relations.items() if row[1]], np.int64).reshape(-1, 2)
        return self.text_groups[pairs]

    def components(self) -> list[Positions]:
        """Members that may be published (no notices, nothing killed) and hang together, as ascending positions, two or more each.

        What was killed still holds its copies together: two outlets that carry it are copies of each other.
        """
        notices = np.unique([self.text_groups[i] for i, facts in enumerate(self.facts) if _is_notice(facts)])
        alive = np.array([not _is_notice(facts) and i not in self.killed for i, facts in enumerate(self.facts)], bool)
        outside = np.setdiff1d(notices, self.text_groups[alive])
        links = self.text_links[~np.isin(self.text_links, outside).any(axis=1)]
        labels = label_components(links, int(self.text_groups.max(initial=-1)) + 1)[self.text_groups]
        members = np.flatnonzero(alive)
        members = members[np.argsort(labels[members], kind="stable")]
        bounds = np.flatnonzero(np.diff(labels[members])) + 1
        return [part for part in np.split(members, bounds) if len(part) > 1]

    def near(self, member: int, steps: int, among: dict[int, None]) -> list[int]:
        """Of the members `among`, those whose text is at most `steps` merging edges from that of `member`."""
        texts = self._neighbours.within(int(self.text_groups[member]), steps)
        return [i for text in texts for i in self._of_text[self._text_starts[text] : self._text_starts[text + 1]].tolist() if i in among]

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self.text_links, int(self.text_groups.max(initial=-1)) + 1)

    @cached_property
    def _of_text(self) -> Positions:
        """Positions sorted by text."""
        return np.argsort(self.text_groups, kind="stable")

    @cached_property
    def _text_starts(self) -> Positions:
        return np.searchsorted(self.text_groups[self._of_text], np.arange(int(self.text_groups.max(initial=-1)) + 2))

    def known(self, member: int, representative: int) -> Held | None:
        """The relation of a member to a representative of another text as far as it is known: by a relation of the two, or by one of
        their texts where nothing but the texts can matter. None where it was never computed, or is not worth a record."""
        first, second = min(member, representative), max(member, representative)
        row = self.relations.get((first, second))
        if row is not None:
            return _held(row, member == first)
        if self.linked(member, representative):
            return None
        return self._of_texts.get((int(self.text_groups[member]), int(self.text_groups[representative])))

    def exact(self, member: int, representative: int) -> Held:
        """The relation of a member to a representative of the same text."""
        return _EXACT_RAW if self.raw_keys[member] == self.raw_keys[representative] else _EXACT_TEXT

    def learn(self, table: pa.Table) -> None:
        """Take in relation rows that were computed."""
        fresh = self._relations_of(table)
        self.relations.update(fresh)
        self._of_texts.update(self._by_texts(fresh))

    @cached_property
    def _of_texts(self) -> dict[tuple[int, int], Held]:
        """What one text is to another, as far as the relations say it of any two members without versions."""
        return self._by_texts(self.relations)

    def _by_texts(self, relations: Mapping[tuple[int, int], Row]) -> dict[tuple[int, int], Held]:
        found = {}
        for (a, b), row in relations.items():
            if row[0] in _TEXT_RELATIONS and not (_is_notice(self.facts[a]) or _is_notice(self.facts[b])):
                first, second = int(self.text_groups[a]), int(self.text_groups[b])
                found[first, second], found[second, first] = _held(row, True), _held(row, False)
        return found

    def linked(self, a: int, b: int) -> bool:
        """Whether ids, slugs or markers may make versions of two members, so that their texts alone do not decide."""
        return bool(
            (self.guid_keys[a] and self.guid_keys[a] == self.guid_keys[b])
            or (self.slug_keys[a] and self.slug_keys[a] == self.slug_keys[b])
            or self.facts[a].version_marker
            or self.facts[b].version_marker
        )

    def candidates(self, scope: Sequence[int]) -> list[Member]:
        """Some members for the election, each with the newer versions of it among them."""
        newest = self._newest(scope)
        return [
            Member(
                doc_id=self.ids[i],
                facts=self.facts[i],
                newer=self._newer.get(i, frozenset()) | ({self.ids[newest[i]]} if i in newest else frozenset()),
                close=int(self._close[self.text_groups[i]]),
            )
            for i in scope
        ]

    @cached_property
    def _close(self) -> Positions:
        """For each text the number of members that have it or a text with a merging relation to it."""
        sizes = np.bincount(self.text_groups)
        links = np.unique(np.concatenate((self.text_links, self.text_links[:, ::-1])), axis=0)
        return sizes + np.bincount(links[:, 0], sizes[links[:, 1]], len(sizes)).astype(np.int64)

    @cached_property
    def _newer(self) -> dict[int, frozenset[str]]:
        """For each member the newer versions of it that relations tell of."""
        newer: dict[int, set[str]] = {}
        for (a, b), row in self.relations.items():
            if row[0] in ("update_of", "corrects"):
                newer.setdefault(b, set()).add(self.ids[a])
            elif row[0] in ("updated_by", "corrected_by"):
                newer.setdefault(a, set()).add(self.ids[b])
        return {member: frozenset(ids) for member, ids in newer.items()}

    def _newest(self, scope: Sequence[int]) -> dict[int, int]:
        """For each older member of an id the newest one; found in one pass, so that a series of any length is linear."""
        by_guid: dict[int, list[int]] = {}
        for member in sorted(scope):
            if self.guid_keys[member]:
                by_guid.setdefault(int(self.guid_keys[member]), []).append(member)
        found = {}
        for series in by_guid.values():
            newest = series[0]
            for member in series[1:]:
                if compare_versions(self.facts[member], self.facts[newest]) > 0:
                    newest = member
            found.update({member: newest for member in series if compare_versions(self.facts[newest], self.facts[member]) > 0})
        return found

    def _find_killed(self) -> dict[int, int]:
        """Documents that a notice took back, and every version of them from the same source."""
        killed: dict[int, int] = {}
        for (a, b), row in sorted(self.relations.items()):
            if row[0] == "kills":
                killed.setdefault(b, a)
            elif row[0] == "killed_by":
                killed.setdefault(a, b)
        if not killed:
            return killed
        around: dict[int, list[int]] = {}
        for (a, b), row in self.relations.items():
            if row[1]:
                around.setdefault(a, []).append(b)
                around.setdefault(b, []).append(a)
        waiting = deque(sorted(killed))
        looked_at = set()
        while waiting:
            victim = waiting.popleft()
            text, facts = int(self.text_groups[victim]), self.facts[victim]
            alike = (text, int(self.guid_keys[victim]), facts.publisher, facts.agencies, killed[victim])
            same = [] if alike in looked_at else self._of_text[self._text_starts[text] : self._text_starts[text + 1]].tolist()
            looked_at.add(alike)
            for other in sorted({*around.get(victim, ()), *same}):
                if other not in killed and not _is_notice(self.facts[other]) and self._falls_with(other, victim, killed[victim]):
                    killed[other] = killed[victim]
                    waiting.append(other)
        return killed

    def _falls_with(self, other: int, victim: int, notice: int) -> bool:
        """Whether a killed story's version or copy leaves with it: one id, or one source; not what was sent after the notice."""
        facts = self.facts[other]
        if sent_after(facts, self.facts[notice]):
            return False
        same_id = bool(self.guid_keys[other]) and self.guid_keys[other] == self.guid_keys[victim]
        return same_id or same_source(facts, self.facts[victim])

    def _relations_of(self, table: pa.Table) -> dict[tuple[int, int], Row]:
        names = ("a", "b", "relation", "merges", "jaccard", "containment_a", "containment_b")
        columns = [table.column(name).to_pylist() for name in names]
        positions = self._positions
        # `a` is the smaller doc_id, and positions follow doc_ids: so the first position is the smaller one.
        return {(positions[a], positions[b]): (r, m, j, ca, cb) for a, b, r, m, j, ca, cb in zip(*columns, strict=True)}


def decide_killed(members: Members) -> list[Decision]:
    """The decisions about killed documents: all of one notice form one cluster, for which nothing stands."""
    by_notice: dict[int, list[int]] = {}
    for victim, notice in sorted(members.killed.items()):
        by_notice.setdefault(notice, []).append(victim)
    return [
        Decision(
            node=int(members.nodes[victim]),
            doc_id=members.ids[victim],
            table="removed",
            cluster_id=members.ids[victims[0]],
            cluster_size=len(victims),
            representative_id=None,
            reason=f"taken back by {members.ids[notice]}",
            filter="killed",
            removed_by=members.ids[notice],
        )
        for notice, victims in sorted(by_notice.items())
        for victim in victims
    ]


def decide_cluster(members: Members, representative: int, reason: str, held: dict[int, Held]) -> list[Decision]:
    """The decisions about one cluster."""
    everyone = sorted([representative, *held])
    cluster_id, size = members.ids[everyone[0]], len(everyone)
    return [
        Decision(
            node=int(members.nodes[member]),
            doc_id=members.ids[member],
            table="documents" if member == representative else "duplicates",
            cluster_id=cluster_id,
            cluster_size=size,
            representative_id=members.ids[representative],
            reason=reason,
            **(_scores(held[member]) if member != representative else {"carried_by": _carriers(members, representative, held)}),
        )
        for member in everyone
    ]


def _scores(held: Held) -> dict[str, object]:
    return {
        "relation": held.relation,
        "jaccard": held.jaccard,
        "containment": held.containment,
        "containment_of_representative": held.containment_of_representative,
    }


def _carriers(members: Members, representative: int, held: dict[int, Held]) -> tuple[CarriedBy, ...]:
    """Every copy on record, the representative first, then by time of publication (unknown last) and doc_id."""

    def place(member: int) -> tuple[float, str]:
        published = members.facts[member].published
        return (float("inf") if published is None else published, members.ids[member])

    ordered: Sequence[int] = [representative, *sorted(held, key=place)]
    return tuple(_carrier(members, m, held[m].relation if m in held else "representative") for m in ordered)


def _carrier(members: Members, member: int, relation: str) -> CarriedBy:
    facts = members.facts[member]
    return CarriedBy(members.ids[member], relation, facts.publisher, facts.uri, facts.url, facts.published_at)


def _held(row: Row, is_first: bool) -> Held:
    relation, merges, jaccard, first, second = row
    if is_first:
        return Held(relation, merges, jaccard, first, second)
    return Held(FLIPPED.get(relation, relation), merges, jaccard, second, first)


_EXACT_RAW, _EXACT_TEXT = (Held(relation, True, 1.0, 1.0, 1.0) for relation in ("exact_raw", "exact_text"))


def _is_notice(facts: Facts) -> bool:
    return facts.removed or facts.kills
