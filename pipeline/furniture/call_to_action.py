"""Lines that ask the reader to click, subscribe, follow, install or give."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._names import looks_like_name, looks_like_outlet, outlet_named, title_case
from pipeline.furniture._phrases import Phrase, phrases_in, starts, words
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.blocks import verse_lines
from pipeline.text.lines import Line, ends_sentence, flat_text, fold, is_all_caps, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "call_to_action", 2

_DATA = "calls_to_action.toml"
_LONGEST = 320
_SHORT = 300
"""Longest call to action seen in the body of a page; longer ones must stand in the tail."""

_OPENERS = " \t•·*-–—|►▶▸»›→☞👉📲📩🔔✉✅⬇️#([【（<>"
_CLICK = re.compile(
    r"(?:please )?(?:click|tap|press) (?:here|below|on (?:the|this) link|the link|to (?:read|see|view|watch"
    r"|subscribe|sign|join|follow|get))"
)
_CLICK_END = re.compile(r"(?:^|[.!?] )(?:[^.!?]{0,80} )?click here(?: (?:for|to|and|now|if)\b[^.!?]{0,80})?[.!]*$")
_PUBLISHER = re.compile(
    r"(?:(?:READ )?MORE(?: \w+){0,2} (?:FROM|BY|AT|ON)|GET (?:THE|OUR)|DOWNLOAD(?: THE)?|SUBSCRIBE TO|SIGN UP FOR|SUPPORT|FOLLOW|JOIN|VISIT"
    r"|FOR MORE FROM) (?:THE )?(?P<name>[^\W\d_][\w'’&.-]*(?: [\w'’&.-]+){0,4})",
    re.IGNORECASE,
)
_IN_PERSON = re.compile(r"(?:FOLLOW|JOIN|SUPPORT|VISIT|SUBSCRIBE TO)\b(?! THE\b)", re.IGNORECASE)
_CAPITALISED = re.compile(r"(?:[A-Z][\w'’&.-]*)(?: (?:of|and|the|de|la|del|&|[A-Z][\w'’&.-]*))*")
_NO_PUBLISHER = frozenset(
    {"us", "our", "your", "the", "this", "here", "more", "app", "newsletter", "newsletters", "channel", "page", "news", "updates", "today"}
    | {"now", "free", "telegram", "whatsapp", "facebook", "twitter", "instagram", "youtube", "tiktok", "google", "x", "latest", "daily"}
    | {"email", "alerts", "breaking", "story", "stories", "coverage", "journalism", "local", "quality", "independent"}
)


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield a deletion per call to action, and the outlet that it names as a publisher hint.

    A line is one where it begins with an imperative of data/calls_to_action.toml and holds a channel, an app, a newsletter or an
    "us" of the same language, speaks to the reader, and either stands outside the story or is one short line of its own. A line that
    quotes, reports speech or what a sign says is never one, and neither is a line of verse.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board."
    >>> line = "CLICK HERE FOR MORE FROM THE HARBOR POST"
    >>> [getattr(f, "value", None) or f.before for f in find(f"{body}\\n{line}\\n{body}", Context(doc, Metadata()))]
    ['Harbor Post', 'CLICK HERE FOR MORE FROM THE HARBOR POST\\n']
    >>> list(find(f"{body}\\nSubscribe to no theory, the mayor told the newsletter, and stay calm.\\n{body}", Context(doc, Metadata())))
    []
    """
    lines = split_lines(text)
    zones = find_zones(text)
    language = context.language
    removals = []
    for line in lines:
        if len(line.text) <= _LONGEST and (evidence := _judge(line, text, zones, language)):
            removals.append(Removal(line.number, line.number, "call_to_action", evidence))
            if name := named_publisher(line.text):
                yield Fact("publisher_hints", name)
    yield from remove_lines(text, lines, [*removals, *_between(lines, {removal.first for removal in removals})], NAME, VERSION)


