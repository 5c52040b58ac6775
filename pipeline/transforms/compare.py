"""The near-duplicate phase: Band, Verify, Cluster, Elect. Only refs and packed blocks travel.

shards (side input)                                   every task opens the sketch files it needs
tasks --Band--> (shard key of a, packed pairs)        one task per group of bands, per partition of the sampled shingles, ...
      --GroupByKey--> Verify --> (shard key of a, relations)       exact Jaccard and containment on real shingle sets
merging relations --Cluster--> one spanning forest of all edges
relations + forest --by partition of roots--> Elect --> decisions and further relations, by shard key
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from apache_beam.pvalue import AsList, AsSingleton, TaggedOutput

from pipeline.corpus.amending import Standing, read_standings
from pipeline.corpus.components import has_elders
from pipeline.corpus.elders import ELDER_NODE, Elders
from pipeline.corpus.settling import resolve_with_elders
from pipeline.dedup import bands
from pipeline.dedup.clusters import LIGHT, Forest, resolve
from pipeline.dedup.relations import relate_pairs, sort_by_component
from pipeline.records import Decision, ShardRef
from pipeline.sketchfiles import CachedRows, SketchFiles, as_uint64, shard_index
from pipeline.transforms.filesystems import storage_for
from pipeline.transforms.packing import pack_decisions, pack_pairs, pack_table, unpack_pairs, unpack_table
from pipeline.transforms.settings import Settings

__all__ = ["Band", "Cluster", "Elect", "Elected", "Forest", "SketchTask", "Verify", "deal_by_root", "decisions_by_shard", "tasks"]

BAND_GROUPS = 8
"""Tasks over which the bands are dealt. A pair is told once a group, so fewer groups mean fewer pairs on their way."""

SAMPLE_PARTITIONS = 8
"""Tasks over which the sampled shingle hashes are dealt, by hash; bounds the memory of each."""

CLUSTER_PARTITIONS = 64
"""Tasks over which clusters are dealt, by root; bounds the rows that one task holds."""

_PAIRS_AT_ONCE = 2_000


def tasks() -> list[tuple[str, int]]:
    """The tasks of Band, as Beam elements."""
    return [
        *(("bands", number) for number in range(BAND_GROUPS)),
        *(("sample", number) for number in range(SAMPLE_PARTITIONS)),
        ("exact", 0),
        ("versions", 0),
    ]


class Band(beam.PTransform):
    """(kind, number) -> (shard key of the first document, packed candidate pairs). Reads only the columns of its task."""

    def __init__(self, settings: Settings, shards: beam.PCollection[ShardRef]) -> None:
        super().__init__()
        self._settings, self._shards = settings, shards

    def expand(self, elements: beam.PCollection[tuple[str, int]]) -> beam.PCollection[tuple[int, bytes]]:
        dofn = _Propose(self._settings)
        return elements | "Propose" >> beam.ParDo(dofn, AsList(self._shards)).with_output_types(tuple[int, bytes])


class Verify(beam.PTransform):
    """(shard key, packed pairs) -> (shard key, packed relations). One GroupByKey of packed pairs."""

    def __init__(self, settings: Settings, shards: beam.PCollection[ShardRef]) -> None:
        super().__init__()
        self._settings, self._shards = settings, shards

    def expand(self, pairs: beam.PCollection[tuple[int, bytes]]) -> beam.PCollection[tuple[int, bytes]]:
        grouped = pairs | "ByShard" >> beam.GroupByKey()
        return grouped | "Relate" >> beam.ParDo(_Relate(self._settings), AsList(self._shards)).with_output_types(tuple[int, bytes])


class Cluster(beam.PTransform):
    """(shard key, packed relations) -> one Forest of all merging edges, as bytes.

    Args:
        earlier: packed merging edges of earlier runs of a corpus.
    """

    def __init__(self, earlier: beam.PCollection[bytes] | None = None) -> None:
        super().__init__()
        self._earlier = earlier

    def expand(self, relations: beam.PCollection[tuple[int, bytes]]) -> beam.PCollection[bytes]:
        edges = relations | "Edges" >> beam.Map(_merging_edges).with_output_types(bytes)
        if self._earlier is not None:
            edges = (edges, self._earlier) | "WithEarlier" >> beam.Flatten()
        return edges | "Span" >> beam.CombineGlobally(_Span())


class Elected(NamedTuple):
    """Decisions (packed) and relations that were computed for them, both by shard key."""

    decisions: beam.PCollection[tuple[int, bytes]]
    relations: beam.PCollection[tuple[int, bytes]]


class Elect(beam.PTransform):
    """(shard key, packed relations) -> Elected: who stands for each cluster, who holds against whom, who leaves.

    Args:
        earlier: (partition of roots, packed relations) that earlier runs of a corpus found among documents of touched components.
    """

    def __init__(
        self,
        settings: Settings,
        shards: beam.PCollection[ShardRef],
        forest: beam.PCollection[bytes],
        earlier: beam.PCollection[tuple[int, bytes]] | None = None,
    ) -> None:
        super().__init__()
        self._settings, self._shards, self._forest, self._earlier = settings, shards, forest, earlier

    def expand(self, relations: beam.PCollection[tuple[int, bytes]]) -> Elected:
        by_root = relations | "ByRoot" >> beam.ParDo(_DealByRoot(), AsSingleton(self._forest)).with_output_types(tuple[int, bytes])
        if self._earlier is not None:
            by_root = (by_root, self._earlier) | "WithEarlier" >> beam.Flatten()
        grouped = by_root | "Gather" >> beam.GroupByKey()
        sides = AsList(self._shards), AsSingleton(self._forest)
        elected = grouped | "Resolve" >> beam.ParDo(_Resolve(self._settings), *sides).with_outputs("relations", main="decisions")
        return Elected(
            elected.decisions | "Decisions" >> beam.Map(lambda pair: pair).with_output_types(tuple[int, bytes]),
            elected.relations | "Relations" >> beam.Map(lambda pair: pair).with_output_types(tuple[int, bytes]),
        )


class SketchTask(beam.DoFn):
    """A task that opens sketch files; they are opened once a bundle."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opened: SketchFiles | None = None

    def start_bundle(self) -> None:
        self._opened = None

    def finish_bundle(self) -> None:
        self._opened = None

    def _files(self, refs: list[ShardRef]) -> SketchFiles:
        if self._opened is None:
            self._opened = SketchFiles(refs, storage_for)
        return self._opened


