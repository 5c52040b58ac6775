"""What a rule cannot do without, so that it is run only on texts where it can find something.

A rule may declare a `Trigger` beside its `find`: characters, strings and questions, one of which must hold for `find` to
yield anything. The triggers of all rules are looked up together, in one pass over the text; a rule whose trigger does not
hold is passed over, and the result is the same as if it had run. docs/decisions/precheck.md says what that is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.text.lines import flat_text, split_lines
from pipeline.text.scanning import Clause, Match, Scanner, find_starts

if TYPE_CHECKING:
    from pipeline.text.rules import Context, Rule

__all__ = ["Precheck", "Sightings", "Trigger", "has_line_of", "has_loose_line", "places", "precheck", "special_characters"]

Question = Callable[[str, "Context"], bool]

# Printable ASCII without `&`, which begins an entity, and the white space of plain text.
_PLAIN = bytes(b for b in range(0x20, 0x7F) if b != 0x26) + b"\t\n"
_MOST_LANGUAGES = 64


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a text must have for a rule to yield anything; one of all these is enough.

    Attributes:
        characters: characters other than printable ASCII, tab and line feed; of printable ASCII only ``&``.
        printed: strings in the text as it is.
        listed: the same from reference data, which are not to be read before they are needed.
        phrases: from the document's language (primary subtag or None) to clauses on the text in the form of `flatten`;
            see `pipeline.text.scanning.Clause`.
        questions: asked of the text and the context. They must not depend on anything else.
    """

    characters: str = ""
    printed: tuple[str, ...] = ()
    listed: Callable[[], Iterable[str]] | None = None
    phrases: Callable[[str | None], Iterable[Clause]] | None = None
    questions: tuple[Question, ...] = ()


@lru_cache(maxsize=2)
def special_characters(text: str) -> frozenset[str]:
    """The characters of a text that are not printable ASCII, tab or line feed, and ``&``.

    >>> sorted(special_characters("Tom & Jo’s\\r\\n"))
    ['\\r', '&', '’']
    """
    left = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN)
    return frozenset(left.decode("utf-8", "surrogatepass")) if left else frozenset()


@lru_cache(maxsize=16)
def has_line_of(most: int) -> Question:
    """The question whether a text has a line of at most so many code points, white space at its edges not counted.

    >>> has_line_of(5)("Head\\nA longer line.", None), has_line_of(3)("Head\\nA longer line.", None)
    (True, False)
    """

    def ask(text: str, context: Context) -> bool:
        return _shortest(text) <= most

    return ask


def has_loose_line(text: str, context: Context) -> bool:
    """The question whether some line does not read as prose.

    >>> has_loose_line("The ferry left the port at noon with all hands on board.", None), has_loose_line("Ferry sinks", None)
    (False, True)
    """
    return _loose(text)


@lru_cache(maxsize=2)
def _loose(text: str) -> bool:
    return not all(line.prose for line in split_lines(text))


@lru_cache(maxsize=2)
def _shortest(text: str) -> int:
    return min([len(line.text) for line in split_lines(text)], default=0)


class Sightings:
    """Where the strings of all triggers stand in one text: a rule need not look for them again."""

    __slots__ = ("_bits", "_found", "_language", "_text")

    def __init__(self, text: str, language: str | None, bits: dict[int, int], found: list[tuple[Scanner, list[Match]]]) -> None:
        self._text = text
        self._language = language
        self._bits = bits
        self._found = found

    def hold(self, text: str, language: str | None) -> bool:
        """Whether this is what they were looked up for."""
        return self._text == text and self._language == language

    def places(self, trigger: Trigger) -> list[tuple[int, str]] | None:
        """Start and string of every place, in the order of the text; None where the trigger is none of those that were looked up."""
        bit = self._bits.get(id(trigger))
        return None if bit is None else sorted(place for scanner, matches in self._found for place in scanner.places(bit, matches))


class Precheck:
    """The triggers of one list of rules, in which a rule is a bit: the first rule is bit 0."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        triggers = [(1 << number, getattr(rule, "TRIGGER", None)) for number, rule in enumerate(rules)]
        self._always = sum(bit for bit, trigger in triggers if trigger is None)
        self._triggers: list[tuple[int, Trigger]] = [(bit, trigger) for bit, trigger in triggers if trigger is not None]
        self._bits = {id(trigger): bit for bit, trigger in self._triggers}
        self._characters: dict[str, int] = {}
        self._questions: dict[Question, int] = {}
        for bit, trigger in self._triggers:
            for character in trigger.characters:
                self._characters[character] = self._characters.get(character, 0) | bit
            for question in trigger.questions:
                self._questions[question] = self._questions.get(question, 0) | bit
        printed = [
            (bit, (frozenset((text,)),))
            for bit, trigger in self._triggers
            for text in (*trigger.printed, *(trigger.listed() if trigger.listed else ()))
        ]
        self._printed = Scanner(printed) if printed else None
        self._worded = any(trigger.phrases is not None for _, trigger in self._triggers)
        self._by_language: dict[str | None, Scanner] = {}
        self._by_clauses: dict[tuple[frozenset[tuple[int, Clause]], ...], Scanner] = {}

    def look_up(self, text: str, language: str | None) -> tuple[int, Sightings]:
        """The bits of all rules that the text by itself gives reason to run, and where their strings stand."""
        present = self._always
        found = []
        if self._characters:
            for character in special_characters(text):
                present |= self._characters.get(character, 0)
        for scanner, form in ((self._printed, text), (self._scanner(language), flat_text(text)) if self._worded else (None, "")):
            if scanner is not None:
                matches = scanner.find(form)
                present |= scanner.judge(matches)
                found.append((scanner, matches))
        return present, Sightings(text, language, self._bits, found)

    def ask(self, present: int, text: str, context: Context, first: int = 0) -> int:
        """`present` with the bits of all rules from number `first` on for which a question is answered with yes."""
        wanted = -1 << first
        for question, bits in self._questions.items():
            if bits & wanted & ~present and question(text, context):
                present |= bits
        return present

    def _scanner(self, language: str | None) -> Scanner:
        """The scanner for a language. Tags come from the input, so that there may be any number of them, but few sets of phrases."""
        scanner = self._by_language.get(language)
        if scanner is None:
            clauses = tuple(
                frozenset((bit, clause) for clause in trigger.phrases(language)) for bit, trigger in self._triggers if trigger.phrases
            )
            scanner = self._by_clauses.get(clauses)
            if scanner is None:
                scanner = self._by_clauses[clauses] = Scanner([pair for found in clauses for pair in found])
            if len(self._by_language) >= _MOST_LANGUAGES:
                self._by_language.clear()
            self._by_language[language] = scanner
        return scanner


def places(trigger: Trigger, strings: Callable[[], frozenset[str]], text: str, form: str, context: Context) -> list[tuple[int, str]]:
    """Where the strings of a rule's own trigger stand in a text: as the runner saw them, or looked for now.

    Args:
        trigger: of the rule. All its strings must be of one kind: in the text as printed, or in the form of `flatten`.
        strings: what the trigger looks for, as plain strings.
        text: the text that the rule is given.
        form: the text in the form in which the strings are looked for.
        context: as the rule is given it.
    """
    seen = context.sightings
    found = seen.places(trigger) if seen is not None and seen.hold(text, context.language) else None
    return find_starts(strings(), form) if found is None else found


@lru_cache(maxsize=16)
def precheck(rules: tuple[Rule, ...]) -> Precheck:
    """The triggers of a list of rules, read once."""
    return Precheck(rules)
