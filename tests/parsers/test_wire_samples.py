"""The standards body's own examples, read in place: what their files state is what comes out."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from golden_pairs import read

from pipeline.parsers import split_members
from pipeline.records import ParsedDocument


def _wire(shared: Path) -> Path:
    folder = shared / "wire"
    if not folder.is_dir():
        pytest.skip("the wire samples, ../shared/wire, are not here")
    return folder


def _items(path: Path) -> list[ParsedDocument]:
    data = path.read_bytes()
    members = split_members(data, path.name)
    return [read(m.data, path.name, member=m.member_id) for m in members] if members else [read(data, path.name)]


def test_ninjs_says_what_the_json_says(shared: Path) -> None:
    files = sorted(_wire(shared).glob("ninjs-*/*.json"))
    assert len(files) >= 30
    for path in files:
        stated = {key.lower(): value for key, value in json.loads(path.read_text(encoding="utf-8")).items()}
        (parsed,) = _items(path)
        metadata = parsed.metadata
        headlines = [h["value"] for h in stated.get("headlines", [])] or [stated.get("headline") or stated.get("title")]
        assert parsed.format == "ninjs", path.name
        assert (metadata.guid, metadata.version) == (stated["uri"], stated.get("version")), path.name
        assert metadata.title in [re.sub(r"\s+", " ", h).strip() for h in headlines], path.name
        assert metadata.modified_at == stated.get("versioncreated"), path.name
        assert metadata.language == stated.get("language"), path.name
        assert metadata.urgency == stated.get("urgency"), path.name
        assert metadata.pubstatus == stated.get("pubstatus", "usable"), path.name
        if stated.get("firstcreated"):
            assert metadata.published_at == stated["firstcreated"], path.name
        _check_body(path, stated, parsed)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", html.unescape(text)))


def _check_body(path: Path, stated: dict, parsed: ParsedDocument) -> None:
    bodies = [b["value"] for b in stated.get("bodies", [])] + [v for k, v in stated.items() if k.startswith("body_")]
    if not bodies:
        assert bool(parsed.source_text) == ("stub" in parsed.marks), path.name
        return
    plain = {_words(re.sub(r"<[^>]*>", " ", body)) for body in bodies}
    if parsed.source_text:
        assert any(_words(line) in body for body in plain for line in parsed.source_text.split("\n")[:1]), path.name
    paragraphs = max((len(re.findall(r"<p[ >]", body)) for body in bodies), default=0)
    if paragraphs > 1:
        assert len(parsed.source_text.split("\n")) >= paragraphs - 1, path.name
    assert "<" not in parsed.source_text or "&lt;" in "".join(bodies), path.name


def test_newsml_1_2_press_releases(shared: Path) -> None:
    for path in sorted((_wire(shared) / "newsml-1.2").glob("*.xml")):
        (parsed,) = _items(path)
        raw = path.read_text(encoding="utf-8")
        metadata = parsed.metadata
        assert metadata.guid == re.search(r"<PublicIdentifier>(.*?)<", raw)[1]  # type: ignore[index]
        assert metadata.version == "1"
        assert metadata.published_at == re.search(r"<FirstCreated>(.*?)<", raw)[1]  # type: ignore[index]
        assert metadata.language in ("en", "zh")
        assert metadata.title is not None
        lines = parsed.source_text.split("\n")
        assert len(lines) >= 5
        assert not any("{text-align" in line for line in lines)


def test_newsml_g2_text_document(shared: Path) -> None:
    (parsed,) = _items(_wire(shared) / "newsml-g2" / "LISTING_2_NewsML-G2_Text_Document.xml")
    metadata = parsed.metadata
    assert metadata.title == 'Fed to halt QE to avert "bubble"'
    assert (metadata.version, metadata.language, metadata.pubstatus) == ("11", "en-US", "usable")
    assert metadata.byline == ("Meredith Jameson, Staff Reporter",)
    assert len(parsed.source_text.split("\n")) == 2
    assert metadata.modified_at == "2018-11-21T16:25:32-05:00"
    assert metadata.published_at is None  # version 11 does not say when the first one was made


def test_newsml_g2_other_items(shared: Path) -> None:
    folder = _wire(shared) / "newsml-g2"
    (photo,) = _items(folder / "LISTING_3_Photo_in_NewsML-G2.xml")
    assert (photo.metadata.item_type, photo.source_text) == ("picture", "")
    (package,) = _items(folder / "LISTING_6_Simple_NewsML-G2_Package.xml")
    assert package.metadata.item_type == "composite"
    message = split_members((folder / "LISTING_24_News_Message_conveying_a_complete_News_Package.xml").read_bytes(), "m.xml")
    assert message is not None
    assert [m.member_id for m in message[-4:]] == ["N1", "N2", "N3", "N4"]


def test_the_notes_to_editors_are_never_text(shared: Path) -> None:
    (item,) = _items(_wire(shared) / "newsml-g2" / "LISTING_1_A_NewsML-G2_News_Item.xml")
    assert item.metadata.editor_notes[0].startswith("Note to editors")
    assert "STRICTLY EMBARGOED" not in item.source_text
    assert item.metadata.embargoed_until == "2018-10-23T12:00:00Z"
