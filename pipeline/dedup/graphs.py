"""Connected components and neighbourhoods of graphs given as packed edges."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["Neighbours", "label_components"]

Places = npt.NDArray[np.int64]


def label_components(links: Places, size: int) -> Places:
    """A label for each of `size` vertices, equal where a path of links joins them.

    >>> label_components(np.array([[0, 2]]), 3).tolist()
    [0, 1, 0]
    """
    roots = np.arange(size)
    a, b = links[:, 0], links[:, 1]
    while len(a):
        low, high = np.minimum(roots[a], roots[b]), np.maximum(roots[a], roots[b])
        apart = low != high
        a, b = a[apart], b[apart]
        # Each root goes below the smallest one that a link joins it to; a path of n vertices takes some log n rounds.
        np.minimum.at(roots, high[apart], low[apart])
        while not np.array_equal(further := roots[roots], roots):
            roots = further
    labels: Places = np.unique(roots, return_inverse=True)[1].astype(np.int64)
    return labels


class Neighbours:
    """For each vertex those that a link joins it to.

    >>> around = Neighbours(np.array([[0, 1], [1, 2], [2, 3]]), 4)
    >>> around.within(0, 2)
    [0, 1, 2]
    """

    def __init__(self, links: Places, size: int) -> None:
        both = np.concatenate((links, links[:, ::-1]))
        sort = np.lexsort((both[:, 1], both[:, 0]))
        self._targets = both[sort, 1]
        self._starts = np.searchsorted(both[sort, 0], np.arange(size + 1))

    def of(self, vertex: int) -> Places:
        """Direct neighbours, ascending."""
        targets: Places = self._targets[self._starts[vertex] : self._starts[vertex + 1]]
        return targets

    def within(self, vertex: int, steps: int) -> list[int]:
        """Vertices that at most `steps` links lead to, itself included, ascending."""
        seen, edge = {vertex}, [vertex]
        for _ in range(steps):
            edge = sorted({int(target) for at in edge for target in self.of(at)} - seen)
            seen.update(edge)
        return sorted(seen)
