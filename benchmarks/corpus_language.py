"""Invented news prose at the speed of array operations, with the word statistics of the texts in `seeds/`.

The seeds' sentences become *skeletons*: function words and punctuation stay, every other word becomes a slot of its kind
(noun-like, -ing, -ed, -ly, plural, name, number). A slot is filled from a vocabulary of that kind, which holds the seeds' own words first,
then words built by a letter model of them, drawn with Zipf-Mandelbrot frequencies. Part of the draws is shifted by the
document's topic, so that a text repeats its own rare words as real ones do. Some sentences keep all their words: stock phrases.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from gzip import decompress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["Language", "Prose", "learn", "seed_paragraphs", "write_prose"]

Ints = NDArray[np.int64]
Coded = tuple[list[int], list[int]]
"""A sentence pattern: token codes as in `Language.tokens`, and how each is printed."""

FUNCTION_WORDS, PARTS = 130, 10
"""The words that occur in most of ten parts of the seeds stay in the skeletons: about half of all tokens, as in English news."""

KINDS = ("plain", "ing", "ed", "ly", "plural", "name", "number")
KIND_SIZES = (14_000, 1_500, 2_500, 600, 5_000, 9_000, 2_500)
"""Word types a kind, at most; together about what a month of one agency uses more than once."""

SKELETONS, LONGEST_RUN = 4_000, 4
"""Sentence patterns that are spliced from those of the seeds, and how many words of grammar may follow each other in one:
with five, unrelated texts would share the 5-gram each time they share a pattern."""

ZIPF_EXPONENT, ZIPF_SHIFT = 1.05, 2.7
"""Zipf-Mandelbrot, p(rank) ~ (rank + 2.7) ** -1.05: the usual fit for English news."""

TOPICS, TOPIC_SHARE = 400, 0.4
"""A document draws this share of its open words from its topic's own order of the vocabulary."""

STOCK_SHARE = 0.002
"""Share of sentences that are printed with the words of the seeds."""

PLAIN, CAPITAL, COMMA, STOP, PARAGRAPH, OPEN, SAID, CLOSE, CLOSE_PARAGRAPH = range(9)
"""How a word is printed: with what before and after it."""

_FORMS = ("{} ", "{} ", "{}, ", "{}. ", "{}.\n\n", "“{} ", "{},” ", "{}.” ", "{}.”\n\n")

_CALENDAR = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"),
)
_NEVER_NAMES = frozenset((*_CALENDAR, "the", "a", "we", "i", "it", "they", "people", "nobody"))

_SEED_FILES = (
    *("ferry/harbor-post.txt", "ferry/kelsund-morning.txt", "ferry/inland-herald.txt", "ferry/pilots-feature.txt"),
    *("atlas/velmar-lokal.txt", "tarn/evening-courier.txt", "tarn/agency-withdraws-report.txt", "misc/translation-service.txt"),
    *("misc/last-conductor.txt", "drought/press-review.jsonl", "chain/tri-county.jsonl.gz", "special/bulletin-broken-line.jsonl"),
)


def seed_paragraphs(raw: Path) -> list[str]:
    """English paragraphs of `seeds/raw`, each once, in a fixed order."""
    paragraphs: dict[str, None] = {}
    for name in _SEED_FILES:
        data = (raw / name).read_bytes()
        if name.endswith(".txt"):
            texts = [data.decode("utf-8")]
        else:
            lines = (decompress(data) if name.endswith(".gz") else data).splitlines()
            texts = list(_texts(lines))
        for text in texts:
            for line in text.splitlines():
                if len(line.split()) >= 15 and line.rstrip('”"').endswith((".", "?")):
                    paragraphs[re.sub(r"^[A-Z]{4,}[^-—]{0,40} [-—] ", "", line.strip())] = None
    return list(paragraphs)


def _texts(lines: Sequence[bytes]) -> Iterator[str]:
    for line in lines:
        try:
            text = json.loads(line).get("text")
        except ValueError:
            continue  # the seeds hold broken records on purpose
        if text:
            yield text


