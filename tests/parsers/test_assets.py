import time

import pytest

from pipeline import desk
from pipeline.config import Config
from pipeline.parsers import parse
from pipeline.parsers.assets import kind_of
from pipeline.records import Origin, RawDocument

CSS = b"/* The look of the harbour pages. */\nbody { margin: 0; }\n.story > p { color: #333; }\n"
SCRIPT = b"(function(){var ferry=document.getElementById('ferry');if(ferry){ferry.hidden=false;}})();"
PAGE = b"<!doctype html><html><body><p>The harbour ferry sails again, the company said on Monday.</p></body></html>"
PROSE = b"The harbour ferry sails again, the company said on Monday (its first trip since May).\n"


def raw(data: bytes, media_type: str | None = None, url: str | None = "https://example.org/x", kind: str = "file") -> RawDocument:
    return RawDocument("0" * 32, 0, Origin("a.warc", media_type=media_type, url=url), data, "0" * 64, kind)


@pytest.mark.parametrize(
    ("data", "media_type", "url", "kind"),
    [
        (CSS, "text/css", None, "stylesheet"),
        (CSS, "text/plain", "https://example.org/a/look.css?v=3", "stylesheet"),
        (CSS, None, "https://example.org/look.css", "stylesheet"),
        (SCRIPT, "application/javascript; charset=utf-8", None, "script"),
        (SCRIPT, "text/javascript", None, "script"),
        (SCRIPT, "application/octet-stream", "https://example.org/ferry.mjs", "script"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg", None, "picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "text/html", None, "picture"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp", None, "picture"),
        (b"\0\0\0\x1cftypavif\0\0", "image/avif", None, "picture"),
        (b"\0\0\0\x1cftypisom\0\0", "application/octet-stream", None, "video"),
        (
            b'<?xml version="1.0"?>\n<!-- a logo -->\n<svg xmlns="http://www.w3.org/2000/svg"><title>Nordwire</title></svg>',
            "image/svg+xml",
            None,
            "picture",
        ),
        (b"wOF2\0\1\0\0", "font/woff2", None, "font"),
        (b"\0\1\0\0\0\x12", "font/ttf", None, "font"),
        (b"\0\0\1\0\1\0\x10\x10", "image/x-icon", None, "picture"),
        (b"User-agent: *\nDisallow: /search\n", "text/plain", "https://example.org/robots.txt", "robots"),
    ],
)
def test_what_is_no_document_is_removed_with_its_kind(data: bytes, media_type: str | None, url: str | None, kind: str) -> None:
    parsed = parse(raw(data, media_type, url), Config().input)
    assert (parsed.format, parsed.metadata.item_type, parsed.source_text, parsed.encoding) == ("asset", kind, "", None)
    verdict = desk.judge(desk.repair(parsed, Config().repair), Config()).verdict
    assert verdict is not None
    assert (verdict.filter, kind in verdict.reason) == ("not_text", True)


@pytest.mark.parametrize(
    ("data", "media_type", "url"),
    [
        (PAGE, "image/jpeg", None),  # what a server sends in place of a picture that is gone
        (PAGE, "text/css", None),
        (PAGE, "application/javascript", None),
        (PROSE, "image/png", None),
        (PROSE, "text/css", None),
        (PROSE * 9, "text/plain", "https://example.org/about.js"),
        (b'{"headline": "Ferry sails", "text": "The ferry sails."}', "application/javascript", None),
        (PROSE, "text/plain", "https://example.org/news/robots.txt"),
        (PROSE, "text/plain", "https://example.org/robots.txt"),
        (PROSE, "text/plain", "https://[broken/x.css"),
        (CSS, None, None),  # a file in a folder: nothing declares it
        (b"\xff\xd8\xff\xe0", None, None),
    ],
)
def test_what_may_be_a_document_goes_to_the_parsers(data: bytes, media_type: str | None, url: str | None) -> None:
    assert kind_of(raw(data, media_type, url)) is None


def test_a_row_is_never_an_asset() -> None:
    assert kind_of(raw(CSS, "text/css", kind="row")) is None


def test_comments_in_a_row_before_a_root_cost_little() -> None:
    started = time.process_time()
    assert kind_of(raw(b"<!---->" * 9000, "image/svg+xml")) is None
    assert time.process_time() - started < 0.2
