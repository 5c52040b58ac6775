"""Main text of article pages: precision, recall, F1 and pages a second, for ours and for the libraries one would take instead.

    python benchmarks/html.py PAGES [--path FOLDER ...] [--rounds 3] [--per-page NAME] [--less]

PAGES is a folder of `<id>.html.gz` and a `gold.json` of `{id: {"articleBody": text}}`, as ../shared/html. A page's score counts shingles of
four words, as the article extraction benchmark does: precision and recall are means over pages, F1 is of the means. Contenders take turns
within a round, so that a noisy neighbour hits all of them; the time is CPU time, and of each page its least round counts. Ours includes
decoding, metadata and marks; the others are given the decoded text and asked for the text alone.

`--less` takes the same pages with less in their mark-up (`CHANGES`), for ours and trafilatura fast: what a page looks like whose names were
never looked at while the extractor was written.
"""

from __future__ import annotations

import argparse
import collections
import gc
import gzip
import importlib
import json
import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import parse
from pipeline.parsers.decoding import decode
from pipeline.parsers.html_text import extract
from pipeline.parsers.markup import html_tree
from pipeline.records import Origin, RawDocument


class Page(NamedTuple):
    """A page and its article's text as a person marked it."""

    name: str
    data: bytes
    text: str
    gold: str


class Score(NamedTuple):
    """Means over pages."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean."""
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.precision + self.recall else 0.0


def without_names(tree: etree._Element) -> None:
    """Take class names, ids and the like away."""
    for element in tree.iter("*"):
        for name in ("class", "id", "itemprop", "role"):
            element.attrib.pop(name, None)


def without_meaning(tree: etree._Element) -> None:
    """Make plain boxes of elements that say what is in them."""
    for element in tree.iter("article", "main", "nav", "footer", "aside", "header", "section"):
        element.tag = "div"


def without_both(tree: etree._Element) -> None:
    """Both of these."""
    without_names(tree)
    without_meaning(tree)


def wrapped(tree: etree._Element) -> None:
    """Wrap each paragraph in three boxes."""
    for paragraph in list(tree.iter("p")):
        outer = etree.Element("div")
        paragraph.getparent().replace(paragraph, outer)
        outer.tail, paragraph.tail = paragraph.tail, None
        etree.SubElement(etree.SubElement(outer, "div"), "div").append(paragraph)


def with_breaks(tree: etree._Element) -> None:
    """Put line breaks for paragraphs."""
    for paragraph in tree.iter("p"):
        paragraph.extend([etree.Element("br"), etree.Element("br")])
    etree.strip_tags(tree, "p")


CHANGES: dict[str, Callable[[etree._Element], object]] = {
    "as they are": lambda tree: None,
    "without class names": without_names,
    "without semantic elements": without_meaning,
    "without both": without_both,
    "paragraphs wrapped": wrapped,
    "breaks for paragraphs": with_breaks,
}

Extract = Callable[[Page], str]


def load(folder: Path) -> list[Page]:
    """All pages of a folder that have gold."""
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    pages = []
    for name in sorted(gold):
        data = gzip.decompress((folder / f"{name}.html.gz").read_bytes())
        pages.append(Page(name, data, decode(data).text, gold[name]["articleBody"]))
    return pages


def shingles(text: str, size: int = 4) -> collections.Counter[tuple[str, ...]]:
    """Shingles of words; a shorter text is one shingle."""
    words = re.findall(r"\w+", text)
    return collections.Counter(tuple(words[i : i + size]) for i in range(max(1, len(words) - size + 1)))


def score_page(found: str, gold: str) -> Score:
    """Precision and recall of one page."""
    ours, theirs = shingles(found), shingles(gold)
    common = sum((ours & theirs).values())
    return Score(common / max(1, sum(ours.values())), common / max(1, sum(theirs.values())))


def mean(scores: Sequence[Score]) -> Score:
    """Mean over pages."""
    return Score(sum(s.precision for s in scores) / len(scores), sum(s.recall for s in scores) / len(scores))


def spread(scores: Sequence[Score], draws: int = 1000) -> float:
    """Half the width of the interval in which two of three bootstrap draws of F1 fall."""
    chance = random.Random(0)
    drawn = sorted(mean(chance.choices(scores, k=len(scores))).f1 for _ in range(draws))
    return (drawn[round(0.84 * draws) - 1] - drawn[round(0.16 * draws)]) / 2


