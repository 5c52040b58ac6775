"""The types that one step hands to the next. Frozen, slotted, without behaviour beyond small derived values.

    InputSplit -> RawDocument -> ParsedDocument -> RepairedDocument -> JudgedDocument -> ShardRef

A record that fails becomes a `DeadLetter` and travels on in the same stream; a `SplitStart` opens and a `SplitEnd` closes every split.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "CarriedBy",
    "DeadLetter",
    "Decision",
    "Edit",
    "Evidence",
    "Fact",
    "FileSlice",
    "Flag",
    "InputSplit",
    "JudgedDocument",
    "KeySpan",
    "Metadata",
    "Origin",
    "ParsedDocument",
    "RawDocument",
    "RepairedDocument",
    "ShardRef",
    "SplitEnd",
    "SplitStart",
    "Verdict",
]


@dataclass(frozen=True, slots=True)
class FileSlice:
    """A byte range of one input file that belongs to a split.

    Attributes:
        uri: the path or URL to open.
        name: the file's identity within the run, relative to the input root (see docs/design.md, Identity).
        size: bytes of the whole file when it was listed.
        identity: what tells that the file changed (modification time in ns, etag or checksum), as text.
        start, end: byte range [start, end); of a file that is not split, 0 and size. For Parquet: row groups [start, end).
        container: ``file``, ``lines`` (JSONL), ``parquet``, ``csv`` or ``warc``, decided by content when a large file is planned and
            cut; ``auto`` for a file that is read whole: Read finds out both this and its compression.
        compression: ``none``, ``auto``, or ``gzip`` for a WARC file that is compressed by the record, which alone is cut compressed.
    """

    uri: str
    name: str
    size: int
    identity: str
    start: int
    end: int
    container: str
    compression: str = "none"


@dataclass(frozen=True, slots=True)
class InputSplit:
    """A unit of reading: one slice of a large file, or several small files. `number` orders splits within a run."""

    split_id: str
    number: int
    slices: tuple[FileSlice, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a raw record came from. Unknown is None.

    Attributes:
        uri: name of the file within the run.
        path: the path or URL that was opened; never part of the output's identity.
        member: member of an archive, or None.
        locator: byte offset of the record in the (decompressed) file, or its row number for Parquet.
        length: bytes of the record.
        media_type: declared media type, for example from an HTTP header.
        charset: declared charset of the transport.
        retrieved_at: ISO 8601 time of the retrieval as declared, for example WARC-Date.
        url: address that the record was retrieved from, for example WARC-Target-URI.
        truncated: why whoever delivered the record kept only its beginning, for example WARC-Truncated; None where it is whole.
    """

    uri: str
    path: str = ""
    member: str | None = None
    locator: int = 0
    length: int | None = None
    media_type: str | None = None
    charset: str | None = None
    retrieved_at: str | None = None
    url: str | None = None
    truncated: str | None = None


@dataclass(frozen=True, slots=True)
class RawDocument:
    """The bytes of one record. `kind` is ``row`` for a JSONL line or a Parquet row (canonical JSON), else ``file``."""

    doc_id: str
    ordinal: int
    origin: Origin
    data: bytes
    raw_sha256: str
    kind: str = "file"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that could not be read. `excerpt` is a short printable view of its first bytes."""

    doc_id: str
    ordinal: int
    origin: Origin
    raw_sha256: str | None
    step: str
    code: str
    message: str
    excerpt: str | None = None


@dataclass(frozen=True, slots=True)
class SplitStart:
    """Opens a split in the stream of records, so that Stage knows where its records go."""

    split: InputSplit


@dataclass(frozen=True, slots=True)
class SplitEnd:
    """Closes a split; `records` is how many records Read has yielded for it, dead letters included.

    `skipped` counts by kind what is no record and was passed over, such as the requests in a WARC file; sorted.
    """

    split: InputSplit
    records: int
    skipped: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a text that can be read and undone.

    Attributes:
        start, end: span that is replaced, in code points of the text as it stands when the edit is applied.
        before, after: the text of the span, and what takes its place.
        kind: what it is, for example ``quote_orientation`` or ``byline``.
        rule, rule_version: who did it.
        certainty: ``certain`` or ``likely``.
        evidence: why, in words a person can check.
    """

    start: int
    end: int
    before: str
    after: str
    kind: str
    rule: str
    rule_version: int
    certainty: str = "certain"
    evidence: str = ""

    @property
    def op(self) -> str:
        """``insert``, ``delete`` or ``replace``."""
        if not self.before:
            return "insert"
        return "replace" if self.after else "delete"


@dataclass(frozen=True, slots=True)
class Flag:
    """Something seen and left alone, with a span in the text it was seen in (moved to clean-text coordinates later)."""

    kind: str
    start: int
    end: int
    fragment: str
    certainty: str
    rule: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence of machine translation, with its weight in [0, 1] (DESIGN section 5)."""

    kind: str
    start: int
    end: int
    fragment: str
    weight: float


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that a rule read from the text for one field of `Metadata`.

    A list field takes the value as one more entry (once); a plain field takes it where it is still unknown, or always with `force`.
    """

    name: str
    value: str | int | float | bool
    force: bool = False


