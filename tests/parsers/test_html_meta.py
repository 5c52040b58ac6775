from __future__ import annotations

import json
from typing import Any

import pytest
from golden_pairs import read

from pipeline.records import ParsedDocument

SENTENCE = "The morning ferry left its quay an hour late on Monday, the third delay within a week, after deck crews met. "


def _page(head: str, body: str = "", html: str = "<html>", **origin: Any) -> ParsedDocument:
    text = f"<!DOCTYPE html>{html}<head>{head}</head><body>{body}<article><p>{SENTENCE * 2}</p><p>{SENTENCE}</p></article></body></html>"
    return read(text.encode(), "page.html", **origin)


def _linked(**values: Any) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', **values})}</script>"


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Ferry late - Harbour Post</title><meta property='og:site_name' content='Harbour Post'>", "", "Ferry late"),
        ("<meta property='og:title' content='Ferry late | Post'>", "<h1>Ferry late</h1>", "Ferry late"),
        ("<meta property='og:title' content='Ferry late: crews meet'>", "<h1>Ferry late</h1>", "Ferry late: crews meet"),
        (_linked(headline="Ferry &#8211; late"), "<h1>Another</h1>", "Ferry – late"),
        ("<title>Harbour Post</title><meta property='og:site_name' content='Harbour Post'>", "", "Harbour Post"),
        ("", "<h1>One</h1><h1>Two</h1>", None),
    ],
)
def test_the_headline_without_the_site(head: str, body: str, title: str | None) -> None:
    assert _page(head, body).metadata.title == title


def test_people_dates_and_rights_of_the_data_block() -> None:
    head = _linked(
        author=[{"name": "By Ana Ruiz"}, "Jo Lind", {"url": "https://post.example/x"}],
        datePublished="2023-03-20T10:00:00+01:00",
        publisher={"@type": "Organization", "name": "Post"},
        license="https://post.example/terms",
        creditText="Post/Agency",
    )
    metadata = _page(head).metadata
    assert metadata.byline == ("Ana Ruiz", "Jo Lind")
    assert (metadata.published_at, metadata.publisher) == ("2023-03-20T10:00:00+01:00", "Post")
    assert (metadata.usage_terms, metadata.creditline) == ("https://post.example/terms", "Post/Agency")


@pytest.mark.parametrize("stated", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])
def test_a_date_that_nobody_set_is_unknown(stated: str) -> None:
    assert _page(_linked(datePublished=stated)).metadata.published_at is None


@pytest.mark.parametrize(
    ("head", "marks", "reserved"),
    [
        ("<meta name='tdm-reservation' content='1'>", ("tdm-reservation",), True),
        ("<meta name='tdm-reservation' content='0'>", (), None),
        ("<meta name='robots' content='noindex, noai, noimageai'>", ("noai",), True),
        ("<meta name='robots' content='max-snippet:-1, index'>", (), None),
        (_linked(translationOfWork={"@id": "https://post.example/fr"}), ("translationOfWork",), None),
        (_linked(translator="Machine"), ("translator",), None),
    ],
)
def test_marks_of_reservation_and_translation(head: str, marks: tuple[str, ...], reserved: bool | None) -> None:
    parsed = _page(head)
    assert (parsed.marks, parsed.metadata.ai_reserved) == (marks, reserved)


def test_marks_of_the_translation_proxy() -> None:
    assert _page("", url="https://post-example.translate.goog/a?_x_tr_sl=fr").marks == ("translate.goog",)
    assert _page("", html='<html lang="en" class="translated-ltr">').marks == ("google_translated_class",)
    font = '<p><font style="vertical-align: inherit;"><font style="vertical-align: inherit;">Ferry</font></font></p>'
    assert _page("", font).marks == ("google_font_residue",)


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ("<link rel='canonical' href='/a'>", "https://post.example/a"),
        ("<link rel='canonical' href='javascript:x'><meta property='og:url' content='https://post.example/b'>", "https://post.example/b"),
        ("<link rel='canonical' href='https://[::1'>", "https://post.example/feed/page"),
        ("", "https://post.example/feed/page"),
    ],
)
def test_the_canonical_address(head: str, address: str) -> None:
    assert _page(head, url="https://post.example/feed/page").metadata.canonical_url == address


def test_a_broken_data_block_does_no_harm() -> None:
    assert _page("<script type='application/ld+json'>{'no': json}</script>").metadata.title is None


def test_a_live_blog_that_is_in_the_data_block_alone() -> None:
    updates = [{"headline": "Noon", "articleBody": SENTENCE.strip()}, {"articleBody": f"<p>{SENTENCE.strip()}</p>"}]
    block = json.dumps({"@type": "LiveBlogPosting", "headline": "Ferry day", "liveBlogUpdate": updates})
    page = f"<!DOCTYPE html><script type='application/ld+json'>{block}</script><div id=root></div>"
    parsed = read(page.encode(), "page.html")
    assert parsed.metadata.title == "Ferry day"
    assert parsed.source_text.split("\n") == ["Noon", SENTENCE.strip(), SENTENCE.strip()]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            '<time class="entry-date published" datetime="2025-02-27T07:30:00+00:00">27 Feb</time><time datetime="2025-03-01">later</time>',
            "2025-02-27",
        ),
        ('<time datetime="2025-03-01">1 March</time><time itemprop="datePublished" datetime="2025-02-27">27 Feb</time>', "2025-02-27"),
        ('<time datetime="2025-02-27">27 Feb</time><p>x</p><time datetime="2025-02-27">again</time>', "2025-02-27"),
        ('<time class="updated" datetime="2025-02-28">28 Feb</time><time datetime="2025-02-27">27 Feb</time>', None),
        ('<time datetime="PT4M">4 min</time>', None),
        ('<time class="published">27 Feb</time>', None),
    ],
)
def test_the_time_element_of_the_publication(body: str, expected: str | None) -> None:
    found = _page("", body).metadata.published_at
    assert (found and found[:10]) == expected