@dataclass(frozen=True, slots=True)
class Language:
    """What `learn` knows: words by number, ways to print them, skeletons, and the frequencies of each kind of slot.

    A skeleton token is a word's number, or -(kind + 1) for a slot; `forms` says how it is printed. Sentence i has the tokens
    [starts[i], starts[i] + lengths[i]); from `first_stock` on they have no slots.
    """

    words: list[str]
    pieces: NDArray[np.object_]
    tokens: Ints
    forms: Ints
    starts: Ints
    lengths: Ints
    first_stock: int
    bases: tuple[int, ...]
    cumulative: tuple[NDArray[np.float64], ...]

    def draw(self, kind: int, count: int, rng: np.random.Generator) -> Ints:
        """Numbers of `count` words of a kind, by frequency."""
        ranks = np.searchsorted(self.cumulative[kind], rng.random(count))
        return np.asarray(ranks + self.bases[kind], dtype=np.int64)

    def spell(self, words: Ints, forms: Ints) -> str:
        """Print words in their forms."""
        return "".join(self.pieces[words * len(_FORMS) + forms].tolist()).rstrip()


@dataclass(frozen=True, slots=True)
class Prose:
    """A document before it is printed: words, forms, and which tokens are names or numbers (what a template changes)."""

    words: Ints
    forms: Ints
    kinds: Ints


def learn(paragraphs: Sequence[str], seed: int = 0, sizes: Sequence[int] = KIND_SIZES) -> Language:
    """Build the language from paragraphs, with at most `sizes` word types a kind.

    Takes some two seconds; the same paragraphs and seed give the same language.
    """
    sentences = [tokens for paragraph in paragraphs for tokens in _sentences(paragraph)]
    capitals = {word for tokens in sentences for word, _ in tokens[1:] if word[:1].isupper() and word.lower() not in _NEVER_NAMES}
    function = _function_words(sentences, {word.lower() for word in capitals})
    numbers = {word: number for number, word in enumerate(function)}

    own: list[Counter[str]] = [Counter() for _ in KINDS]
    coded: list[Coded] = []
    for tokens in sentences:
        codes: list[int] = []
        for word, _ in tokens:
            lower = word.lower()
            if lower in numbers:
                codes.append(numbers[lower])
            else:
                kind = _kind(word, word in capitals)
                own[kind][word if kind >= KINDS.index("name") else lower] += 1
                codes.append(-(kind + 1))
        coded.append((codes, _print_forms([mark for _, mark in tokens])))

    rng = np.random.default_rng([seed, 7])
    coded = [(_opened(codes), forms) for codes, forms in _spliced(coded, len(function), rng)]
    words, bases, found = list(function), [], []
    for kind, size in enumerate(sizes):
        vocabulary = _vocabulary(kind, size, own[kind], rng)
        bases.append(len(words))
        found.append(len(vocabulary))
        words += vocabulary
    stock = _stock(sentences, words)
    skeletons = coded + [_quoted(*pair, numbers) for pair in coded if len(pair[0]) <= 24]
    return _assemble(words, skeletons, stock, tuple(bases), found)