@dataclass(frozen=True, slots=True)
class KeySpan:
    """A span that stays in the text but is left out of the comparison key, for example a dateline."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a document beside its text. Unknown is None; a list that is not known to be anything is empty.

    Field names are the column names of the output. Times are ISO 8601 text as the source states them. `metadata_sources` are pairs
    (field, place in the source it was read from), sorted.
    """

    title: str | None = None
    language: str | None = None
    language_confidence: float | None = None
    byline: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    author_info: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    rights_notices: tuple[str, ...] = ()
    published_at: str | None = None
    modified_at: str | None = None
    published_hints: tuple[str, ...] = ()
    publisher: str | None = None
    publisher_hints: tuple[str, ...] = ()
    text_agency: tuple[str, ...] = ()
    photo_agency: tuple[str, ...] = ()
    cited_sources: tuple[str, ...] = ()
    syndicator: str | None = None
    dateline: str | None = None
    guid: str | None = None
    version: str | None = None
    version_marker: str | None = None
    pubstatus: str | None = None
    embargoed_until: str | None = None
    urgency: int | None = None
    slugline: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    creditline: str | None = None
    usage_terms: str | None = None
    copyright_holder: str | None = None
    editor_notes: tuple[str, ...] = ()
    canonical_url: str | None = None
    item_type: str | None = None
    ai_reserved: bool | None = None
    extra: str | None = None
    metadata_sources: tuple[tuple[str, str], ...] = ()

    def with_values(self, **values: Any) -> Metadata:
        """Return a copy with these fields set."""
        # As `dataclasses.replace`, in half the time: there are many fields, and this is done several times a document.
        return Metadata(**{**{name: getattr(self, name) for name in self.__slots__}, **values})


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document as text. `source_text` is what `provenance.undo` leads back to.

    Attributes:
        format: ``text``, ``html``, ``row``, ``ninjs``, ``nitf``, ...
        encoding, encoding_source, encoding_confidence: how bytes became text; source is ``bom``, ``declared``, ``utf-8``, ``detected``, ...
        replaced_bytes: how many U+FFFD the decoding put in.
        title_in_text: True where the first line of the text may be the title (plain text), False where metadata has it.
        marks: facts seen in the mark-up that rules use, for example ``translate.goog``.
    """

    doc_id: str
    ordinal: int
    origin: Origin
    raw_sha256: str
    raw_bytes: int
    source_text: str
    metadata: Metadata
    format: str
    extractor: str
    encoding: str | None = None
    encoding_source: str | None = None
    encoding_confidence: float | None = None
    replaced_bytes: int = 0
    title_in_text: bool = False
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RepairedDocument:
    """A parsed document with its clean text, the edits that lead there, and what was seen on the way."""

    parsed: ParsedDocument
    text: str
    metadata: Metadata
    edits: tuple[Edit, ...] = ()
    flags: tuple[Flag, ...] = ()
    mt_evidence: tuple[Evidence, ...] = ()
    key_spans: tuple[tuple[int, int], ...] = ()
    """Spans of `text` that are left out of the comparison key (dateline, credits that stay in the text)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A filter's decision to remove a document: who, why, the value it measured and the limit it holds."""

    filter: str
    reason: str
    measured: float | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class JudgedDocument:
    """A repaired document with its signals; `verdict` is None where the document is kept."""

    repaired: RepairedDocument
    signals: dict[str, float | None] = field(default_factory=dict)
    mt_score: float = 0.0
    mt_band: str = "none"
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class ShardRef:
    """A staged shard: rows [first, first + rows) of a split, in `folder`. What travels after Stage.

    Attributes:
        sketch_rows: how many of them take part in the near-duplicate phase.
        digest: BLAKE2b-128 over the doc_ids in their order; tells which documents a run holds.
        key: the shard's name within a run, ``number << 32 | first``; the nodes of its rows are ``key + (ordinal - first)``.
        skipped: see `SplitEnd`; on the first shard of a split only.
    """

    folder: str
    split_id: str
    number: int
    first: int
    rows: int
    sketch_rows: int
    digest: str
    skipped: tuple[tuple[str, int], ...] = ()

    @property
    def key(self) -> int:
        return self.number << 32 | self.first


@dataclass(frozen=True, slots=True)
class CarriedBy:
    """One copy on record, as a representative's row lists it."""

    doc_id: str
    relation: str
    publisher: str | None
    uri: str
    url: str | None
    published_at: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the near-duplicate phase decided about one document that belongs to a cluster of two or more, or was killed.

    `table` is ``documents``, ``duplicates`` or ``removed``. A document without a Decision stands alone, in ``documents``.
    `carried_by` is filled on the representative only. `removed_by` is the doc_id of the kill notice or cancellation.
    `representative_run_id` is the earlier run of a corpus that holds the representative, None where this run does.
    """

    node: int
    doc_id: str
    table: str
    cluster_id: str
    cluster_size: int
    representative_id: str | None
    reason: str
    relation: str | None = None
    jaccard: float | None = None
    containment: float | None = None
    containment_of_representative: float | None = None
    carried_by: tuple[CarriedBy, ...] = ()
    filter: str | None = None
    removed_by: str | None = None
    representative_run_id: str | None = None
