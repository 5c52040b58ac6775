from __future__ import annotations

import pytest
from encoding_samples import Sample, samples
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DocumentError
from pipeline.parsers.decoding import declared_label, decode
from pipeline.parsers.labels import codec_of

CASES = list(samples())
KNOWN_FAILURES = {("ro", "iso8859_16", "sentence")}  # differs from cp1250 in few letters, and a sentence has one of them


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.language}-{c.encoding}-{c.size}")
def test_undeclared_text_is_read_in_its_encoding(case: Sample) -> None:
    known = (case.language, case.encoding, case.size) in KNOWN_FAILURES
    assert (decode(case.data).text == case.text) is not known


@pytest.mark.parametrize("case", [c for c in CASES if c.size == "paragraph"][::5], ids=lambda c: f"{c.language}-{c.encoding}")
def test_a_transport_label_is_believed(case: Sample) -> None:
    if codec_of(case.encoding) and not case.encoding.startswith(("iso2022", "hz")):
        decoded = decode(case.data, case.encoding)
        assert (decoded.text, decoded.source) == (case.text, "transport")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("language", ["en", "ru", "zh-hans", "ar", "ko", "th"])
def test_wide_text_without_a_mark(codec: str, language: str) -> None:
    text = next(c.text for c in CASES if c.language == language and c.size == "article")
    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize(
    ("data", "transport", "text", "source", "replaced"),
    [
        (b"\xef\xbb\xbfcaf\xc3\xa9", "latin-1", "café", "bom", 0),
        ("né".encode("utf-16"), None, "né", "bom", 0),
        (b"caf\xe9 \x93noir\x94", "iso-8859-1", "café “noir”", "transport", 0),
        ("café noir".encode(), "iso-8859-1", "café noir", "utf-8", 0),
        ("<meta charset=gb2312><p>渡轮".encode("gb18030"), None, "<meta charset=gb2312><p>渡轮", "declared", 0),
        (
            b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">\xcf\xe0\xf0\xee\xec',
            "latin-1",
            None,
            "transport",
            0,
        ),
        (
            b'<?xml version="1.0" encoding="iso-8859-2"?><a>\xb1</a>',
            None,
            '<?xml version="1.0" encoding="iso-8859-2"?><a>ą</a>',
            "declared",
            0,
        ),
        (b"<meta charset=utf-16><p>a", None, "<meta charset=utf-16><p>a", "utf-8", 0),
        ("Ein kühler Abend über der Förde, sagt der Kapitän".encode() + b" \xff!", None, None, "utf-8", 1),
        (b"plain", "utf-8", "plain", "utf-8", 0),
        (b"plain", "no-such-charset", "plain", "utf-8", 0),
    ],
)
def test_how_it_is_decided(data: bytes, transport: str | None, text: str | None, source: str, replaced: int) -> None:
    decoded = decode(data, transport)
    assert (decoded.source, decoded.replaced) == (source, replaced)
    if text is not None:
        assert decoded.text == text


def test_a_wrong_label_does_not_lose_the_text() -> None:
    text = next(c.text for c in CASES if c.language == "ru" and c.size == "article")
    assert decode(text.encode("cp1251"), "utf-8").text == text
    assert decode(text.encode("cp1251"), "shift_jis").text == text


def test_replacement_characters_of_the_source_are_not_counted() -> None:
    decoded = decode("a \ufffd b — c — d — e — f".encode() + b"\xff")
    assert decoded.replaced == 1


@given(st.binary(min_size=1, max_size=400), st.sampled_from([None, "utf-8", "big5", "euc-kr", "utf-16le", "hz", "x"]))
@settings(max_examples=200)
def test_no_bytes_break_it_and_the_answer_is_always_the_same(data: bytes, label: str | None) -> None:
    try:
        first = decode(data, label)
    except DocumentError:
        return
    assert decode(data, label) == first
    assert first.replaced <= first.text.count("\ufffd")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=200))
def test_valid_utf8_stays_what_it_is(text: str) -> None:
    if text.strip(" \u200b\ufeff") and not text.startswith("\ufeff") and "~{" not in text:
        assert decode(text.encode()).text == text


@pytest.mark.parametrize("label", ["rot13", "hex", "base64", "idna", "unicode_escape", "utf-7", "undefined", "", "é", "a" * 50, "utf-8\0"])
def test_labels_that_are_no_character_encodings(label: str) -> None:
    assert codec_of(label) is None


def test_a_declaration_counts_in_mark_up_only() -> None:
    assert declared_label(b'<html><head><META CHARSET="Windows-1252">') == "Windows-1252"
    assert declared_label(b"He wrote <meta charset=big5> on the board") is None


def test_single_foreign_bytes_in_a_text_that_says_it_is_utf8() -> None:
    head = '<?xml version="1.0" encoding="UTF-8"?><a>“Bridge” '.encode()
    decoded = decode(head + b"caf\xe9 ge\xf6ffnet</a>")
    assert decoded.text.endswith("“Bridge” café geöffnet</a>")
    assert (decoded.encoding, decoded.source, decoded.replaced) == ("utf-8, cp1252", "declared", 0)
    cut = decode(head + b"caf\xe9 and \xe2\x80 cut</a>")
    assert cut.text.endswith("café and \ufffd cut</a>")
    assert cut.replaced == 1


@given(st.binary(max_size=200))
def test_foreign_bytes_lose_nothing(data: bytes) -> None:
    decoded = decode("“Bridge” café ".encode() * 40 + data + b" end", "utf-8")
    assert decoded.text.startswith("“Bridge” café “Bridge”")
    assert decoded.text.rstrip("\0").endswith(" end")
