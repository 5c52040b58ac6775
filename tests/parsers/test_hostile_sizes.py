"""Inputs that a careless pattern or walk takes minutes for; half a megabyte each, so that a quadratic one is noticed."""

from __future__ import annotations

import pytest
from golden_pairs import read

from pipeline.errors import DocumentError
from pipeline.parsers import split_members

N = 500_000
CONTENT = b'<rss xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><content:encoded>'
CASES = {
    "start tags without an end": b'<rss version="2.0"><channel>' + b"<item " * (N // 6),
    "start tags with one end": b'<rss version="2.0"><channel>' + b"<item " * (N // 6) + b">",
    "character data without an end": b'<?xml version="1.0"?><nitf><body>&amp;' + b"<![CDATA[" * (N // 9),
    "bare ampersands": b'<?xml version="1.0"?><nitf><body>' + b"&a" * (N // 2),
    "open quotation marks": b'<rss version="2.0">' + b'<a "' * (N // 4) + b"<item>",
    "comments without an end": b"<!--" * (N // 4),
    "declarations without an end": b"<!DOCTYPE nitf [" + b"<!ENTITY " * (N // 9) + b"]><nitf/>",
    "documents of one id": b'<DOC id="a">' * (N // 12),
    "envelopes": b"<NewsML>" + b"<SentFrom>" * (N // 10) + b"<NewsItem></NewsItem><NewsItem></NewsItem>",
    "titles": b'<rss version="2.0"><channel>' + b"<title>" * (N // 7) + b"<item></item>",
    "small objects": b"[" + b'{"a":1},' * (N // 8),
    "arrays in arrays": b"[" * N,
    "starts of header": b"\x01abc\x02" * (N // 5),
    "header lines": b"ZCZC\n" + b"$\n" * (N // 2),
    "short captions": CONTENT + b"[caption ]" * (N // 10) + b"</content:encoded></item></channel></rss>",
    "boxes without prose": b"<!DOCTYPE html>" + b"<div>a</div>" * (N // 12),
    "nested components": b"<NewsML><NewsItem>" + b"<NewsComponent>" * 200 + b'<Subject FormalName="a"/>' * (N // 26),
    "nested media": b"<nitf><body>"
    + b"<media>" * 200
    + b"<media-caption>x</media-caption>" * (N // 40)
    + b"</media>" * 200
    + b"</body></nitf>",
    "attributes": b"<!DOCTYPE html><p " + b" ".join(b"a%d" % i for i in range(N // 7)) + b">x",
    "attributes that look like tags": b"<!DOCTYPE html><p " + b" ".join(b"a%d='<p>'" % i for i in range(N // 13)) + b">x",
    "tags without an end": b"<!DOCTYPE html>" + b"<a href='>" * (N // 10),
    "captions in captions": b"<!DOCTYPE html>" + b"<span class=caption>" * 300 + b"x" * N,
    "figures in figures": b"<!DOCTYPE html>" + b"<figure>" * 190 + b"<i>a</i>" * (N // 8),
    "quoted posts": b"<!DOCTYPE html>" + b"<div>" * 350 + b"<blockquote class=twitter-tweet>x</blockquote>" * (N // 46),
    "tables in rows": b"<!DOCTYPE html>" + b"<table><tr><td>" * 120 + b"<i>x</i>" * (N // 8),
    "headings in headings": b"<!DOCTYPE html>" + b"<h1>" * 200 + b"x" * N,
    "foreign bytes": b'<?xml version="1.0" encoding="utf-8"?><a>' + b"\xc3\xa9 \xe9 " * (N // 5),
    "one long line": b"a" * N,
    "words of two scripts": b"\xe9 \x93" * (N // 3),
}


def _outcome(data: bytes) -> str:
    try:
        return read(data).format
    except DocumentError as error:
        return error.code


@pytest.mark.slow
@pytest.mark.parametrize("data", CASES.values(), ids=CASES.keys())
def test_the_time_does_not_explode(data: bytes) -> None:
    members = split_members(data, "x")
    for whole in (data, *(member.data for member in (members or ())[:3])):
        assert _outcome(whole) is not None