def contenders() -> dict[str, Extract]:
    """Name -> function; libraries that cannot be imported are left out."""
    found: dict[str, Extract] = {"ours (whole parse)": _ours, "ours (text alone)": lambda page: extract(html_tree(page.text))}
    optional: dict[str, tuple[str, Callable[[Any, Page], str | None]]] = {
        "trafilatura": ("trafilatura", lambda t, p: t.extract(p.text, include_comments=False, deduplicate=False)),
        "trafilatura fast": ("trafilatura", lambda t, p: t.extract(p.text, include_comments=False, deduplicate=False, fast=True)),
        "trafilatura fast, no tables": (
            "trafilatura",
            lambda t, p: t.extract(p.text, include_comments=False, deduplicate=False, fast=True, include_tables=False),
        ),
        "trafilatura precision": (
            "trafilatura",
            lambda t, p: t.extract(p.text, include_comments=False, deduplicate=False, favor_precision=True),
        ),
        "resiliparse": (
            "resiliparse.extract.html2text",
            lambda r, p: r.extract_plain_text(p.text, main_content=True, preserve_formatting=False),
        ),
        "readability-lxml": ("readability", _readability),
    }
    for name, (module_name, run) in optional.items():
        try:
            module = importlib.import_module(module_name)
        except ImportError as error:
            print(f"left out: {name} ({error})", file=sys.stderr)
            continue
        found[name] = lambda page, module=module, run=run: run(module, page) or ""
    return found


def _ours(page: Page) -> str:
    try:
        return parse(RawDocument(page.name, 0, Origin("page.html"), page.data, "0" * 64), InputConfig()).source_text
    except DocumentError:
        return ""


def _readability(module: Any, page: Page) -> str:
    return "\n".join(importlib.import_module("html_text").extract_text(module.Document(page.text).summary()).split("\n"))


def main() -> None:
    """Print the table; with --per-page the pages on which one contender is worst."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pages", type=Path)
    parser.add_argument("--path", nargs="*", default=[], help="folders to import libraries from")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--per-page", default="", help="name of a contender")
    parser.add_argument("--less", action="store_true", help="the same pages with less in their mark-up")
    options = parser.parse_args()
    sys.path[:0] = options.path
    pages = load(options.pages)
    runs = contenders()
    if options.per_page:
        rated = sorted((score_page(runs[options.per_page](page), page.gold), page.name) for page in pages)
        for score, name in sorted(rated, key=lambda entry: entry[0].f1):
            print(f"{score.f1:.3f}  P {score.precision:.3f}  R {score.recall:.3f}  {name}")
        return
    if options.less:
        print_changes(pages)
        return
    times: dict[str, list[float]] = {name: [float("inf")] * len(pages) for name in runs}
    scores: dict[str, list[Score]] = {}
    order = list(runs)
    for number in range(options.rounds):
        # Another one begins each round, since what the round before left behind costs the first.
        for name in (*order[number % len(order) :], *order[: number % len(order)]):
            run = runs[name]
            gc.collect()  # or the first one pays for what the scores of the round before left behind
            texts = []
            for index, page in enumerate(pages):
                start = time.process_time()
                texts.append(run(page))
                times[name][index] = min(times[name][index], time.process_time() - start)
            scores[name] = [score_page(text, page.gold) for text, page in zip(texts, pages, strict=True)]
    print(f"{len(pages)} pages, {sum(len(p.data) for p in pages) / len(pages) / 1000:.0f} kB a page")
    print(f"{'contender':28} {'F1':>6} {'+-':>5} {'prec':>6} {'rec':>6} {'ms/page':>8} {'pages/s':>8} {'x fast':>6}")
    means = {name: sum(least) / len(pages) for name, least in times.items()}
    for name in runs:
        total, least = mean(scores[name]), means[name]
        quality = f"{total.f1:6.3f} {spread(scores[name]):5.3f} {total.precision:6.3f} {total.recall:6.3f}"
        ratio = f"{means['trafilatura fast'] / least:6.2f}" if "trafilatura fast" in means else ""
        print(f"{name:28} {quality} {least * 1000:8.2f} {1 / least:8.1f} {ratio}")


def print_changes(pages: Sequence[Page]) -> None:
    """F1 of ours and of trafilatura fast on the pages with less in their mark-up."""
    trafilatura = importlib.import_module("trafilatura")
    print(f"{'the pages':28} {'ours':>6} {'trafilatura fast':>17}")
    for name, change in CHANGES.items():
        ours, others = [], []
        for page in pages:
            tree = html_tree(page.text)
            change(tree)
            changed = etree.tostring(tree, method="html", encoding="unicode")
            ours.append(score_page(extract(tree), page.gold))
            found = trafilatura.extract(changed, include_comments=False, deduplicate=False, fast=True)
            others.append(score_page(found or "", page.gold))
        print(f"{name:28} {mean(ours).f1:6.3f} {mean(others).f1:17.3f}")


if __name__ == "__main__":
    main()
