"""Candidate pairs with a new document, over new and earlier documents together.

A bucket that matters tonight holds a new document. So of earlier runs the entries with a key of a new document are read, put beside
the new ones, and the rules of `dedup.bands` see the bucket as one run over everything would. Pairs of two earlier documents were
compared before and are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.config import DedupConfig
from pipeline.corpus.elders import ELDER_NODE, ELDER_NUMBER, Elders
from pipeline.corpus.fresh import Fresh, bands_of, fixed_words, order_of
from pipeline.corpus.lookup import GUID, SLUG, TEXT
from pipeline.corpus.postings import Keys, find_postings, upper_half
from pipeline.dedup import bands
from pipeline.storage import Storage, join

__all__ = ["band_pairs", "exact_pairs", "find_redelivered", "sample_pairs", "version_pairs"]

Nodes = npt.NDArray[np.uint64]
Find = Callable[[str], Storage]
_concatenate: Callable[[list[Any]], Any] = np.ma.concatenate


@dataclass(frozen=True, slots=True)
class _Hits:
    """Entries of earlier runs that have a key of a new document: node, group, and the place of the key among those wanted."""

    nodes: Nodes
    groups: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Light:
    """What bucket rules need to know of some earlier documents, in the order of their nodes."""

    nodes: Nodes
    ids: Nodes
    order: Nodes
    text_keys: Nodes
    samples: npt.NDArray[np.int64]


def band_pairs(fresh: Fresh, elders: Elders, group: int, config: DedupConfig, find: Find) -> Nodes:
    """Pairs from the bands of one file; the form of all results here is that of `dedup.bands`."""
    columns = {band: fresh.band(band) for band in bands_of(group, config)}
    full = {band: np.unique(column.compressed()) for band, column in columns.items()}
    wanted, whole = _wanted(full)
    hits = _find(elders, f"bands-{group}.parquet", wanted, find)
    light = _read_light(elders, hits.nodes, find)
    joined = []
    for band, column in columns.items():
        here = hits.groups == band
        earlier = _masked(light.nodes, hits.nodes[here], whole[band][hits.places[here]])
        joined.append(_concatenate([column, earlier]))
    if not joined:
        return np.empty((0, 2), np.uint64)
    return _with_new(bands.propose(joined, *_rules(fresh, light)))


def sample_pairs(fresh: Fresh, elders: Elders, config: DedupConfig, find: Find, *, partition: int = 0, partitions: int = 1) -> Nodes:
    """Pairs from the sampled shingles of one partition."""
    samples = fresh.column("sample")
    values = samples.flatten().to_numpy(zero_copy_only=False) if len(samples) else np.empty(0, np.uint32)
    hits = _find(elders, "samples.parquet", {0: np.unique(values)}, find)
    wanted = np.unique(values)
    light = _read_light(elders, hits.nodes, find)
    earlier = _pad_samples(light, hits, wanted, 2**32 // config.sample_rate)
    kind = pa.list_(pa.uint32())
    whole = pa.concat_arrays([samples.cast(kind) if len(samples) else pa.array([], kind), earlier])
    text_keys, order, nodes = _rules(fresh, light)
    return _with_new(bands.sample_pairs(whole, order, nodes, text_keys, config, partition=partition, partitions=partitions))


def exact_pairs(fresh: Fresh, elders: Elders, find: Find) -> Nodes:
    """Pairs of equal texts."""
    light = _same_texts(fresh, elders, find)
    return _with_new(bands.exact_pairs(*_rules(fresh, light)))


def version_pairs(fresh: Fresh, elders: Elders, find: Find) -> Nodes:
    """Pairs that share an id or a slug."""
    columns = {GUID: fresh.numbers("guid_key"), SLUG: fresh.numbers("slug_key")}
    full = {group: np.unique(column[column != 0]) for group, column in columns.items()}
    wanted, whole = _wanted(full)
    hits = _find(elders, "keys.parquet", wanted, find)
    light = _read_light(elders, hits.nodes, find)
    joined = []
    for group, column in columns.items():
        here = hits.groups == group
        earlier = _masked(light.nodes, hits.nodes[here], whole[group][hits.places[here]])
        joined.append(np.concatenate([column, earlier.filled(0)]))
    _, order, nodes = _rules(fresh, light)
    return _with_new(bands.version_pairs(joined[0], joined[1], order, nodes))


def find_redelivered(fresh: Fresh, elders: Elders, find: Find) -> tuple[Nodes, Nodes]:
    """New documents that an earlier run holds already (same name, place and bytes), and their nodes there; the newest of several."""
    light = _same_texts(fresh, elders, find)
    ids = fresh.words("doc_id")
    both = np.concatenate([ids, light.ids])
    _, number = np.unique(both, axis=0, return_inverse=True)
    number = number.reshape(-1)
    known = np.full(number.max(initial=-1) + 1, -1, np.int64)
    known[number[len(ids) :]] = np.arange(len(light.nodes))  # nodes ascend, so the newest run is written last
    place = known[number[: len(ids)]]
    return fresh.nodes[place >= 0], light.nodes[place[place >= 0]]


def _same_texts(fresh: Fresh, elders: Elders, find: Find) -> _Light:
    texts = fresh.words("text_key")
    hits = _find(elders, "keys.parquet", {TEXT: np.unique(upper_half(texts[:, 0]))}, find)
    light = _read_light(elders, hits.nodes, find)
    both = np.concatenate([texts, light.text_keys])
    _, number = np.unique(both, axis=0, return_inverse=True)
    number = number.reshape(-1)
    same = np.isin(number[len(texts) :], number[: len(texts)])
    return _Light(*(getattr(light, name)[same] for name in ("nodes", "ids", "order", "text_keys", "samples")))


def _wanted(full: Mapping[int, Nodes]) -> tuple[dict[int, Keys], dict[int, Nodes]]:
    """Upper halves of keys, distinct and ascending, and for each the whole key that it stands for."""
    wanted, whole = {}, {}
    for group, keys in full.items():
        halves, first = np.unique(upper_half(keys), return_index=True)
        wanted[group], whole[group] = halves, keys[first]
    return wanted, whole


def _find(elders: Elders, name: str, wanted: Mapping[int, Keys], find: Find) -> _Hits:
    nodes, groups, places = [np.empty(0, np.uint64)], [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for elder in elders.compared:
        path = join(elder.lookup, name)
        group, place, row = find_postings(path, find(path), wanted)
        nodes.append(elder.nodes(row))
        groups.append(group)
        places.append(place)
    return _Hits(np.concatenate(nodes), np.concatenate(groups), np.concatenate(places))


def _read_light(elders: Elders, nodes: Nodes, find: Find) -> _Light:
    """The light rows of some nodes, each once, ascending."""
    nodes = np.unique(nodes)
    seqs = (nodes >> np.uint64(32)).astype(np.int64) - ELDER_NUMBER
    known = elders.by_seq()
    ids, texts, samples = [np.empty((0, 2), np.uint64)], [np.empty((0, 2), np.uint64)], [np.empty(0, np.int64)]
    for seq in np.unique(seqs).tolist():
        path = join(known[seq].lookup, "light.parquet")
        with find(path).open(path) as handle:
            table = pq.read_table(handle, use_threads=False)
        wanted = (nodes[seqs == seq] & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        place = np.searchsorted(table.column("row").to_numpy(), wanted)
        ids.append(fixed_words(table.column("doc_id"))[place])
        texts.append(fixed_words(table.column("text_key"))[place])
        samples.append(table.column("n_sample").to_numpy()[place].astype(np.int64))
    whole = np.concatenate(ids)
    return _Light(nodes, whole, order_of(whole), np.concatenate(texts), np.concatenate(samples))


def _rules(fresh: Fresh, light: _Light) -> tuple[Nodes, Nodes, Nodes]:
    """Text keys, order and nodes of new and earlier documents."""
    return (
        np.concatenate([fresh.words("text_key"), light.text_keys]),
        np.concatenate([fresh.numbers("order"), light.order]),
        np.concatenate([fresh.nodes, light.nodes]),
    )


def _masked(nodes: Nodes, owners: Nodes, keys: Nodes) -> Any:
    """The keys of `owners` in the order of `nodes`, masked where a node has none."""
    values, mask = np.zeros(len(nodes), np.uint64), np.ones(len(nodes), bool)
    place = np.searchsorted(nodes, owners)
    values[place], mask[place] = keys, False
    return np.ma.masked_array(values, mask)


def _pad_samples(light: _Light, hits: _Hits, wanted: Keys, limit: int) -> pa.Array:
    """Samples of earlier documents: the shingles that new documents have too, filled up to their true size with values that no shingle has.

    A sample holds hashes below `limit` only, so values from there on are shared with nothing.
    """
    owner = np.searchsorted(light.nodes, hits.nodes)
    sort = np.lexsort((hits.places, owner))
    owner, keys = owner[sort], wanted[hits.places[sort]]
    counts = np.bincount(owner, minlength=len(light.nodes))
    room = (2**32 - limit) // max(1, int(light.samples.sum()))
    sizes = np.maximum(light.samples, counts) if room else counts
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    values = (np.arange(offsets[-1]) + limit).astype(np.uint32)
    starts = np.concatenate(([0], np.cumsum(counts)))
    values[offsets[owner] + np.arange(len(owner)) - starts[owner]] = keys
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(values, pa.uint32()))


def _with_new(pairs: Nodes) -> Nodes:
    found: Nodes = pairs[(pairs < np.uint64(ELDER_NODE)).any(axis=1)]
    return found
