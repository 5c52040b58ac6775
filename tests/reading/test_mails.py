import json
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import InputConfig
from pipeline.parsers import parse
from pipeline.planning import plan
from pipeline.reading import read
from pipeline.records import DeadLetter, RawDocument, SplitEnd
from pipeline.storage import LocalStorage

Record = RawDocument | DeadLetter
CONFIG = InputConfig()


def records_of(folder: Path, name: str, data: bytes, config: InputConfig = CONFIG) -> list[Record]:
    (folder / name).write_bytes(data)
    found: list[Record] = []
    for split in plan([str(folder / name)], lambda _: LocalStorage(), config).splits:
        *records, end = read(split, lambda _: LocalStorage(), config)
        assert end == SplitEnd(split, len(records))
        found += [record for record in records if not isinstance(record, SplitEnd)]
    assert len({record.doc_id for record in found}) == len(found)
    return found


def mail(number: int = 1, text: str | None = "The ferry sails again.\n", page: str | None = None) -> bytes:
    message = EmailMessage()
    message["From"] = "Ana Ruíz <ana@example.org>"
    message["Subject"] = f"Fähre {number}"
    message["Date"] = "Mon, 04 Mar 2024 05:06:07 +0100"
    message["Message-ID"] = f"<{number}@example.org>"
    message["List-Id"] = "News <news.example.org>"
    if text is not None:
        message.set_content(text)
        if page:
            message.add_alternative(page, subtype="html")
    elif page:
        message.set_content(page, subtype="html")
    return bytes(message)


def codes(records: list[Record]) -> list[str]:
    return [record.code if isinstance(record, DeadLetter) else "" for record in records]


def row(record: Record) -> dict[str, str]:
    assert isinstance(record, RawDocument)
    assert record.kind == "row"
    found: dict[str, str] = json.loads(record.data)
    return found


@pytest.mark.parametrize("name", ["a.eml", "a.txt"])
def test_a_message_is_a_row(tmp_path: Path, name: str) -> None:
    (record,) = records_of(tmp_path, name, mail(page="<p>Other</p>"))
    assert row(record) == {
        "text": "The ferry sails again.\n",
        "title": "Fähre 1",
        "byline": "Ana Ruíz",
        "published_at": "2024-03-04T05:06:07+01:00",
        "id": "1@example.org",
        "list_id": "News <news.example.org>",
    }
    assert isinstance(record, RawDocument)
    parsed = parse(record, InputConfig(id_field="id"))
    assert parsed.source_text == "The ferry sails again.\n"
    assert (parsed.metadata.title, parsed.metadata.byline, parsed.metadata.guid) == ("Fähre 1", ("Ana Ruíz",), "1@example.org")


def test_a_message_that_is_html_only_is_a_page(tmp_path: Path) -> None:
    for page in (
        "<p>The ferry sails again, the company said on Monday.</p>",
        "<html><body><p>The ferry sails again, it said.</p></body></html>",
    ):
        (record,) = records_of(tmp_path, "a.eml", mail(text=None, page=page))
        assert isinstance(record, RawDocument)
        assert parse(record, CONFIG).source_text.startswith("The ferry sails again")


def test_columns_have_the_names_that_the_configuration_states(tmp_path: Path) -> None:
    config = InputConfig(text_field="body", title_field="head", byline_field="who", date_field="when", id_field="key")
    (record,) = records_of(tmp_path, "a.eml", mail(), config)
    assert sorted(row(record)) == ["body", "head", "key", "list_id", "when", "who"]


def test_the_messages_of_a_mailbox(tmp_path: Path) -> None:
    envelope = b"From ana@example.org Mon Mar  4 05:06:07 2024\n"
    first = envelope + mail(1, "One.\n\n>From here on it rains.\nFrom there on not.\n") + b"\n"
    data = first + envelope + mail(2) + b"\n" + envelope + b"\n\n" + envelope + mail(4)
    for name in ("a.mbox", "a.txt"):
        records = records_of(tmp_path, name, data)
        assert codes(records) == ["", "", "no_text", ""]
        assert row(records[0])["text"] == "One.\n\nFrom here on it rains.\nFrom there on not.\n"
        assert [record.origin.locator for record in records[:2]] == [0, len(first)]
    (long_one, *_) = records_of(
        tmp_path, "b.mbox", envelope + mail(1, "x\n" * 3000) + b"\n" + envelope + mail(2), InputConfig(max_record_bytes=1024)
    )
    assert isinstance(long_one, DeadLetter)
    assert long_one.code == "record_too_large"


def test_news_that_begins_as_mail_does_is_no_mail(tmp_path: Path) -> None:
    for text in (b"From: our correspondent\nDate: Monday\n\nThe ferry sails.\n", b"From Monday on, it will rain.\n\nThe ferry stays."):
        (record,) = records_of(tmp_path, "a.txt", text)
        assert isinstance(record, RawDocument)
        assert record.kind == "file"


def test_messages_without_text_and_with_odd_headers(tmp_path: Path) -> None:
    picture = b"From: a@b.c\nSubject: x\nMIME-Version: 1.0\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n"
    assert codes(records_of(tmp_path, "a.eml", picture)) == ["no_text"]
    odd = b"From: =?nonsense?Q?a?= <\nSubject: =?utf-8?B?!!!?= \xff\nDate: never\nMessage-ID: <\n"
    odd += b"Content-Type: text/plain; charset=nonsense\n\nRain.\n"
    (record,) = records_of(tmp_path, "b.eml", odd)
    assert (row(record)["text"], row(record)["published_at"]) == ("Rain.\n", "never")
    null = b"From: a@b.c\nSubject: =?utf\0-8?Q?Rain?= =?base64?Q?Wind?=\nMessage-ID: <1@b>\n\nSun.\n"
    (record,) = records_of(tmp_path, "d.eml", null)
    assert row(record)["title"] == "RainWind"
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000))
    assert codes(records_of(tmp_path, "c.eml", b"From: a@b.c\nSubject: x\nMIME-Version: 1.0\n" + deep)) == ["too_deep"]


PIECES = [
    b"From a@b Mon Mar  4 05:06:07 2024\n",
    b"From: a\n",
    b"Subject: =?utf-8?Q?=ff?=\n",
    b"MIME-Version: 1.0\n",
    b"\n",
    b"x",
    b"\xff",
    b"\0",
]
PIECES += [
    b"Content-Type: multipart/mixed; boundary=b\n",
    b"--b\n",
    b"--b--\n",
    b"Content-Transfer-Encoding: base64\n",
    b"Date: 1 Jan 99999 99:99\n",
]
PIECES += [b"Content-Type: text/plain; charset*=x''%ff\n", b"Content-Type: text/html\n", b"Message-ID: <1>\n"]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map(b"".join), st.sampled_from(["a.eml", "a.mbox"]))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_on_record(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    start = PIECES[0] if name == "a.mbox" else b"From: a@b\nMessage-ID: <1@b>\n"
    assert records_of(tmp_path_factory.getbasetemp(), name, start + data)