def write_prose(language: Language, counts: Ints, rng: np.random.Generator) -> list[Prose]:
    """One document for each entry of `counts`, which says how many sentences it has."""
    total = int(counts.sum())
    chosen = rng.integers(0, language.first_stock, total)
    stock = rng.random(total) < STOCK_SHARE
    chosen[stock] = rng.integers(language.first_stock, len(language.starts), int(stock.sum()))
    lengths = language.lengths[chosen]
    ends = np.cumsum(lengths)
    index = np.repeat(language.starts[chosen] - (ends - lengths), lengths) + np.arange(ends[-1])
    words, forms = language.tokens[index].copy(), language.forms[index].copy()

    last = np.cumsum(counts) - 1  # number of each document's last sentence
    document = np.repeat(np.repeat(np.arange(len(counts)), counts), lengths)
    offsets = rng.integers(0, TOPICS, len(counts))[document]
    kinds = np.where(words < 0, -words - 1, -1)
    for kind, cumulative in enumerate(language.cumulative):
        places = np.flatnonzero(kinds == kind)
        ranks = np.searchsorted(cumulative, rng.random(len(places)))
        moved = rng.random(len(places)) < TOPIC_SHARE
        size = len(cumulative)
        ranks[moved] = (ranks[moved] + 1 + offsets[places[moved]] * (size // TOPICS)) % size
        words[places] = ranks + language.bases[kind]

    breaks = rng.random(total) < 0.45
    breaks[last] = True
    final = ends[breaks] - 1
    forms[final] = np.where(forms[final] == STOP, PARAGRAPH, np.where(forms[final] == CLOSE, CLOSE_PARAGRAPH, forms[final]))
    cuts = ends[last]
    return [Prose(words[a:b], forms[a:b], kinds[a:b]) for a, b in zip([0, *cuts[:-1].tolist()], cuts.tolist(), strict=True)]


def _function_words(sentences: Sequence[list[tuple[str, str]]], names: set[str]) -> list[str]:
    """Words by how evenly they are spread over the seeds, so that the subject of one long text is not taken for grammar."""
    counts: Counter[str] = Counter()
    parts: dict[str, set[int]] = {}
    for number, tokens in enumerate(sentences):
        for word in (token.lower() for token, _ in tokens if token.isalpha()):
            counts[word] += 1
            parts.setdefault(word, set()).add(number * PARTS // len(sentences))
    ranked = sorted((-len(parts[word]), -count, word) for word, count in counts.items() if word not in names)
    return [*_CALENDAR, *(word for _, _, word in ranked if word not in _CALENDAR)][: FUNCTION_WORDS + len(_CALENDAR)]


def _sentences(paragraph: str) -> Iterator[list[tuple[str, str]]]:
    """Sentences of 6 to 45 words as (word, mark after it); quotation marks are dropped, quotations are made anew."""
    plain = re.sub(r"[“”\"()]", "", paragraph)
    for sentence in re.split(r"(?<=[.?!]) (?=[A-Z])", plain):
        tokens = [(match[1], match[2]) for match in re.finditer(r"(\w[\w’.,-]*\w|\w)([,;:.?!]*)(?=\s|$)", sentence)]
        if 6 <= len(tokens) <= 45:
            yield tokens


def _print_forms(marks: Sequence[str]) -> list[int]:
    forms = [COMMA if mark else PLAIN for mark in marks]
    forms[0], forms[-1] = CAPITAL, STOP
    return forms


def _spliced(patterns: Sequence[Coded], literals: int, rng: np.random.Generator) -> list[Coded]:
    """The patterns, and new ones: the beginning of one up to a word of grammar, and the end of another from the same word."""
    ends: dict[int, list[tuple[int, int]]] = {}
    for number, (codes, _) in enumerate(patterns):
        for place, code in enumerate(codes[2:-2], 2):
            if 0 <= code < literals:
                ends.setdefault(code, []).append((number, place))
    result = list(patterns)
    for _ in range(20 * SKELETONS):
        if len(result) >= SKELETONS:
            break
        codes, forms = patterns[int(rng.integers(len(patterns)))]
        place = int(rng.integers(2, len(codes)))
        options = ends.get(codes[place], [])
        if options and place < len(codes) - 2:
            other, there = options[int(rng.integers(len(options)))]
            if other_codes := patterns[other][0][there:]:
                joined = [*codes[:place], *other_codes], [*forms[:place], *patterns[other][1][there:]]
                if 6 <= len(joined[0]) <= 45:
                    result.append(joined)
    return result


def _opened(codes: list[int]) -> list[int]:
    """The pattern with a slot in every run of words of grammar that is too long; its rarest word gives way."""
    result, run = list(codes), 0
    for place, code in enumerate(result):
        run = run + 1 if code >= 0 else 0
        if run > LONGEST_RUN:
            start = place - run + 1
            rarest = max(range(start + 1, place), key=lambda at: result[at])  # function words are numbered by rank
            result[rarest] = -1
            run = place - rarest
    return result


def _quoted(codes: list[int], forms: list[int], numbers: dict[str, int]) -> Coded:
    """The sentence as a quotation, followed by: said NAME NAME."""
    name = -(KINDS.index("name") + 1)
    return [*codes, numbers["said"], name, name], [OPEN, *forms[1:-1], SAID, PLAIN, PLAIN, STOP]


def _kind(word: str, is_name: bool) -> int:
    lower = word.lower()
    if any(character.isdigit() for character in word):
        return KINDS.index("number")
    if is_name:
        return KINDS.index("name")
    for kind, ending in (("ing", "ing"), ("ed", "ed"), ("ly", "ly"), ("plural", "s")):
        if lower.endswith(ending) and len(lower) > len(ending) + 2 and not lower.endswith("ss"):
            return KINDS.index(kind)
    return KINDS.index("plain")


def _vocabulary(kind: int, size: int, own: Counter[str], rng: np.random.Generator) -> list[str]:
    """The kind's own words by frequency, then made ones."""
    first = [word for word, _ in sorted(own.items(), key=lambda item: (-item[1], item[0]))][:size]
    if KINDS[kind] == "number":
        made: Iterator[str] = (_number(rng) for _ in range(20 * size))
    else:
        made = _made_words(list(own), 20 * size, rng)
    known = dict.fromkeys(first)
    for word in made:
        if len(known) == size:
            break
        known[word] = None
    return list(known)


def _number(rng: np.random.Generator) -> str:
    shape, value = int(rng.integers(0, 4)), int(10 ** rng.uniform(0.3, 4.5))
    return (f"{value:,}", f"{value % 100}.{value % 9 + 1}", str(1900 + value % 127), str(value % 100 + 2))[shape]


def _made_words(own: Sequence[str], count: int, rng: np.random.Generator) -> Iterator[str]:
    """Words by a letter model: what follows a pair of letters in the kind's own words."""
    follows: dict[str, list[str]] = {}
    for word in own:
        padded = f"^^{word}$"
        for place in range(len(padded) - 2):
            follows.setdefault(padded[place : place + 2], []).append(padded[place + 2])
    randoms = iter(rng.random(count * 14).tolist())
    for _ in range(count):
        letters, pair = "", "^^"
        while len(letters) < 13:
            options = follows[pair]
            letter = options[int(next(randoms) * len(options))]
            if letter == "$":
                break
            letters, pair = letters + letter, pair[1] + letter
        if len(letters) >= 4 and letter == "$":
            yield letters


def _stock(sentences: Sequence[list[tuple[str, str]]], words: list[str]) -> list[Coded]:
    """The seeds' sentences in their own words, which are appended to the vocabulary as they are printed."""
    numbers: dict[str, int] = {}
    result = []
    for tokens in sentences:
        for word, _ in tokens:
            if word not in numbers:
                numbers[word] = len(words)
                words.append(word)
        result.append(([numbers[word] for word, _ in tokens], _print_forms([mark for _, mark in tokens])))
    return result


def _assemble(words: list[str], skeletons: list[Coded], stock: list[Coded], bases: tuple[int, ...], sizes: Sequence[int]) -> Language:
    everything = skeletons + stock
    lengths = np.array([len(codes) for codes, _ in everything], dtype=np.int64)
    pieces = np.empty(len(words) * len(_FORMS), dtype=object)
    for number, word in enumerate(words):
        capital = word[:1].upper() + word[1:]
        word = capital if word in _CALENDAR and word != "may" else word  # the verb is far more frequent than the month
        for form, pattern in enumerate(_FORMS):
            pieces[number * len(_FORMS) + form] = pattern.format(capital if form in (CAPITAL, OPEN) else word)
    cumulative = []
    for size in sizes:
        weights = (np.arange(1, size + 1) + ZIPF_SHIFT) ** -ZIPF_EXPONENT
        cumulative.append(np.cumsum(weights / weights.sum()))
        cumulative[-1][-1] = 1.0
    return Language(
        words=words,
        pieces=pieces,
        tokens=np.concatenate([np.array(codes, dtype=np.int64) for codes, _ in everything]),
        forms=np.concatenate([np.array(forms, dtype=np.int64) for _, forms in everything]),
        starts=np.cumsum(lengths) - lengths,
        lengths=lengths,
        first_stock=len(skeletons),
        bases=bases,
        cumulative=tuple(cumulative),
    )