class _Propose(SketchTask):
    def process(self, task: tuple[str, int], refs: list[ShardRef]) -> Iterator[tuple[int, bytes]]:
        kind, number = task
        files = self._files(refs)
        if files.refs:
            pairs = getattr(self, f"_{kind}")(files, number)
            files.release()
            yield from _by_shard(pairs, files)
        self._settings.count("band", 1)

    def _bands(self, files: SketchFiles, number: int) -> Any:
        count = self._settings.config.dedup.bands
        columns = [_whole(files, f"band_{band:03d}") for band in range(number, count, BAND_GROUPS)]
        return bands.propose(columns, _whole(files, "text_key"), _whole(files, "order"), _nodes(files)) if columns else _NO_PAIRS

    def _sample(self, files: SketchFiles, number: int) -> Any:
        return bands.sample_pairs(
            _whole(files, "sample"),
            _whole(files, "order"),
            _nodes(files),
            _whole(files, "text_key"),
            self._settings.config.dedup,
            partition=number,
            partitions=SAMPLE_PARTITIONS,
        )

    def _exact(self, files: SketchFiles, number: int) -> Any:
        return bands.exact_pairs(_whole(files, "text_key"), _whole(files, "order"), _nodes(files))

    def _versions(self, files: SketchFiles, number: int) -> Any:
        return bands.version_pairs(_whole(files, "guid_key"), _whole(files, "slug_key"), _whole(files, "order"), _nodes(files))


