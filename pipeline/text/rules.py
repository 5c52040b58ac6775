"""What a rule is, and how a list of rules turns a text into a clean one.

A rule is a module (or any object) with ``NAME``, ``VERSION`` and ``find(text, context)``, which yields what it found in the
text that the rules before it left:

- `Edit`: a change. Edits of one rule must not overlap.
- `Flag`: something seen and left alone.
- `Evidence`: evidence of machine translation.
- `Fact`: a value for one metadata field, read before its line goes.
- `KeySpan`: a span that stays in the text but not in the comparison key.

It may also have a ``TRIGGER`` (`pipeline.text.triggers`): what a text must hold for `find` to yield anything at all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from pipeline import provenance
from pipeline.config import RepairConfig
from pipeline.records import Edit, Evidence, Fact, Flag, KeySpan, Metadata, ParsedDocument
from pipeline.text.triggers import Sightings, precheck

__all__ = ["Context", "Finding", "Rule", "State", "run_rules", "set_fact"]

Finding = Edit | Flag | Evidence | Fact | KeySpan

Spanned = TypeVar("Spanned", Flag, Evidence)


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know beside the text: the document as parsed, what earlier rules read, and the settings."""

    parsed: ParsedDocument
    metadata: Metadata
    config: RepairConfig = field(default_factory=RepairConfig)
    flags: tuple[Flag, ...] = ()
    mt_evidence: tuple[Evidence, ...] = ()
    sightings: Sightings | None = None

    @property
    def language(self) -> str | None:
        """Primary language subtag, lower case, or None."""
        return _primary(self.metadata.language)


def _primary(tag: str | None) -> str | None:
    return tag.split("-", 1)[0].lower() if tag else None


class Rule(Protocol):
    """A rule, usually a module."""

    @property
    def NAME(self) -> str: ...  # noqa: N802

    @property
    def VERSION(self) -> int: ...  # noqa: N802

    def find(self, text: str, context: Context) -> Iterable[Finding]: ...


@dataclass(frozen=True, slots=True)
class State:
    """A text on its way through the rules; all spans are in the coordinates of `text`."""

    text: str
    metadata: Metadata
    edits: tuple[Edit, ...] = ()
    flags: tuple[Flag, ...] = ()
    mt_evidence: tuple[Evidence, ...] = ()
    key_spans: tuple[tuple[int, int], ...] = ()


def run_rules(state: State, rules: Sequence[Rule], parsed: ParsedDocument, config: RepairConfig) -> State:
    """Run `rules` in order, each on the text that the one before it left; a disabled rule is passed over.

    So is a rule whose `Trigger` does not hold for that text, since it would find nothing.
    """
    check = precheck(tuple(rules))
    given = number = 0
    sightings: Sightings | None = None
    while number < len(rules):
        language = _primary(state.metadata.language)
        if sightings is None or not sightings.hold(state.text, language):
            given, sightings = check.look_up(state.text, language)
        context = Context(parsed, state.metadata, config, state.flags, state.mt_evidence, sightings)
        present = check.ask(given, state.text, context, number) >> number
        advanced = state
        while present and advanced is state:
            # The lowest bit that is set is the next rule with something to look at.
            skipped = (present & -present).bit_length() - 1
            rule = rules[number + skipped]
            number += skipped + 1
            present >>= skipped + 1
            if rule.NAME not in config.disabled:
                advanced = _advance(state, list(rule.find(state.text, context)))
        if advanced is state:
            break
        state = advanced
    return state


def set_fact(metadata: Metadata, fact: Fact) -> Metadata:
    """Return `metadata` with one more fact.

    >>> set_fact(Metadata(), Fact("byline", "Ana Ruiz")).byline
    ('Ana Ruiz',)
    """
    return _set_facts(metadata, [fact])


def _set_facts(metadata: Metadata, facts: list[Fact]) -> Metadata:
    changed: dict[str, Any] = {}
    for fact in facts:
        known = changed[fact.name] if fact.name in changed else getattr(metadata, fact.name)
        if isinstance(known, tuple):
            if fact.value not in known:
                changed[fact.name] = (*known, fact.value)
        elif known is None or fact.force:
            changed[fact.name] = fact.value
    return metadata.with_values(**changed) if changed else metadata


def _advance(state: State, findings: list[Finding]) -> State:
    if not findings:
        return state
    edits = provenance.sequence(state.text, (f for f in findings if isinstance(f, Edit)))
    flags = state.flags + tuple(f for f in findings if isinstance(f, Flag))
    evidence = state.mt_evidence + tuple(f for f in findings if isinstance(f, Evidence))
    key_spans = state.key_spans + tuple((f.start, f.end) for f in findings if isinstance(f, KeySpan))
    metadata = _set_facts(state.metadata, [fact for fact in findings if isinstance(fact, Fact)])
    if edits:
        spans = iter(provenance.shift_spans([*((f.start, f.end) for f in flags), *((e.start, e.end) for e in evidence), *key_spans], edits))
        flags = tuple(_moved(flags, spans))
        evidence = tuple(_moved(evidence, spans))
        key_spans = tuple(spans)
    return State(provenance.apply(state.text, edits), metadata, state.edits + tuple(edits), flags, evidence, key_spans)


def _moved(items: Sequence[Spanned], spans: Iterator[tuple[int, int]]) -> Iterator[Spanned]:
    for item in items:
        start, end = next(spans)
        yield dataclasses.replace(item, start=start, end=end)
