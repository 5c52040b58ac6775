"""Text in one single-byte or East Asian encoding that was read as Latin-1 or windows-1252: `Ïðèâåò` for `Привет`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import ftfy  # noqa: F401  registers the codec that passes the undefined bytes of windows-1252 through

from pipeline.records import Edit
from pipeline.text.diff import changed_spans
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "codepage", 1

_LEAST = 12
"""Characters beyond ASCII from which the statistics of letters say something."""

_SHARE = 3
"""One in so many characters must be from the upper half of Latin-1. Icelandic, its densest language, has one in eight."""

_ASCII = bytes(range(0x80))
TRIGGER = Trigger(characters="".join(map(chr, range(0x80, 0x100))))


class Script(NamedTuple):
    """What text in a script looks like: its characters, its frequent ones, and the least share that those have in any real text."""

    codecs: tuple[str, ...]
    characters: re.Pattern[str]
    frequent: frozenset[str]
    least: float


# Shares in news: Cyrillic .65, Greek .70, Hebrew .70, Arabic .65, Chinese .25, Japanese .45, Korean .25; a wrong decoding has half.
_SCRIPTS = (
    Script(("cp1251", "koi8_u", "iso8859_5"), re.compile("[Ѐ-ӿ]"), frozenset("оеаинтсрвлі"), 0.5),
    Script(("cp1253", "iso8859_7"), re.compile("[Ͱ-Ͽ]"), frozenset("αοιετσνηυρςάέίόή"), 0.55),
    Script(("cp1255", "iso8859_8"), re.compile("[֐-״]"), frozenset("יהולאתרמבנש"), 0.5),
    Script(("cp1256", "iso8859_6"), re.compile("[؀-ۿ]"), frozenset("اليمونترهبة"), 0.5),
    Script(
        ("gb18030", "big5"),
        re.compile("[一-鿿]"),
        frozenset("的一是不了在人有中大上国年和日会个为家出到时地要于就这也他说發發展國個會時說們來對為與"),
        0.12,
    ),
    Script(("shift_jis", "euc_jp"), re.compile("[ぁ-ヿ一-鿿]"), frozenset("のにはをたがでとしてるいなれさっこもらかすーンスト"), 0.25),
    Script(("euc_kr",), re.compile("[가-힣]"), frozenset("이다의는에가을를고한로도하은기지사서인대"), 0.15),
)


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one edit per word of a text that reads as a language in exactly one other encoding, and as none in its own.

    >>> wrong = "Президент сказал это во вторник".encode("cp1251").decode("latin-1")
    >>> [edit.after for edit in find(wrong, None)]
    ['Президент', 'сказал', 'это', 'во', 'вторник']
    >>> list(find("Þetta er löng setning á íslensku, það er að segja.", None))
    []
    """
    if text.isascii():
        return
    data = text.encode("utf-8", "surrogatepass")
    upper = data.count(b"\xc3") + data.count(b"\xc2")
    if upper < _LEAST or upper * _SHARE < len(text):
        return
    found = _read_again(text)
    if found is not None:
        codec, decoded = found
        for start, end, after in changed_spans(text, decoded):
            yield Edit(start, end, text[start:end], after, "codepage", NAME, VERSION, "certain", f"encode windows-1252, decode {codec}")


def _read_again(text: str) -> tuple[str, str] | None:
    """The encoding in which the text reads best, and how it reads; None where it reads well in none."""
    try:
        data = text.encode("sloppy-windows-1252")
    except UnicodeEncodeError:
        try:
            data = text.encode("latin-1")
        except UnicodeEncodeError:
            return None
    if data.decode("utf-8", "replace").count("\ufffd") * 4 < len(data.translate(None, _ASCII)):
        return None  # most of it is UTF-8, which is for `encoding`
    best: tuple[float, str, str] | None = None
    for script in _SCRIPTS:
        for codec in script.codecs:
            try:
                decoded = data.decode(codec)
            except UnicodeDecodeError:
                continue
            fit = _fit(decoded, script)
            if fit >= 1.0 and (best is None or fit > best[0]):
                best = fit, codec, decoded
    return None if best is None else best[1:]


def _fit(decoded: str, script: Script) -> float:
    """The share of frequent characters as a multiple of the least that real text has; 0 where other scripts are mixed in."""
    letters = [c for c in decoded if c > "\x7f" and c.isalpha()]
    own = [c for c in letters if script.characters.match(c)]
    if len(own) < _LEAST // 2 or len(own) < 0.95 * len(letters):
        return 0.0
    small = sum(not c.isupper() for c in own)
    # Capitals throughout are a headline; mostly capitals are small letters of a neighbouring encoding.
    if small * 2 < len(own) and small:
        return 0.0
    return sum(c.lower() in script.frequent for c in own) / len(own) / script.least
