"""Which documents of a site tell the same story, for counting: a paragraph in eight versions of one story is in one story."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

__all__ = ["group_stories"]

Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]

_ALIKE = 0.5
"""Share of values that two versions must have in common. Each version is held against its neighbours, so that a story which
changes paragraph by paragraph stays one story, however far its first version is from its last."""

_COMMON_DOCUMENTS, _COMMON_SHARE = 16, 0.05
"""A value in more documents of a site than both of these is a value of its furniture and says nothing about stories."""

_LEAST_OWN = 3
"""A document with fewer values of its own is nothing new: all such documents of a site count as one story."""

_NEIGHBOURS = 4
"""How many documents with the same value, in a fixed order, each is compared with."""


def group_stories(sites: Ints, sizes: Ints, labels: npt.NDArray[np.uint32]) -> Ints:
    """Number of the story of each document.

    Args:
        sites: number of each document's site.
        sizes: documents of each site.
        labels: (documents, columns) values of MinHash signatures: two texts agree in a column with the probability of their similarity.

    >>> labels = np.arange(48, dtype=np.uint32).reshape(4, 12)
    >>> labels[1, :9] = labels[0, :9]
    >>> labels[2, 3:] = labels[1, 3:]
    >>> stories = group_stories(np.zeros(4, np.int64), np.array([4]), labels)
    >>> len(set(stories.tolist())), len(set(stories[:3].tolist()))
    (2, 1)
    """
    # scipy takes a moment to load, and most runs never come here.
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    count, columns = labels.shape
    if not count:
        return np.empty(0, np.int64)
    groups = [_group(sites, labels[:, column]) for column in range(columns)]
    limit = np.maximum(_COMMON_DOCUMENTS, _COMMON_SHARE * sizes)
    own = np.stack([_spread(order, starts, count) <= limit[sites] for order, starts in groups], axis=1)
    firsts, seconds = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    for column, (order, starts) in enumerate(groups):
        for one, other in _neighbours(order, starts):
            usable = own[one, column]
            one, other = one[usable], other[usable]
            agree = (labels[one] == labels[other]) & own[one]
            told = own[one] | own[other]
            alike = agree.sum(axis=1) >= _ALIKE * told.sum(axis=1)
            firsts.append(one[alike])
            seconds.append(other[alike])
    one, other = np.concatenate(firsts), np.concatenate(seconds)
    graph = coo_matrix((np.ones(len(one), bool), (one, other)), shape=(count, count))
    stories: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    nothing_new = own.sum(axis=1) < min(_LEAST_OWN, columns)
    stories[nothing_new] = stories.max(initial=0) + 1 + sites[nothing_new]
    return stories


def _group(sites: Ints, values: npt.NDArray[np.uint32]) -> tuple[Places, Places]:
    """Documents sorted by site and value, and where each group begins; documents of a group keep their order."""
    order = np.lexsort((values, sites)).astype(np.int32)  # half the size: those of all columns are held at a time
    changes = (sites[order][1:] != sites[order][:-1]) | (values[order][1:] != values[order][:-1])
    return order, np.flatnonzero(np.concatenate(([True], changes))).astype(np.int32)


def _spread(order: Places, starts: Places, count: int) -> Places:
    """Size of the group of each document."""
    sizes = np.diff(np.append(starts, count))
    spread = np.empty(count, np.int32)
    spread[order] = np.repeat(sizes, sizes)
    return spread


def _neighbours(order: Places, starts: Places) -> Iterator[tuple[Places, Places]]:
    """Pairs of documents of one group that are at most `_NEIGHBOURS` places apart."""
    numbers = np.zeros(len(order), np.int32)
    numbers[starts] = 1
    numbers = np.cumsum(numbers, dtype=np.int32)
    for distance in range(1, _NEIGHBOURS + 1):
        same = numbers[distance:] == numbers[:-distance]
        yield order[:-distance][same], order[distance:][same]
