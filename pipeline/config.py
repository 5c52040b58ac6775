"""One TOML file <-> one tree of frozen dataclasses. An unknown key is an error that names the nearest known one.

Every setting that shapes the output stands here and enters `fingerprint`; how a run is carried out (runner, workers,
paths) does not, so that the same input and configuration give the same bytes everywhere.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import tomllib
import types
import typing
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from pipeline.errors import ConfigError

__all__ = [
    "Config",
    "DedupConfig",
    "FilterConfig",
    "InputConfig",
    "PassagesConfig",
    "RepairConfig",
    "RepetitionConfig",
    "dump",
    "fingerprint",
    "load",
]


def _setting(default: Any, doc: str, *, least: float | None = None, most: float | None = None, among: tuple[str, ...] = ()) -> Any:
    meta = {"doc": doc, "least": least, "most": most, "among": among}
    if isinstance(default, (list, tuple)):
        return field(default=tuple(default), metadata=meta)
    return field(default=default, metadata=meta)


@dataclass(frozen=True, slots=True)
class InputConfig:
    """How input is read, and which columns of JSONL and Parquet input are which of ours."""

    text_field: str = _setting("text", "column or key that holds the text; a.b.c reaches into nested objects")
    id_field: str = _setting("", "column that holds your own id; becomes guid")
    title_field: str = _setting("", "column that holds the headline; empty: title or headline where present")
    url_field: str = _setting("", "column that holds the address; empty: url or canonical_url where present")
    date_field: str = _setting("", "column that holds the time of publication; empty: published_at, date or published where present")
    language_field: str = _setting("", "column that holds the language; empty: language or lang where present")
    publisher_field: str = _setting("", "column that holds the outlet; empty: publisher, source or site where present")
    byline_field: str = _setting("", "column that holds the author or authors; empty: byline, author or authors where present")
    max_record_bytes: int = _setting(16 * 2**20, "a longer record becomes a dead letter", least=1024)
    max_expansion: float = _setting(1000.0, "a compressed file that grows by more than this factor is taken for a bomb", least=1)
    split_bytes: int = _setting(32 * 2**20, "bytes of input a split aims at, at most", least=4096)
    skip_hidden: bool = _setting(True, "leave out files and folders whose name begins with a dot")


@dataclass(frozen=True, slots=True)
class RepairConfig:
    """Which repair and furniture rules run."""

    disabled: tuple[str, ...] = _setting((), "names of rules that must not run; `copydesk config --rules` lists them")
    keep_datelines: bool = _setting(True, "leave the dateline in the text (it never counts for the comparison)")
    mask_personal_data: bool = _setting(
        False, "put [e-mail] and [phone] for e-mail addresses and phone numbers; `edits` keeps what stood there"
    )


@dataclass(frozen=True, slots=True)
class FilterConfig:
    """What removes a document. News-safe: a four-word alert and a table of results are news."""

    disabled: tuple[str, ...] = _setting((), "names of filters that must not run")
    languages: tuple[str, ...] = _setting((), "keep only these languages (BCP-47 primary tags); empty keeps all")
    min_words: int = _setting(1, "remove documents with fewer words", least=0)
    max_mt_score: float = _setting(1.0, "remove documents whose mt_score is above this", least=0, most=1)
    limits: tuple[str, ...] = _setting((), "keep only documents within these limits, for example rps_doc_mean_word_length <= 12")


@dataclass(frozen=True, slots=True)
class DedupConfig:
    """How near-duplicates are found, verified and merged."""

    enabled: bool = _setting(True, "compare documents with each other")
    shingle_size: int = _setting(5, "words a shingle", least=1, most=32)
    character_shingle_size: int = _setting(9, "characters a shingle, for scripts that are written without spaces", least=1, most=64)
    bands: int = _setting(85, "bands of the signature", least=1, most=512)
    rows: int = _setting(3, "values a band", least=1, most=32)
    seed: int = _setting(1, "seed of the permutations", least=0)
    sample_rate: int = _setting(16, "one shingle hash in this many is kept for the abridgement route", least=1)
    max_frequency: int = _setting(64, "a sampled shingle in more documents than this proposes no candidates", least=2)
    min_jaccard: float = _setting(0.2, "copies: Jaccard of the shingle sets at least this, or ...", least=0, most=1)
    min_containment: float = _setting(0.4, "... containment of the smaller in the larger at least this", least=0, most=1)
    report_jaccard: float = _setting(0.1, "pairs below both report limits are not written to relations", least=0, most=1)
    report_containment: float = _setting(0.2, "see report_jaccard", least=0, most=1)
    policy: str = _setting(
        "default",
        "which member of a cluster stands for it",
        among=("default", "earliest", "longest", "latest_version", "wire_original"),
    )


@dataclass(frozen=True, slots=True)
class RepetitionConfig:
    """Furniture that no list knows: lines that recur in many documents of one site."""

    enabled: bool = _setting(True, "take out lines at the edges of texts that recur across the documents of a site")
    min_site_documents: int = _setting(50, "sites with fewer distinct texts are left alone", least=2)
    min_documents: int = _setting(10, "a line recurs if it stands in at least this many stories of its site, and ...", least=2)
    min_share: float = _setting(0.02, "... in at least this share of the site's distinct texts", least=0, most=1)
    sure_share: float = _setting(
        0.3, "from this share on, sentences, lines with figures and blocks inside the text count, too", least=0, most=1
    )


@dataclass(frozen=True, slots=True)
class PassagesConfig:
    """Shared passages between documents that are not copies of one another."""

    enabled: bool = _setting(False, "look for passages; needs dedup.enabled")
    min_words: int = _setting(8, "words in one run that make a passage; two characters of an unspaced script count as a word", least=6)
    min_aligned: int = _setting(10, "words that stand side by side, some of them different, that make a passage", least=6)
    min_identity: float = _setting(0.85, "share of a passage's words that must be equal", least=0.5, most=1)
    max_frequency: int = _setting(100, "what stands in more stories than this is boilerplate", least=2)
    site_frequency: int = _setting(4, "what stands in this many stories of one site is boilerplate of that site", least=2)


@dataclass(frozen=True, slots=True)
class OutputConfig:
    """How shards and tables are written."""

    shard_documents: int = _setting(20_000, "documents a staged shard and an output part, at most", least=1)
    row_group_bytes: int = _setting(64 * 2**20, "text a Parquet row group, at most", least=2**16)
    compression_level: int = _setting(3, "zstd level of the output", least=1, most=22)


@dataclass(frozen=True, slots=True)
class Config:
    """All settings that shape the output."""

    input: InputConfig = field(default_factory=InputConfig)
    repair: RepairConfig = field(default_factory=RepairConfig)
    filter: FilterConfig = field(default_factory=FilterConfig)
    dedup: DedupConfig = field(default_factory=DedupConfig)
    passages: PassagesConfig = field(default_factory=PassagesConfig)
    output: OutputConfig = field(default_factory=OutputConfig)
    repetition: RepetitionConfig = field(default_factory=RepetitionConfig)


def load(text: str, name: str = "copydesk.toml") -> Config:
    """Read a configuration.

    Args:
        text: TOML. Missing keys have their defaults.
        name: what to call the file in messages.

    Raises:
        ConfigError: not TOML, an unknown key, or a value of the wrong type or outside its range.

    >>> load("[dedup]\\nbands = 64").dedup.bands
    64
    >>> load("[dedup]\\nband = 64")
    Traceback (most recent call last):
    pipeline.errors.ConfigError: copydesk.toml: unknown key dedup.band; did you mean dedup.bands?
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name} is not valid TOML: {error}") from None
    return from_mapping(tree, name)


