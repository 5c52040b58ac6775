from __future__ import annotations

import json
from pathlib import Path

import pytest
from golden_pairs import read

from pipeline.errors import DocumentError
from pipeline.parsers.html_text import extract
from pipeline.parsers.markup import html_tree

ROOT = Path(__file__).resolve().parents[2]
CASES = json.loads((ROOT / "tests" / "cases" / "html_pages.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_page_gives_its_article_and_nothing_else(case: dict) -> None:
    parsed = read(case["html"].encode(), "page.html")
    assert parsed.source_text.split("\n") == case["text"]
    assert parsed.metadata.title == "Ferry late"


VARIED = json.loads((ROOT / "tests" / "cases" / "html_pages_varied.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VARIED, ids=lambda case: case["name"])
def test_pages_of_all_kinds_give_text_and_what_stands_beside_it(case: dict) -> None:
    if "error" in case:
        with pytest.raises(DocumentError) as caught:
            read(case["html"].encode(), "page.html")
        assert caught.value.code == case["error"]
        return
    parsed = read(case["html"].encode(), "page.html")
    metadata = parsed.metadata
    assert parsed.source_text.split("\n") == case["text"]
    assert (metadata.title, metadata.publisher) == (case["title"], case.get("publisher"))
    for name in ("byline", "captions", "photo_agency"):
        assert list(getattr(metadata, name)) == case.get(name, [])


@pytest.mark.parametrize(
    ("change", "floor"),
    [
        ("as they are", 0.98),
        ("without class names", 0.965),
        ("without semantic elements", 0.98),
        ("without both", 0.965),
        ("paragraphs wrapped", 0.98),
        ("breaks for paragraphs", 0.975),
    ],
)
def test_real_pages_keep_to_a_floor_of_quality(shared: Path, change: str, floor: float) -> None:
    """F1 over real pages, also where their mark-up says less: what is found must not hang on names that the pages happen to use."""
    import html_pages

    if not (shared / "html" / "gold.json").is_file():
        pytest.skip("the pages, ../shared/html, are not here")
    scores = []
    for page in html_pages.load(shared / "html"):
        tree = html_tree(page.text)
        html_pages.CHANGES[change](tree)
        scores.append(html_pages.score_page(extract(tree), page.gold))
    assert html_pages.mean(scores).f1 >= floor


def test_a_page_as_deep_as_is_allowed_without_prose_ends_in_a_dead_letter() -> None:
    page = "<!DOCTYPE html><html><body>" + "<div>" * 390 + "x" + "</div>" * 390 + "</body></html>"
    with pytest.raises(DocumentError) as caught:
        read(page.encode(), "page.html")
    assert caught.value.code == "no_text"


def test_extraction_does_not_depend_on_pages_before() -> None:
    pages = [case["html"].encode() for case in CASES]
    first = [read(page, "page.html").source_text for page in pages]
    again = [read(page, "page.html").source_text for page in reversed(pages)]
    assert again == first[::-1]
