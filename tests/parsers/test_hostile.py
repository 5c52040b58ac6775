"""Nothing but `DocumentError` comes out of any parser, whatever goes in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from golden_pairs import documents, read
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DocumentError
from pipeline.parsers import split_members
from pipeline.records import ParsedDocument

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
SEEDS = [path.read_bytes() for path in documents(GOLDEN)]
NAMES = ("a.txt", "a.html", "a.xml", "a.json", "a.sgml", "a")


def _attempt(data: bytes, name: str, kind: str = "file", charset: str | None = None) -> ParsedDocument | DocumentError:
    try:
        return read(data, name, kind, charset=charset)
    except DocumentError as error:
        return error


def _check(result: ParsedDocument | DocumentError) -> None:
    if isinstance(result, DocumentError):
        assert result.code.replace("_", "").isalnum()
        assert len(result.message) < 2000
    else:
        result.source_text.encode("utf-8")


def _attempt_whole(data: bytes, name: str) -> None:
    members = split_members(data, name)
    ids = [member.member_id for member in members or ()]
    assert len(set(ids)) == len(ids)
    for member in members or ():
        _check(_attempt(member.data, name))
    _check(_attempt(data, name))


@given(st.binary(max_size=300), st.sampled_from(NAMES), st.sampled_from([None, "utf-8", "latin-1", "gbk", "nonsense", "utf-16"]))
@settings(max_examples=150)
def test_arbitrary_bytes(data: bytes, name: str, charset: str | None) -> None:
    _check(_attempt(data, name, charset=charset))
    _attempt_whole(data, name)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good file with some damage."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data)))
        kind = draw(st.sampled_from(("cut", "insert", "flip", "repeat", "drop")))
        if kind == "cut":
            del data[place:]
        elif kind == "insert":
            data[place:place] = draw(st.one_of(st.binary(min_size=1, max_size=8), st.sampled_from(_SNIPPETS)))
        elif kind == "flip" and place < len(data):
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif kind == "repeat":
            data[place:place] = data[place : place + 60]
        else:
            del data[place : place + draw(st.integers(1, 40))]
    return bytes(data)


_SNIPPETS = [
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<?xml",
    b"<!ENTITY a 'b'>",
    b"&a;",
    b"&#0;",
    b"&#xD800;",
    b"\0\0",
    b"<p",
    b"</item>",
    b"\x03",
    b"\x02",
    b'"',
    b"\\ud800",
    b"{",
    b"]",
]


@given(mutated(), st.sampled_from(NAMES))
@settings(max_examples=250)
def test_damaged_files(data: bytes, name: str) -> None:
    _attempt_whole(data, name)
    _check(_attempt(data, name, "row"))


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=200))
@settings(max_examples=100)
def test_any_text_in_a_row_is_kept(text: str) -> None:
    assert read(json.dumps({"text": text}).encode(), "a.jsonl", "row").source_text == text


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b" \r\n\t ", "blank_file"),
        (b"\xef\xbb\xbf\n", "blank_file"),
        (b"%PDF-1.7 anything", "not_text_data"),
        (b"\x00\x01\x02\x05\x06\x07\x08" * 40, "not_text_data"),
        (b"text with " + b"\x00" * 40 + b" holes in it that no letter explains, since they come in a row", "not_text_data"),
        (b'<?xml version="1.0"?><!DOCTYPE nitf [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><nitf><body>&b;</body></nitf>', "xml_entities"),
        (
            b'<!DOCTYPE nitf [<!ENTITY x SYSTEM "file:///etc/passwd">]><nitf><body><body.content><p>&x;</p></body.content></body></nitf>',
            "xml_entities",
        ),
        (b'<!DOCTYPE nitf [<!ENTITY % p "x">]><nitf><body/></nitf>', "xml_entities"),
        (b"<nitf><body><body.content>" + b"<block>" * 5000 + b"</body.content></body></nitf>", "too_deep"),
        (b"<!DOCTYPE html><html><body>" + b"<div>" * 5000 + b"x", "too_deep"),
        (b"<!DOCTYPE html><html><body></body></html>", "no_text"),
        (b"<nitf><body><p>cut", "bad_xml"),
        (b'{"text": "a", "text": "b"}', "bad_json"),
        (b'{"text": "a\x00b"}', "bad_json"),
        (b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep"),
        (b"<!DOCTYPE html><body>" + b"<b>" * 500_000, "too_large"),
        (b"<nitf><body>" + b"<p/>" * 500_000 + b"</body></nitf>", "too_large"),
        (b"<!DOCTYPE html><p " + b" ".join(b"a%d" % i for i in range(60_000)) + b">x</p>", "too_large"),
        (b'{"text": "a", "b": [' + b"[]," * 1_000_000 + b"[]]}", "too_large"),
        (b'{"body": "a"}', "no_text_field"),
        (b'{"text": 5}', "bad_text_type"),
    ],
)
def test_hostile_files_have_a_stable_code(data: bytes, code: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data)
    assert caught.value.code == code


def test_harmless_entities_are_read() -> None:
    body = "<nitf><body><body.content><p>&agency;&nbsp;says</p></body.content></body></nitf>"
    data = f'<!DOCTYPE nitf [<!ENTITY nbsp "&#160;"><!ENTITY agency "Post">]>{body}'
    assert read(data.encode()).source_text == "Post\u00a0says"


def test_references_to_control_characters_do_no_harm() -> None:
    sentence = "The ferry left its quay at nine, and its crew waved to the people who stood in the rain."
    parsed = read(f"<!DOCTYPE html><p>{sentence}<br>&#1;&#0;&#xFFFE;&#xD800;{sentence}</p>".encode())
    assert parsed.source_text.count("The ferry left") == 2


def test_huge_numbers_do_no_harm() -> None:
    parsed = read(b'{"text": "a", "n": ' + b"9" * 100_000 + b', "f": 1e999999, "i": Infinity}', kind="row")
    assert parsed.metadata.extra is not None
    assert json.loads(parsed.metadata.extra)["i"] == "Infinity"


def test_a_page_may_not_be_larger_than_any_real_one() -> None:
    with pytest.raises(DocumentError) as caught:
        read(b"<!DOCTYPE html><p>" + b"a " * (5 * 2**20))
    assert caught.value.code == "too_large"