def from_mapping(tree: dict[str, Any], name: str = "configuration") -> Config:
    """Build a `Config` from nested dictionaries; errors as in `load`."""
    errors: list[str] = []
    built: Config = _build(Config, tree, "", errors)
    if len(errors) == 1:
        raise ConfigError(f"{name}: {errors[0]}")
    if errors:
        raise ConfigError(f"{name}: {len(errors)} settings cannot be used:" + "".join(f"\n  {error}" for error in errors))
    return built


def to_mapping(config: Config) -> dict[str, Any]:
    """The configuration as nested plain dictionaries, lists and scalars."""
    mapping: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(config)))
    return mapping


def fingerprint(config: Config) -> str:
    """SHA-256 of all settings."""
    return hashlib.sha256(json.dumps(to_mapping(config), sort_keys=True).encode()).hexdigest()


def dump(config: Config | None = None) -> str:
    """The configuration as commented TOML; `load` reads it back."""
    config = config or Config()
    lines = ["# copydesk configuration. Every key may be left out; what stands here is its default.", ""]
    for section in fields(config):
        part = getattr(config, section.name)
        lines += [f"# {(type(part).__doc__ or '').strip().splitlines()[0]}", f"[{section.name}]"]
        for item in fields(part):
            lines += [f"# {item.metadata['doc']}{_range_words(item.metadata)}", f"{item.name} = {_toml(getattr(part, item.name))}"]
        lines.append("")
    return "\n".join(lines)


