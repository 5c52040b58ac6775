"""What outlets do to a story, and what must not be taken for it."""

from __future__ import annotations

import itertools
import json
import random
import re
from pathlib import Path

import pytest
from dedup_desk import Doc, compare
from dedup_stories import join, market_report, sentence, story, variants, word


@pytest.mark.parametrize("seed", range(4))
def test_every_variant_joins_its_story_and_no_other(seed: int) -> None:
    docs = []
    for number in range(3):
        source = 10 * seed + number
        made = variants(story(source), story(1000 + source))
        docs += [Doc(f"{number} {kind}", text) for kind, text in {"source": join(story(source)), **made}.items()]
    clusters = compare(docs).clusters()
    assert clusters == [sorted(doc.name for doc in docs if doc.name.startswith(f"{number} ")) for number in range(3)]


@pytest.mark.parametrize("kind", sorted(variants(story(0), story(1))))
def test_each_variant_joins_its_source_alone(kind: str) -> None:
    made = variants(story(7), story(1007))
    outcome = compare([Doc("source", join(story(7))), Doc("copy", made[kind])])
    assert outcome.clusters() == [["copy", "source"]]


@pytest.mark.parametrize("paragraphs", [1, 2, 4, 12])
@pytest.mark.parametrize("words", [25, 40])
def test_a_shared_quotation_never_merges_two_stories(paragraphs: int, words: int) -> None:
    chance = random.Random(words)
    quote = " ".join(" ".join(sentence(chance) for _ in range(6)).split()[:words])
    docs = [Doc(f"{n}", join([*story(200 + n, paragraphs), f"“{quote},” she said.", *story(300 + n, paragraphs)])) for n in range(4)]
    assert compare(docs).clusters() == []


@pytest.mark.parametrize(("body", "standing"), [(1, 1), (2, 1), (6, 4)])
def test_releases_with_one_standing_end_stay_apart(body: int, standing: int) -> None:
    docs = [Doc(f"release {n}", join([*story(600 + n, body + 1), *story(99, standing)])) for n in range(4)]
    outcome = compare(docs)
    assert outcome.clusters() == []
    if body > 2:
        assert {row["relation"] for row in outcome.relations.to_pylist()} == {"derived_partial"}


@pytest.mark.parametrize("sentences", [1, 2, 4, 10, 25])
def test_fillings_of_one_template_stay_apart_with_evidence(sentences: int) -> None:
    docs = [Doc(f"day {n}", market_report(n, sentences)) for n in range(5)]
    outcome = compare(docs)
    assert outcome.clusters() == []
    if sentences >= 4:
        found = [row for row in outcome.relations.to_pylist() if row["relation"] == "same_template"]
        assert len(found) >= 4
        assert all("numbers" in row["evidence"] and not row["merges"] for row in found)


def test_a_template_that_is_copied_joins_its_own_filling_only() -> None:
    docs = [Doc(f"{n} {kind}", text) for n in range(3) for kind, text in (("a", market_report(n)), ("b", market_report(n).upper()))]
    assert compare(docs).clusters() == [["0 a", "0 b"], ["1 a", "1 b"], ["2 a", "2 b"]]


@pytest.mark.parametrize("slots", ["numbers", "names", "both"])
def test_a_filling_in_capitals_stays_apart_from_other_fillings(slots: str) -> None:
    """Capitals hide what is a name; the other text tells."""
    fillings = []
    for day in range(4):
        chance, words = random.Random(day), join(story(8, 4)).split(" ")
        for place in range(4, len(words), 8):
            number = slots == "numbers" or (slots == "both" and place % 16 == 4)
            words[place] = str(chance.randint(1, 9000)) if number else word(chance).title() + "co"
        fillings.append(" ".join(words))
    docs = [
        Doc(f"{n} {form}", text.upper() if form == "capitals" else text)
        for n, text in enumerate(fillings)
        for form in ("plain", "capitals")
    ]
    for first, second in itertools.permutations(range(4), 2):
        assert compare([docs[2 * first], docs[2 * second + 1]]).clusters() == []
    if slots != "names":  # two texts in capitals that differ in names alone look like one text with other words
        assert compare(docs).clusters() == [[f"{n} capitals", f"{n} plain"] for n in range(4)]


