"""report.html: the run for a reader. One page without scripts, links or clock times, so that it is the same for the same run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jinja2

from pipeline.config import Config, to_mapping
from pipeline.report.clusters import list_clusters
from pipeline.report.dataset import RECORD_TABLES, Dataset, list_parts
from pipeline.report.finding import look_up
from pipeline.report.passages import sample_passages
from pipeline.report.sampling import MOST_PARTS, EditSample, sample_edits, sample_members, sample_pairs, sample_rows
from pipeline.report.wording import shorten, visible
from pipeline.schema import TABLES, json_schema
from pipeline.storage import Storage

__all__ = ["render_report"]

_EDITS_A_RULE = 3
_CLUSTERS = 8
_MEMBERS = 12
_PAIRS_A_RELATION = 3
_PASSAGES_A_KIND = 5
_ROWS_A_REASON = 3
_SNIPPET = 280


def render_report(manifest: Mapping[str, Any], folder: str, storage: Storage | None = None) -> str:
    """The page as HTML.

    Args:
        manifest: what run.json holds or is about to hold.
        folder: where the parts are that the manifest lists.
        storage: how to open them; local files if not given.

    Raises:
        DatasetError: a part cannot be read.
    """
    dataset = Dataset(folder, manifest, storage) if storage else Dataset(folder, manifest)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"number": _number, "share": _share, "shown": _shown, "score": _score}
    counters = manifest["counters"]
    edits = sample_edits(dataset, counters.get("edits_by_rule", {}), _EDITS_A_RULE)
    return environment.get_template("report.html.j2").render(
        manifest=manifest,
        books=manifest["books"],
        counters=counters,
        record_tables=RECORD_TABLES,
        tables=[(table, manifest["tables"][table]["rows"], json_schema(table)["description"]) for table in TABLES],
        rules=_words_first(counters.get("edits_by_rule", {}), edits),
        edits=edits,
        recurring=manifest.get("repetition", {}),
        clusters=_clusters(dataset),
        apart=_apart(dataset),
        passages=sample_passages(dataset, counters.get("passages", {}), _PASSAGES_A_KIND),
        removed=_sample_removed(dataset),
        filters=_ranked(counters.get("removed_by_filter", {})),
        codes=_ranked(counters.get("dead_letters_by_code", {})),
        letters=sample_rows(
            dataset,
            "dead_letters",
            "code",
            ("source_uri", "byte_offset", "step", "message", "excerpt"),
            counters.get("dead_letters_by_code", {}),
            _ROWS_A_REASON,
        ),
        ranked=_ranked,
        settings=_changed_settings(manifest["config"]),
        sampled=max(len(list_parts(manifest, table)) for table in TABLES) > MOST_PARTS,
    )


def _clusters(dataset: Dataset) -> list[dict[str, Any]]:
    """The biggest clusters among the first parts, each with its most similar members."""
    if not dataset.manifest["counters"].get("clusters"):
        return []
    clusters = list_clusters(dataset, _CLUSTERS, most_parts=MOST_PARTS)
    members = sample_members(dataset, [cluster.representative_id for cluster in clusters], _MEMBERS)
    return [{"cluster": cluster, "members": members.get(cluster.representative_id, [])} for cluster in clusters]


def _apart(dataset: Dataset) -> list[dict[str, Any]]:
    """Pairs that are alike and were not merged, with what is known about both sides."""
    kinds = set(dataset.manifest["counters"].get("relations", {}))
    pairs = [pair for pair in sample_pairs(dataset, kinds, _PAIRS_A_RELATION) if not pair["merges"]]
    briefs = look_up(dataset, [pair[side] for pair in pairs for side in ("a", "b")])
    return [{**pair, "first": briefs.get(pair["a"]), "second": briefs.get(pair["b"])} for pair in pairs]


def _sample_removed(dataset: Dataset) -> dict[str, list[dict[str, Any]]]:
    columns = ("title", "publisher", "source_uri", "reason", "measured", "limit", "removed_by")
    return sample_rows(dataset, "removed", "filter", columns, dataset.manifest["counters"].get("removed_by_filter", {}), _ROWS_A_REASON)


def _changed_settings(config: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Settings that are not at their default, as (section.key, value)."""
    default = to_mapping(Config())
    return [
        (f"{section}.{key}", value)
        for section, values in sorted(config.items())
        for key, value in sorted(values.items())
        if default.get(section, {}).get(key) != value
    ]


def _words_first(counts: Mapping[str, int], samples: Mapping[str, Sequence[EditSample]]) -> list[tuple[str, int]]:
    """Rules by how often they changed something; those that were seen to change white space only come last."""

    def is_layout(rule: str) -> bool:
        return all(not (sample.edit.before + sample.edit.after).strip() for sample in samples.get(rule, ()))

    return sorted(_ranked(counts), key=lambda item: is_layout(item[0]))


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _number(value: int | float) -> str:
    return f"{value:,}"


def _share(part: int, counts: int | Sequence[tuple[str, int]]) -> str:
    """Percent of a whole, or of the largest of ranked counts, for the width of a bar."""
    whole = counts if isinstance(counts, int) else max((count for _, count in counts), default=0)
    return f"{100 * part / whole:.2f}" if whole else "0"


def _score(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _shown(text: str | None) -> str:
    return shorten(visible(text or ""), _SNIPPET)