def _between(lines: tuple[Line, ...], taken: set[int]) -> Iterator[Removal]:
    """A line without a full stop between two calls to action belongs to them: what the newsletter is about."""
    for line in lines:
        if line.number not in taken and {line.number - 1, line.number + 1} <= taken and not ends_sentence(line.text):
            yield Removal(line.number, line.number, "call_to_action", "zone: between two calls to action; form: no full stop")


def named_publisher(line: str) -> str | None:
    """The outlet that a call to action names, or None.

    >>> named_publisher("CLICK HERE TO READ MORE FROM THE HARBOR POST"), named_publisher("Sign up for our newsletter")
    ('Harbor Post', None)
    """
    match = _PUBLISHER.search(line)
    if not match:
        return None
    name = match["name"].strip(" .,!")
    if known := outlet_named(name):
        return known
    if is_all_caps(line):
        name = re.split(r" (?:NEWSLETTER|APP|CHANNEL|PODCAST|ON|TODAY|NOW|HERE|FOR|IN|AND)\b", name)[0]
        named = title_case(name)
    else:
        capitalised = _CAPITALISED.match(name)
        named = capitalised[0] if capitalised else ""
    named = re.sub(r"\s+(?:App|Newsletter|Channel|of|and|the)$", "", named).strip()
    if looks_like_outlet(named):
        return named
    if _IN_PERSON.match(match[0]) and looks_like_name(named):
        return None  # one follows people, too
    if not named or fold(named) in _NO_PUBLISHER or fold(named.split()[0]) in _NO_PUBLISHER:
        return None
    return outlet_named(named) or (named if " " in named or is_all_caps(line) else None)


def _judge(line: Line, text: str, zones: Zones, language: str | None) -> str | None:
    """The evidence that a line is a call to action, or None."""
    bare = line.flat.lstrip(_OPENERS)
    if not bare or bare[0] in "\"'" or line.text[-1] in ":：;,，、" or not is_call(bare, line.text, text, language):
        return None
    capitals = is_all_caps(line.text)
    whole = flat_text(text)
    if not capitals and any(words("citing.toml", kind, language, whole).search(bare) for kind in ("reporting", "inscription")):
        return None
    named = not ends_sentence(line.text) and named_publisher(line.text) is not None
    if not (named or _click(bare) or words(_DATA, "address", language, whole).search(bare)) or line.number in verse_lines(text):
        return None
    formula = "formula: imperative with a channel of the site"
    if zones.after_prose(line.number) or zones.before_prose(line.number):
        return f"{formula}; zone: {zones.name(line.number)}"
    if not ends_sentence(line.text) or capitals:
        return f"{formula}; form: no full stop"
    if len(line.text) <= _SHORT or zones.in_tail(line.number):
        return f"{formula}; form: one short address to the reader on its own line"
    return None


def _click(bare: str) -> bool:
    return _CLICK.match(bare) is not None or _CLICK_END.search(bare) is not None


def _goes_on(bare: str, end: int, phrase: Phrase) -> bool:
    """Whether the imperative is only the beginning of a longer word: `Subscribers ...`."""
    return bare[end : end + 1].isalpha() and {"zh", "ja", "ko"}.isdisjoint(phrase.languages)


def is_call(bare: str, shown: str, text: str, language: str | None) -> bool:
    """Whether a line has the words of a call to action; zone and form are for the caller to see.

    Args:
        bare: the line in the form of `flatten`, without bullets before it.
        shown: the line as printed.
        text: the whole document, for its language's words.
        language: primary subtag, or None.
    """
    if "click here" in bare and _CLICK_END.search(bare):
        return True
    found = starts(_DATA, "start", language).find(bare)
    if found is None or _goes_on(bare, found[0].end(), found[1]):
        return False
    if _CLICK.match(bare) or (not ends_sentence(shown) and named_publisher(shown)):
        return True
    # The channel must be named in the language of the imperative, or the words of two languages make a formula that nobody writes.
    candidates = {lang for phrase in phrases_in(_DATA, "start", language) for lang in phrase.languages if re.match(phrase.pattern, bare)}
    whole = flat_text(text)
    return any(words(_DATA, "object", lang, whole).search(bare) for lang in sorted(candidates))