def _build(kind: Any, tree: Any, path: str, errors: list[str]) -> Any:
    """A dataclass from a table; what cannot be used is added to `errors`, so that a person hears of all of it at once."""
    if not isinstance(tree, dict):
        errors.append(f"{path or 'the file'} must be a table, found {type(tree).__name__}")
        return kind()
    hints = typing.get_type_hints(kind)
    known = {item.name: item for item in fields(kind)}
    values = {}
    for key, value in tree.items():
        where = f"{path}.{key}" if path else key
        if key not in known:
            errors.append(f"unknown key {where}; {_nearest(key, path, known)}")
            continue
        hint = hints[key]
        try:
            values[key] = _build(hint, value, where, errors) if is_dataclass(hint) else _checked(hint, value, known[key].metadata, where)
        except ConfigError as error:
            errors.append(str(error))
    return kind(**values)


def _nearest(key: str, path: str, known: dict[str, Any]) -> str:
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    prefix = f"{path}." if path else ""
    return f"did you mean {prefix}{close[0]}?" if close else f"known are {', '.join(known)}"


def _checked(hint: Any, value: Any, meta: types.MappingProxyType[Any, Any], where: str) -> Any:
    def refuse(wanted: str) -> ConfigError:
        return ConfigError(f"{where} must be {wanted}, found {value!r}")

    if hint is bool:
        if not isinstance(value, bool):
            raise refuse("true or false")
    elif hint is int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise refuse("a whole number")
    elif hint is float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise refuse("a number")
        value = float(value)
    elif hint is str:
        if not isinstance(value, str):
            raise refuse("a string")
    else:
        if not isinstance(value, (list, tuple)) or not all(isinstance(entry, str) for entry in value):
            raise refuse("a list of strings")
        value = tuple(value)
    if meta["among"] and value not in meta["among"]:
        raise refuse("one of " + ", ".join(meta["among"]))
    if (meta["least"] is not None and not value >= meta["least"]) or (meta["most"] is not None and not value <= meta["most"]):
        raise refuse(_range_words(meta).strip(" ()"))
    return value


def _range_words(meta: Any) -> str:
    if meta["among"]:
        return f" ({', '.join(meta['among'])})"
    if meta["least"] is not None and meta["most"] is not None:
        return f" (from {meta['least']} to {meta['most']})"
    return f" (at least {meta['least']})" if meta["least"] is not None else ""


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    return json.dumps(value) if isinstance(value, str) else repr(value)
