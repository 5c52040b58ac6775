from __future__ import annotations

import json
import time

import pytest
from golden_pairs import read

from pipeline.errors import DocumentError
from pipeline.parsers import split_members

ITEM = "<item><title>T{n}</title><guid>g{n}</guid><description>d</description></item>"


def _feed(*items: str) -> bytes:
    return ('<?xml version="1.0"?><rss version="2.0"><channel><title>P</title>' + "".join(items) + "</channel></rss>").encode()


@pytest.mark.parametrize(
    "data",
    [
        b"plain text",
        b"<!DOCTYPE html><p>a</p>",
        b"<nitf><body/></nitf>",
        b'{"text": "a"}',
        b"<DOC><TEXT>a</TEXT></DOC>",
        b"",
        b"[]",
        b"<p>[{}]</p>",
        b"[not json]x",
    ],
)
def test_one_document_is_not_split(data: bytes) -> None:
    found = split_members(data, "x")
    assert found is None or len(found) == 1


def test_ids_are_unique_and_stable() -> None:
    data = _feed(*(ITEM.format(n=n) for n in (1, 2, 1, 1)), "<item><title>no id</title></item>")
    first = split_members(data, "x")
    assert first is not None
    assert [m.member_id for m in first] == ["g1", "g2", "g1#2", "g1#3", "5"]
    assert split_members(data, "other") == first


def test_a_broken_entry_costs_itself_alone() -> None:
    members = split_members(_feed(ITEM.format(n=1), "<item><title>a < b & </titel></item>", ITEM.format(n=3)), "x")
    assert members is not None
    codes = []
    for member in members:
        try:
            codes.append(read(member.data).metadata.guid)
        except DocumentError as error:
            codes.append(error.code)
    assert codes == ["g1", "bad_xml", "g3"]


def test_a_cut_feed_keeps_what_came_before_the_cut() -> None:
    data = _feed(*(ITEM.format(n=n) for n in range(1, 6)))
    members = split_members(data[: data.index(b"<title>T4") + 5], "x")
    assert members is not None
    assert [m.member_id for m in members[:3]] == ["g1", "g2", "g3"]
    with pytest.raises(DocumentError):
        read(members[3].data)


def test_end_tags_in_cdata_do_not_end_an_entry() -> None:
    text = "<item><guid>a</guid><description><![CDATA[<p>write </item> so</p>]]></description></item>"
    members = split_members(_feed(text, ITEM.format(n=2)), "x")
    assert members is not None
    assert [m.member_id for m in members] == ["a", "g2"]
    assert read(members[0].data).source_text == "write so"


def test_the_same_entry_has_the_same_bytes_in_two_deliveries() -> None:
    one = _feed("<lastBuildDate>Mon, 20 Mar 2023</lastBuildDate>", ITEM.format(n=1), ITEM.format(n=2))
    two = _feed("<lastBuildDate>Tue, 21 Mar 2023</lastBuildDate>", ITEM.format(n=3), ITEM.format(n=1))
    first, second = split_members(one, "x"), split_members(two, "x")
    assert first is not None
    assert second is not None
    assert first[0] == second[1]


def test_an_array_is_its_objects_and_a_broken_one_ends_it() -> None:
    members = split_members(b' [ {"id": "a", "text": "1"} , 5, {"text": "2"}, {"text": oops}, {"text": "3"} ]', "x.json")
    assert members is not None
    assert [m.member_id for m in members] == ["a", "2", "3", "4"]
    assert read(members[0].data).source_text == "1"
    for member, code in ((members[1], "not_an_object"), (members[3], "bad_json")):
        with pytest.raises(DocumentError) as caught:
            read(member.data, media_type=member.media_type)
        assert caught.value.code == code


def test_a_feed_reached_as_one_document_is_refused_not_shortened() -> None:
    with pytest.raises(DocumentError) as caught:
        read(_feed(ITEM.format(n=1), ITEM.format(n=2)))
    assert caught.value.code == "several_documents"


def test_items_of_an_interface_response() -> None:
    entries = [{"item": {"uri": f"u{n}", "altids": {"itemid": f"i{n}"}, "headline": f"H{n}", "version": 1}} for n in (1, 2)]
    members = split_members(json.dumps({"api_version": "1", "data": {"items": entries}}).encode(), "x")
    assert members is not None
    assert [m.member_id for m in members] == ["i1", "i2"]
    assert read(members[1].data).metadata.title == "H2"