def test_copies_among_many_fillings_of_one_template_find_each_other() -> None:
    """Large buckets are not paired in full; each copy differs from its filling by one word."""
    docs = []
    for day in range(60):
        text = market_report(day, 8)
        docs += [Doc(f"{day:02d} wire", text), Doc(f"{day:02d} outlet", text.replace("closed at", "ended at", 1))]
    assert compare(docs).clusters() == [[f"{day:02d} outlet", f"{day:02d} wire"] for day in range(60)]


@pytest.mark.parametrize("fillings", [150, 400])
def test_what_a_filling_is_related_to_is_bounded(fillings: int) -> None:
    outcome = compare([Doc(f"{day}", market_report(day, 6)) for day in range(fillings)])
    assert outcome.clusters() == []
    assert outcome.relations.num_rows <= 30 * fillings


def test_one_figure_put_right_is_no_template() -> None:
    text = join(story(5))
    number = next(token for token in text.split() if token.isdigit())
    outcome = compare([Doc("old", text), Doc("new", text.replace(number, "77777", 1))])
    assert outcome.clusters() == [["new", "old"]]


def test_a_house_that_spells_figures_out_prints_a_copy() -> None:
    spelt = {str(n): f"{word(random.Random(n))}-odd" for n in range(1000)}
    text = join(story(6, 4))
    other = " ".join(spelt.get(token, token) for token in text.split(" "))
    assert compare([Doc("figures", text), Doc("words", other)]).clusters() == [["figures", "words"]]


def test_a_chain_of_overlapping_texts_is_not_swallowed() -> None:
    """Each text is half of the one before and half new: neighbours are copies, the ends share nothing."""
    blocks = [story(400 + n, 8) for n in range(9)]
    docs = [Doc(f"{n}", join([*blocks[n], *blocks[n + 1]])) for n in range(8)]
    outcome = compare(docs)
    for cluster in outcome.clusters():
        assert max(int(a) - int(b) for a, b in itertools.product(cluster, cluster)) <= 2
    assert all(d.relation is None or (d.jaccard or 0) >= 0.2 or (d.containment or 0) >= 0.4 for d in outcome.decisions)


def test_gold_documents_stay_three_clusters_and_their_variants_join_them(shared: Path) -> None:
    docs = []
    golds = {name: json.loads((shared / "gold" / f"{name}.json").read_text())["paragraphs"] for name in ("000", "001", "003")}
    for number, (name, paragraphs) in enumerate(golds.items()):
        docs.append(Doc(f"{name} source", join(paragraphs)))
        docs += [Doc(f"{name} {kind}", text) for kind, text in variants(paragraphs, story(number)).items()]
    assert compare([doc for doc in docs if doc.name.endswith("source")]).clusters() == []
    clusters = compare(docs).clusters()
    assert clusters == [sorted(doc.name for doc in docs if doc.name.startswith(name)) for name in golds]


def in_han(text: str) -> str:
    """The text with an invented character for every two letters, and no blanks, as Chinese prints it."""
    pairs = re.sub(r"[a-z]{1,2}", lambda found: chr(0x4E00 + sum(ord(c) * 97**i for i, c in enumerate(found[0])) % 9000), text.lower())
    return re.sub(r"[ .,]", "", pairs)


@pytest.mark.parametrize("share", [0.75, 0.5, 0.25])
def test_cuts_of_a_text_without_spaces_join_it(share: float) -> None:
    texts = [in_han(join(story(seed))) for seed in (1, 2)]
    docs = [Doc(f"{n} source", text) for n, text in enumerate(texts)]
    docs += [Doc(f"{n} cut", text[: round(share * len(text))]) for n, text in enumerate(texts)]
    assert compare(docs).clusters() == [["0 cut", "0 source"], ["1 cut", "1 source"]]


def test_full_width_figures_are_house_style() -> None:
    text = in_han(market_report(1))
    wide = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})
    assert compare([Doc("narrow", text), Doc("wide", wide), Doc("other day", in_han(market_report(2)))]).clusters() == [["narrow", "wide"]]


def test_arabic_figures_are_house_style() -> None:
    letters = {ord(c): 0x627 + i for i, c in enumerate("abcdefghijklmnopqrstuvwxyz")}
    text = market_report(1).lower().translate(letters)
    eastern = text.translate({ord(c): ord(c) - 48 + 0x660 for c in "0123456789"})
    assert compare([Doc("western", text), Doc("eastern", eastern)]).clusters() == [["eastern", "western"]]