class _Relate(SketchTask):
    def process(self, element: tuple[int, Iterable[bytes]], refs: list[ShardRef]) -> Iterator[tuple[int, bytes]]:
        key, blocks = element
        files = self._files(refs)
        pairs = sort_by_component(unpack_pairs(blocks))
        found = []
        for start in range(0, len(pairs), _PAIRS_AT_ONCE):
            some = pairs[start : start + _PAIRS_AT_ONCE]
            found.append(relate_pairs(some, files, self._settings.config.dedup))
            files.release()
            self._settings.count("verify", 0, len(some))
        self._settings.count("verify", 1)
        if found and (table := pa.concat_tables(found)).num_rows:
            yield key, pack_table(table)


class _Span(beam.CombineFn):
    """Combines edges into a spanning forest. A combiner may run any number of times, so it counts nothing."""

    def create_accumulator(self) -> Forest:
        return Forest()

    def add_input(self, forest: Forest, edges: bytes) -> Forest:
        forest.add(unpack_pairs([edges]))
        return forest

    def merge_accumulators(self, forests: Iterable[Forest]) -> Forest:
        merged = Forest()
        for forest in forests:
            merged.merge(forest)
        return merged

    def extract_output(self, forest: Forest) -> bytes:
        return forest.to_bytes()


class _DealByRoot(beam.DoFn):
    """Sends each relation within a tree of the forest to the partition of that tree's root."""

    def __init__(self) -> None:
        self._forest: tuple[bytes, Any, Any] | None = None

    def process(self, element: tuple[int, bytes], forest: bytes) -> Iterator[tuple[int, bytes]]:
        yield from deal_by_root(unpack_table(element[1]), *self._assignments(forest))

    def _assignments(self, forest: bytes) -> tuple[Any, Any]:
        if self._forest is None or self._forest[0] is not forest:
            self._forest = (forest, *Forest.from_bytes(forest).assignments())
        return self._forest[1:]


class _Resolve(SketchTask):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._standings: dict[int, Standing] | None = None

    def start_bundle(self) -> None:
        super().start_bundle()
        self._standings = None

    def process(
        self, element: tuple[int, Iterable[bytes]], refs: list[ShardRef], forest: bytes
    ) -> Iterator[tuple[int, bytes] | TaggedOutput]:
        files = self._files(refs)
        table = pa.concat_tables(unpack_table(block) for block in element[1]).combine_chunks()
        table = table.sort_by([("root", "ascending"), ("a", "ascending"), ("b", "ascending")])
        roots = table.column("root").to_numpy()
        starts = np.flatnonzero(np.concatenate(([True], roots[1:] != roots[:-1])))
        decisions: list[Decision] = []
        computed: list[pa.Table] = []
        for group in _in_blocks(starts, len(roots)):
            block = table.slice(group[0], group[-1] - group[0])
            members = np.unique(np.concatenate([block.column(name).to_numpy() for name in ("a_node", "b_node")]))
            rows = files.rows(members, LIGHT)
            edges = block.drop_columns(["root"])
            reader, elders, dedup = CachedRows(rows, files), self._settings.elders, self._settings.config.dedup
            if elders is not None and has_elders(members):
                before = {node: self._before(forest, elders)[node] for node in members.tolist() if node >= ELDER_NODE}
                decided, more = resolve_with_elders(rows, edges, reader, dedup, elders, before)
            else:
                decided, more = resolve(members, edges, reader, dedup)
            decisions += decided
            computed.append(more)
            files.release()
            self._settings.count("elect", 0, len(members))
        self._settings.count("elect", 1)
        yield from decisions_by_shard(decisions, files)
        for key, rows in _tables_by_shard(computed, files):
            yield TaggedOutput("relations", (key, pack_table(rows)))

    def _before(self, forest: bytes, elders: Elders) -> dict[int, Standing]:
        """How the earlier documents of all touched trees stood; read once a bundle."""
        if self._standings is None:
            nodes, roots = Forest.from_bytes(forest).assignments()
            touched = nodes[(roots < np.uint64(ELDER_NODE)) & (nodes >= np.uint64(ELDER_NODE))]
            self._standings = read_standings(touched.tolist(), elders, storage_for)
        return self._standings


