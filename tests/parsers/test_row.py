from __future__ import annotations

import json
from typing import Any

import pytest
from golden_pairs import read

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.records import ParsedDocument


def _row(columns: dict[str, Any] | str, **config: str) -> ParsedDocument:
    text = columns if isinstance(columns, str) else json.dumps(columns, ensure_ascii=False)
    return read(text.encode(), "a.jsonl", "row", InputConfig(**config))  # type: ignore[arg-type]


def test_usual_names_are_mapped_and_the_rest_is_kept() -> None:
    parsed = _row({"text": "t", "headline": "H", "url": "https://a/", "lang": "en", "site": "S", "author": "By A", "z": 1, "b": [2]})
    metadata = parsed.metadata
    assert (metadata.title, metadata.canonical_url, metadata.language, metadata.publisher) == ("H", "https://a/", "en", "S")
    assert metadata.byline == ("A",)
    assert metadata.extra == '{"b":[2],"z":1}'
    assert (parsed.encoding, parsed.encoding_source, parsed.format) == ("utf-8", "container", "row")


def test_a_configured_field_is_the_only_one_asked() -> None:
    parsed = _row({"text": "t", "title": "usual", "kop": "mine"}, title_field="kop")
    assert parsed.metadata.title == "mine"
    assert parsed.metadata.extra == '{"title":"usual"}'


def test_dotted_paths_reach_into_objects_and_leave_the_rest_of_them() -> None:
    parsed = _row({"a": {"body": {"text": "t"}, "k": 1}, "id.x": "plain"}, text_field="a.body.text", id_field="id.x")
    assert (parsed.source_text, parsed.metadata.guid) == ("t", "plain")
    assert parsed.metadata.extra == '{"a":{"k":1}}'


def test_a_usual_name_with_another_shape_stays_in_extra() -> None:
    parsed = _row({"text": "t", "title": {"x": 1}, "headline": "H"})
    assert parsed.metadata.title == "H"
    assert parsed.metadata.extra == '{"title":{"x":1}}'


def test_what_is_no_language_tag_is_kept_and_not_used() -> None:
    parsed = _row({"text": "t", "language": "in English", "lang": "en"})
    assert parsed.metadata.language == "en"
    assert parsed.metadata.extra == '{"language":"in English"}'


def test_what_stands_beside_a_name_is_kept() -> None:
    parsed = _row({"text": "t", "source": {"id": 7, "name": "Post"}, "authors": [{"name": "Ana"}], "title": ["a", "b"]})
    assert (parsed.metadata.publisher, parsed.metadata.byline, parsed.metadata.title) == ("Post", ("Ana",), None)
    assert parsed.metadata.extra == '{"source":{"id":7,"name":"Post"},"title":["a","b"]}'


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ('{"text": "a"', "bad_json", "byte 12"),
        ('{"é": "b", x}', "bad_json", "byte 12"),
        ('["a"]', "not_an_object", "array"),
        ("7", "not_an_object", "number"),
        ('{"body": 1, "a": 2}', "no_text_field", "'a', 'body'"),
        ('{"text": null}', "bad_text_type", "null"),
        ('{"text": {"a": 1}}', "bad_text_type", "an object"),
        ('{"a": 1, "a": 2, "text": ""}', "bad_json", "'a'"),
    ],
)
def test_what_cannot_be_read_says_why(line: str, code: str, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        _row(line)
    assert caught.value.code == code
    assert said in caught.value.message


def test_invalid_utf8_says_where() -> None:
    with pytest.raises(DocumentError) as caught:
        read(b'{"text": "caf\xe9"}', kind="row")
    assert caught.value.code == "bad_utf8"
    assert "byte 13" in caught.value.message


def test_at_most_twelve_names_are_listed() -> None:
    with pytest.raises(DocumentError) as caught:
        _row({f"c{n:02}": n for n in range(40)})
    assert "c11" in caught.value.message
    assert "c12" not in caught.value.message
    assert "28 more" in caught.value.message


def test_lone_surrogates_are_replaced_and_counted() -> None:
    parsed = _row('{"text": "a\\ud83d b \\ud83d\\ude00", "x": ["\\udc00"]}')
    assert parsed.source_text == "a\ufffd b 😀"
    assert parsed.replaced_bytes == 2


def test_a_page_in_the_text_field_is_read_as_a_page() -> None:
    sentence = "The ferry left its quay at nine in the morning, and its crew waved to the people who stood in the rain. "
    body = f"<body><article><p>{sentence * 3}</p><p>{sentence * 2}</p></article></body>"
    page = f"<!DOCTYPE html><html><head><title>Ferry</title></head>{body}</html>"
    parsed = _row({"text": page, "id": 1, "url": "https://post.example/a"})
    assert parsed.source_text.startswith("The ferry left")
    assert "<p>" not in parsed.source_text
    assert parsed.metadata.title == "Ferry"
    assert parsed.metadata.canonical_url == "https://post.example/a"
    assert parsed.format == "row"


def test_text_about_mark_up_is_left_alone() -> None:
    text = "Use <p> and </p> for paragraphs, <b> and </b> for weight, </i> never."
    assert _row({"text": text}).source_text == text


def test_a_ninjs_line_is_read_as_ninjs() -> None:
    parsed = _row({"uri": "urn:x:1", "versioncreated": "2024-01-01T00:00:00Z", "headline": "H", "body_text": "One."})
    assert (parsed.format, parsed.source_text) == ("ninjs", "One.")


def test_a_row_with_an_address_named_uri_is_not_ninjs() -> None:
    assert _row({"uri": "https://a/", "version": 2, "text": "t"}).format == "row"
