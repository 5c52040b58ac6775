"""The fused pass as three plain functions: parse, repair, judge. The order of the rules stands here.

RawDocument -> parse -> ParsedDocument -> repair -> RepairedDocument -> judge -> JudgedDocument
"""

from __future__ import annotations

from pipeline import filters, furniture, repairs
from pipeline.config import Config, InputConfig, RepairConfig
from pipeline.parsers import parse as parse_raw
from pipeline.records import Flag, JudgedDocument, Metadata, ParsedDocument, RawDocument, RepairedDocument
from pipeline.signals import language, mt, quality, translation
from pipeline.text.rules import Rule, State, run_rules

__all__ = ["RULES_AFTER_LANGUAGE", "RULES_BEFORE_LANGUAGE", "judge", "judge_again", "list_rules", "parse", "repair"]

RULES_BEFORE_LANGUAGE: tuple[Rule, ...] = repairs.CHARACTER_RULES
"""Run on text as it was decoded; every later pattern, and language identification, assumes correct characters."""

RULES_AFTER_LANGUAGE: tuple[Rule, ...] = (
    *furniture.RULES,  # read into metadata and take out what is not the story, so that repairs see prose only
    translation,  # measured on damaged prose, that is before the damage is repaired
    *repairs.TEXT_RULES,  # certain repairs; some need to know that the document is translated
    *repairs.LAYOUT_RULES,  # last: one blank line between paragraphs, whatever the rules before took out
)


def parse(raw: RawDocument, config: InputConfig) -> ParsedDocument:
    """Decode and extract one record.

    Raises:
        DocumentError: the record cannot be read; its code is stable.
    """
    return parse_raw(raw, config)


def repair(parsed: ParsedDocument, config: RepairConfig) -> RepairedDocument:
    """Run all rules over a parsed document; `provenance.undo(text, edits)` of the result is `parsed.source_text`."""
    metadata, flags = _repair_metadata(parsed.metadata, config)
    if parsed.origin.truncated:
        flags += (Flag("truncated", 0, 0, parsed.origin.truncated, "certain", "origin"),)
    state = run_rules(State(parsed.source_text, metadata, flags=flags), RULES_BEFORE_LANGUAGE, parsed, config)
    tag, confidence = language.identify(state.text, parsed.metadata.language)
    metadata = state.metadata.with_values(language=tag, language_confidence=confidence)
    state = State(state.text, metadata, state.edits, state.flags, state.mt_evidence, state.key_spans)
    state = run_rules(state, RULES_AFTER_LANGUAGE, parsed, config)
    return RepairedDocument(parsed, state.text, state.metadata, state.edits, state.flags, state.mt_evidence, state.key_spans)


_READ_BY_PEOPLE = (
    "title",
    "byline",
    "contributors",
    "captions",
    "publisher",
    "section",
    "keywords",
    "slugline",
    "dateline",
    "creditline",
    "copyright_holder",
    "usage_terms",
    "editor_notes",
)
"""Fields whose characters are repaired like the text's; ids, addresses, times and codes stay as delivered."""


def _repair_metadata(metadata: Metadata, config: RepairConfig) -> tuple[Metadata, tuple[Flag, ...]]:
    """Repair characters of delivered values; each change is on record as a flag with the value before and after."""
    changed: dict[str, object] = {}
    flags = []
    for name in _READ_BY_PEOPLE:
        value = getattr(metadata, name)
        if not value:
            continue
        values = value if isinstance(value, tuple) else (value,)
        repaired = tuple(repairs.repair_value(entry, config) for entry in values)
        if repaired != values:
            changed[name] = repaired if isinstance(value, tuple) else repaired[0]
            pairs = zip(values, repaired, strict=True)
            flags += [Flag(f"{name}_repaired", 0, 0, old, "certain", "encoding", new) for old, new in pairs if old != new]
    byline = tuple([repairs.repair_value(entry, config) for entry in metadata.byline])
    names, agencies, left_out = furniture.read_delivered(byline) if byline else ((), (), False)
    if names != byline:
        changed |= {"byline": names, "text_agency": tuple(dict.fromkeys((*metadata.text_agency, *agencies)))}
        flags += [Flag("byline_repaired", 0, 0, "; ".join(byline), "certain", "byline", "; ".join(names))] if left_out else []
    return (metadata.with_values(**changed) if changed else metadata), tuple(flags)


def judge(repaired: RepairedDocument, config: Config) -> JudgedDocument:
    """Measure the signals of a repaired document and let the filters decide whether it is kept."""
    score = mt.score(repaired.mt_evidence)
    return judge_again(repaired, score, mt.band(score), config)


def judge_again(repaired: RepairedDocument, score: float, band: str, config: Config) -> JudgedDocument:
    """As `judge`, for a document whose evidence of machine translation has been weighed: when its text became shorter."""
    signals = quality.measure(repaired.text)
    verdict = filters.judge(repaired, signals, score, config.filter)
    return JudgedDocument(repaired, signals, score, band, verdict)


def list_rules() -> list[tuple[str, int, str]]:
    """Name, version and first line of the docstring of every rule, in the order in which they run."""
    return [
        (rule.NAME, rule.VERSION, (rule.__doc__ or "").strip().splitlines()[0] if rule.__doc__ else "")
        for rule in (*RULES_BEFORE_LANGUAGE, *RULES_AFTER_LANGUAGE)
    ]
