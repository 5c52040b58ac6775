from __future__ import annotations

import numpy as np
import pytest
from repetition_desk import CONFIG, SITE, count, join, make_text, pack, paragraph, story

from pipeline.config import RepetitionConfig
from pipeline.repetition.counting import RecurringLines, count_lines
from pipeline.repetition.keys import HEAD, TAIL, line_key, site_key
from pipeline.repetition.stories import group_stories
from pipeline.text.lines import split_lines


def key(line: str) -> int | None:
    return line_key(split_lines(line)[0], site_key(SITE))


def with_label(number: int) -> str:
    return make_text([*story(number), "Fnord zabble"])


def test_a_label_at_the_end_of_many_stories_recurs() -> None:
    recurring = count([with_label(number) for number in range(30)])
    found = recurring.find(key("Fnord zabble"))
    assert found is not None
    assert (found.stories, found.texts, found.tail, found.site_documents) == (30, 30, 30, 30)
    assert found.keeps_to(TAIL) == 1
    assert found.keeps_to(HEAD) == 0
    assert len(recurring) == 1


def test_case_and_house_typography_do_not_make_another_line() -> None:
    lines = ("It’s fnord", "IT'S  FNORD", "it’s fnord")
    found = count([make_text([*story(n), lines[n % 3]]) for n in range(30)]).find(key("It's fnord"))
    assert found is not None
    assert found.stories == 30


@pytest.mark.parametrize(("documents", "labels"), [(19, 19), (30, 4)])
def test_small_sites_and_few_documents_say_nothing(documents: int, labels: int) -> None:
    assert len(count([with_label(n) if n < labels else make_text(story(n)) for n in range(documents)])) == 0


def test_the_threshold_grows_with_the_site() -> None:
    texts = [with_label(n) if n < 8 else make_text(story(n)) for n in range(100)]
    assert len(count(texts, RepetitionConfig(min_site_documents=20, min_documents=5, min_share=0.05))) == 1
    assert len(count(texts, RepetitionConfig(min_site_documents=20, min_documents=5, min_share=0.1))) == 0


def test_copies_of_one_text_count_once() -> None:
    assert len(count([*[with_label(1)] * 40, *(make_text(story(n)) for n in range(30))])) == 0


def test_versions_of_one_story_count_once_however_far_it_moves() -> None:
    body = story(1, 8)
    versions = []
    for number in range(24):
        body = [*body]
        body[number % 8] = paragraph(10_000 + number)
        versions.append(make_text([*body, "Vostok", "Melin"]))
    others = [make_text(story(n, 8)) for n in range(2, 60)]
    assert len(count([*versions, *others])) == 0


def test_a_long_notice_does_not_make_short_stories_one() -> None:
    notice = paragraph(7, 60)
    recurring = count([make_text([*story(n, 2), notice, "Fnord zabble"]) for n in range(40)])
    found = recurring.find(key("Fnord zabble"))
    assert found is not None
    assert found.stories == 40


def test_sites_do_not_mix() -> None:
    shards = [pack([with_label(n) for n in range(30)], SITE), pack([with_label(n) for n in range(100, 104)], "other.example")]
    documents, lines = join(shards)
    table = count_lines(documents, lines, CONFIG)
    assert table.num_rows == 1
    assert table["stories"].to_pylist() == [30]


def test_order_shards_and_partitions_do_not_matter() -> None:
    texts = [make_text([*story(n), *(["Fnord zabble"] if n % 2 else []), "Zib", "Quux morf"]) for n in range(60)]
    whole = count(texts)
    rng = np.random.default_rng(5)
    for pieces in (1, 3, 7):
        order = rng.permutation(len(texts))
        documents, lines = join([pack([texts[i] for i in part]) for part in np.array_split(order, pieces)])
        tables = [count_lines(documents, lines, CONFIG, number, 4) for number in range(4)]
        assert sum(table.num_rows for table in tables) == len(whole) == 3
        assert RecurringLines(tables[::-1]).name == whole.name


def test_rows_with_recurring_lines_are_found() -> None:
    texts = [make_text([*story(n), *(["Fnord zabble"] if n % 3 == 0 else [])]) for n in range(60)]
    documents, lines = pack(texts)
    recurring = RecurringLines([count_lines(documents, [lines], CONFIG)])
    assert recurring.rows_with(lines.keys, lines.offsets).tolist() == list(range(0, 60, 3))


def test_no_documents_have_no_stories() -> None:
    empty = np.empty(0, np.int64)
    assert group_stories(empty, empty, np.empty((0, 16), np.uint32)).tolist() == []
