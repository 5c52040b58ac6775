"""Postings: (group, key) -> rows of a run, sorted, in Parquet; and the entries of one file whose keys a new run asks for.

A group is a band, a kind of key, or 0. A key is the upper half of a hash: two documents that agree in it and differ below are told
apart when their texts are compared. Row groups carry statistics, so that a reader opens those that admit a wanted key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.publishing import HashingFile, Part
from pipeline.storage import Storage, join

__all__ = ["POSTING_SCHEMA", "ROW_GROUP", "Keys", "admitted", "find_postings", "upper_half", "write_lookup", "write_postings"]

Keys = npt.NDArray[np.uint32]

ROW_GROUP = 32_768
"""Entries a row group: some 150 kB, small enough to be skipped by a small night and large enough for one request to an object store."""

POSTING_SCHEMA = pa.schema([pa.field("group", pa.int32(), False), pa.field("key", pa.uint32(), False), pa.field("row", pa.uint32(), False)])


def upper_half(keys: npt.NDArray[np.uint64]) -> Keys:
    """The upper 32 bits of hashes.

    >>> upper_half(np.array([(7 << 32) + 1], np.uint64)).tolist()
    [7]
    """
    return (keys >> np.uint64(32)).astype(np.uint32)


def write_lookup(table: pa.Table, name: str, folder: str, storage: Storage, **options: Any) -> Part:
    """Write a table below the folder of a run, with statistics; `options` are those of `pyarrow.parquet.write_table`."""
    file = HashingFile(storage, join(folder, name))
    pq.write_table(table, pa.PythonFile(file, mode="w"), compression="zstd", **options)
    file.close()
    return Part("lookup", name, table.num_rows, file.count, file.digest.hexdigest())


def write_postings(groups: npt.NDArray[Any], keys: Keys, rows: npt.NDArray[Any], name: str, folder: str, storage: Storage) -> Part:
    """Write entries, sorted by group, key and row."""
    sort = np.lexsort((rows, keys, groups))
    columns = [groups[sort].astype(np.int32), keys[sort].astype(np.uint32), rows[sort].astype(np.uint32)]
    table = pa.table([pa.array(column) for column in columns], schema=POSTING_SCHEMA)
    packed = {"key": "DELTA_BINARY_PACKED", "row": "DELTA_BINARY_PACKED"}
    return write_lookup(table, name, folder, storage, row_group_size=ROW_GROUP, use_dictionary=["group"], column_encoding=packed)


def find_postings(path: str, storage: Storage, wanted: Mapping[int, Keys]) -> tuple[npt.NDArray[Any], npt.NDArray[Any], Keys]:
    """Entries with wanted keys.

    Args:
        wanted: for each group the keys, distinct and ascending.

    Returns:
        For each entry its group, the place of its key in `wanted[group]`, and its row.
    """
    none = np.empty(0, np.int64)
    groups, places, rows = [none], [none], [np.empty(0, np.uint32)]
    with storage.open(path) as handle:
        file = pq.ParquetFile(handle)
        chosen = admitted(file.metadata, wanted)
        for row_group in chosen:
            table = file.read_row_group(row_group, use_threads=False)
            group, key, row = (table.column(name).to_numpy() for name in ("group", "key", "row"))
            for number in np.unique(group).tolist():
                asked = wanted.get(number)
                if asked is None or not len(asked):
                    continue
                here = slice(*np.searchsorted(group, [number, number + 1]).tolist())
                place = np.minimum(np.searchsorted(asked, key[here]), len(asked) - 1)
                hit = asked[place] == key[here]
                places.append(place[hit])
                rows.append(row[here][hit])
                groups.append(np.full(int(hit.sum()), number, np.int64))
    return np.concatenate(groups), np.concatenate(places), np.concatenate(rows)


def admitted(footer: Any, wanted: Mapping[int, Keys]) -> list[int]:
    """Row groups whose statistics admit a wanted key."""
    chosen = []
    for number in range(footer.num_row_groups):
        if not footer.row_group(number).num_rows:
            continue
        group, key = (footer.row_group(number).column(column).statistics for column in (0, 1))
        inside = [asked for place, asked in wanted.items() if group.min <= place <= group.max and len(asked)]
        if len(inside) == 1 and group.min == group.max:
            first = int(np.searchsorted(inside[0], np.uint32(key.min)))
            if first < len(inside[0]) and inside[0][first] <= key.max:
                chosen.append(number)
        elif inside:
            chosen.append(number)
    return chosen