def test_wire_messages_in_a_row() -> None:
    message = "\x01abc{n:03} 4 pl 20\r\nslug/\r\n\x02Head {n}\r\n   Text é {n}.\r\n\x03201030 Mar 23\r\n\x04\r\n"
    data = "".join(message.format(n=n) for n in (1, 2, 3)).encode("latin-1")
    members = split_members(data, "wire")
    assert members is not None
    texts = [read(m.data, media_type=m.media_type).source_text for m in members]
    assert texts == ["Text é 1.", "Text é 2.", "Text é 3."]


def test_newswire_documents_keep_their_bytes() -> None:
    data = b"".join(b"<DOC>\n<DOCNO> X-%d </DOCNO>\n<TEXT>\nCaf\xe9 %d & more\n</TEXT>\n</DOC>\n" % (n, n) for n in (1, 2))
    members = split_members(data, "x")
    assert members is not None
    assert [m.member_id for m in members] == ["X-1", "X-2"]
    assert all(m.data in data for m in members)
    assert read(members[1].data, media_type=members[1].media_type).source_text == "Café 2 & more"


@pytest.mark.parametrize("indent", [None, 1])
def test_a_damaged_element_of_an_array_costs_itself(indent: int | None) -> None:
    rows = [{"id": f"x{n}", "text": "The ferry sails.", "pictures": [{"id": "p", "alt": "a"}, {"id": "q", "alt": "b"}]} for n in range(5)]
    text = json.dumps(rows, indent=indent)
    at = text.index('"x2"')
    data = (text[:at] + "\x00}{" + text[at + 4 :]).encode()
    found = split_members(data, "a.json")
    assert found is not None
    assert [m.member_id for m in found] == ["x0", "x1", "3", "x3", "x4"]
    assert [json.loads(m.data) for m in found if m.member_id != "3"] == [*rows[:2], *rows[3:]]


def test_an_array_that_is_damaged_without_end_costs_little() -> None:
    started = time.process_time()
    found = split_members(b'[{"id": "a", "text": "b"}, ' + b'{"id": {}, {}, ' * 50_000, "a.json")
    assert found is not None
    assert time.process_time() - started < 2


def test_zeros_within_one_document_of_many_cost_that_one() -> None:
    data = _feed(*(ITEM.format(n=n) for n in range(30)))
    at = data.index(b"<title>T3</title>")
    found = split_members(data[:at] + bytes(2000) + data[at:], "x")
    assert found is not None
    assert [m.member_id for m in found] == [f"g{n}" for n in range(30)]
    assert [b"\0" in m.data for m in found].count(True) == 1


def test_a_lost_end_tag_costs_its_element() -> None:
    items = [ITEM.format(n=n) for n in range(30)]
    for lost in (0, 7, 29):
        broken = [*items[:lost], items[lost].replace("</item>", "<?tem>"), *items[lost + 1 :]]
        found = split_members(_feed(*broken), "x")
        assert found is not None
        assert [m.member_id for m in found] == [f"g{n}" for n in range(30)]


def test_start_tags_without_end_cost_little() -> None:
    started = time.process_time()
    assert split_members(_feed(*["<item><guid>a</guid>"] * 20_000), "x")
    assert time.process_time() - started < 3


def test_a_newswire_document_whose_start_tag_is_damaged_is_on_record() -> None:
    docs = [f"<DOC>\n<DOCNO> {n} </DOCNO>\n<TEXT>\n<P>The ferry {n} sails.</P>\n</TEXT>\n</DOC>\n" for n in range(4)]
    whole = split_members("".join(docs).encode() + b"</DOCS>\n", "x")
    assert whole is not None
    assert [m.member_id for m in whole] == ["0", "1", "2", "3"]
    docs[2] = docs[2].replace("<DOC>", "<D\0C>")
    found = split_members("".join(docs).encode(), "x")
    assert found is not None
    assert [b"ferry 2 sails" in m.data for m in found] == [False, False, True, False]
    assert len({m.member_id for m in found}) == 4