def deal_by_root(table: pa.Table, nodes: Any, roots: Any) -> Iterator[tuple[int, bytes]]:
    """Relations within a tree of a forest, by partition of the tree's root."""
    root_a, root_b = (_roots(table.column(name).to_numpy(), nodes, roots) for name in ("a_node", "b_node"))
    inside = (root_a == root_b) & (root_a != _NO_ROOT)
    table = table.append_column("root", pa.array(root_a, pa.uint64())).filter(pa.array(inside))
    partition = table.column("root").to_numpy() % np.uint64(CLUSTER_PARTITIONS)
    for number in np.unique(partition):
        yield int(number), pack_table(table.filter(pa.array(partition == number)))


_NO_PAIRS = np.empty((0, 2), np.uint64)
_NO_ROOT = np.uint64(2**64 - 1)


def _whole(files: SketchFiles, name: str) -> Any:
    """One column of all shards, in the order of the shards."""
    chunks = [chunk for position in range(len(files.refs)) for chunk in files.column(position, name).chunks]
    return pa.chunked_array(chunks).combine_chunks() if chunks else pa.array([])


def _nodes(files: SketchFiles) -> Any:
    return np.concatenate([files.nodes(position) for position in range(len(files.refs))])


def _by_shard(pairs: Any, files: SketchFiles) -> Iterator[tuple[int, bytes]]:
    if len(pairs):
        keys = np.array([ref.key for ref in files.refs], np.uint64)
        positions = shard_index(keys, pairs[:, 0])
        for position in np.unique(positions):
            yield files.refs[int(position)].key, pack_pairs(pairs[positions == position])


def _merging_edges(element: tuple[int, bytes]) -> bytes:
    table = unpack_table(element[1])
    table = table.filter(table.column("merges"))
    return pack_pairs(np.stack([as_uint64(table.column(name)) for name in ("a_node", "b_node")], axis=1))


def _roots(wanted: Any, nodes: Any, roots: Any) -> Any:
    if not len(nodes):
        return np.full(len(wanted), _NO_ROOT)
    found = np.minimum(np.searchsorted(nodes, wanted), len(nodes) - 1)
    return np.where(nodes[found] == wanted, roots[found], _NO_ROOT)


def _in_blocks(starts: Any, end: int, rows: int = 20_000) -> Iterator[list[int]]:
    """Boundaries of clusters, gathered into blocks of some `rows` relations so that their sketches are read together."""
    bounds = [*(int(start) for start in starts), end]
    block = [bounds[0]]
    for bound in bounds[1:]:
        block.append(bound)
        if bound - block[0] >= rows:
            yield block
            block = [bound]
    if len(block) > 1:
        yield block


def decisions_by_shard(decisions: list[Decision], files: SketchFiles) -> Iterator[tuple[int, bytes]]:
    """Pickled lists of decisions by the key of the shard that holds the document."""
    if decisions:
        keys = np.array([ref.key for ref in files.refs], np.uint64)
        positions = shard_index(keys, np.array([decision.node for decision in decisions], np.uint64))
        for position in np.unique(positions):
            chosen = [decisions[int(i)] for i in np.flatnonzero(positions == position)]
            yield files.refs[int(position)].key, pack_decisions(chosen)


def _tables_by_shard(tables: list[pa.Table], files: SketchFiles) -> Iterator[tuple[int, pa.Table]]:
    tables = [table for table in tables if table.num_rows]
    if tables:
        whole = pa.concat_tables(tables)
        keys = np.array([ref.key for ref in files.refs], np.uint64)
        sides = [as_uint64(whole.column(name)) for name in ("a_node", "b_node")]
        # The smaller node is the new one of a pair with an earlier document, which no shard of this run holds.
        owners = np.minimum(*sides) if int(keys[-1]) >= ELDER_NODE else sides[0]
        positions = pa.array(shard_index(keys, owners))
        for position in pc.unique(positions).sort().to_pylist():
            yield files.refs[position].key, whole.filter(pc.equal(positions, position))
