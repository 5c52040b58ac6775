from __future__ import annotations

import random
import time
from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
from dedup_desk import CONFIG, Doc, Reader, compare, sketches
from dedup_stories import cut, house_style, join, market_report, misread, story
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import DedupConfig
from pipeline.dedup.clusters import Forest, resolve
from pipeline.dedup.relations import RELATION_SCHEMA, relate
from pipeline.records import Decision, Metadata

edges = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), max_size=50)


def components(pairs: list[tuple[int, int]]) -> dict[int, int]:
    """The smallest node of each node's component, by the slow way."""
    smallest = {node: node for pair in pairs for node in pair if pair[0] != pair[1]}
    for _ in smallest:
        for a, b in pairs:
            if a != b:
                smallest[a] = smallest[b] = min(smallest[a], smallest[b])
    return smallest


def array(pairs: list[tuple[int, int]]) -> np.ndarray:
    return np.array(pairs, np.uint64).reshape(-1, 2)


@given(edges, st.integers(1, 5), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_a_forest_is_the_same_however_its_edges_arrive(pairs: list[tuple[int, int]], parts: int, chance: random.Random) -> None:
    whole = Forest()
    whole.add(array(pairs))
    nodes, roots = whole.assignments()
    assert dict(zip(nodes.tolist(), roots.tolist(), strict=True)) == components(pairs)
    mixed = chance.sample(pairs, len(pairs))
    forests = [Forest() for _ in range(parts)]
    for i, pair in enumerate(mixed):
        forests[i % parts].add(array([pair[:: chance.choice((1, -1))]]))
    merged = Forest()
    for forest in forests:
        if chance.random() < 0.5:
            forest.compact()
        merged.merge(Forest.from_bytes(forest.to_bytes()) if chance.random() < 0.5 else forest)
    assert merged.to_bytes() == whole.to_bytes()


def test_an_empty_forest_has_no_nodes() -> None:
    assert Forest().to_bytes() == b""
    assert [len(part) for part in Forest.from_bytes(b"").assignments()] == [0, 0]


def test_a_forest_stays_as_small_as_its_nodes() -> None:
    forest = Forest()
    chance = np.random.RandomState(1)
    for _ in range(50):
        forest.add(chance.randint(0, 1000, (5000, 2)).astype(np.uint64))
    assert len(forest.to_bytes()) <= 1000 * 16


def test_a_long_chain_is_one_component() -> None:
    forest = Forest()
    nodes = np.arange(200_000, dtype=np.uint64)
    forest.add(np.stack((nodes[:-1], nodes[1:]), axis=1))
    assert set(forest.assignments()[1].tolist()) == {0}


def stories() -> list[Doc]:
    texts = {
        "plain": join(story(1)),
        "house": house_style(join(story(1))),
        "half": cut(join(story(1)), 0.5),
        "bad": misread(join(story(1)), 0.02),
    }
    docs = [Doc(name, text) for name, text in texts.items()]
    docs += [Doc(f"copy {n}", join(story(1)), Metadata(publisher=f"Post {n}", published_at=f"2024-05-0{n + 1}")) for n in range(4)]
    docs += [Doc(f"v{n}", join([*story(50 + n)[:3], *story(9)[3:]]), Metadata(guid="urn:a:9", version=str(n))) for n in range(1, 4)]
    docs += [
        Doc("notice", "Please kill.", Metadata(guid="urn:k:1", version="2", version_marker="KILL", text_agency=("ABC",)), removed=True)
    ]
    docs += [Doc("killed", join(story(20)), Metadata(guid="urn:k:1", version="1", text_agency=("ABC",)))]
    docs += [Doc("carrier 1", join(story(20)), Metadata(publisher="Post", text_agency=("ABC",)))]
    docs += [Doc("carrier 2", house_style(join(story(20))), Metadata(publisher="Mail", text_agency=("ABC",)))]
    docs += [Doc(f"report {n}", market_report(n)) for n in range(3)]
    docs += [Doc("alone", join(story(99))), Doc("alert", "Bridge closed"), Doc("alert too", "BRIDGE CLOSED.")]
    # A chain: neighbours share half, the ends nothing.
    blocks = [story(400 + n, 8) for n in range(6)]
    return docs + [Doc(f"link {n}", join([*blocks[n], *blocks[n + 1]])) for n in range(5)]


def told(decisions: list[Decision]) -> dict[str, tuple[object, ...]]:
    return {
        d.doc_id: (d.table, d.cluster_id, d.cluster_size, d.representative_id, d.reason, d.relation, d.jaccard, d.carried_by, d.removed_by)
        for d in decisions
    }


@pytest.mark.parametrize("seed", range(6))
def test_decisions_do_not_depend_on_order_or_sharding(seed: int) -> None:
    docs = stories()
    expected = compare(docs)
    chance = random.Random(seed)
    found = compare(chance.sample(docs, len(docs)), shards=chance.randint(1, 7))
    assert told(found.decisions) == told(expected.decisions)
    plain = [name for name in RELATION_SCHEMA.names if not name.endswith("_node")]
    rows = [sorted(map(str, outcome.relations.select(plain).to_pylist())) for outcome in (found, expected)]
    assert rows[0] == rows[1]


@given(st.sets(st.integers(0, 29)))
@settings(max_examples=12)
def test_documents_that_do_not_touch_a_cluster_do_not_change_it(left_out: set[int]) -> None:
    """Leaving out whole stories leaves the decisions about the others as they are."""
    docs = stories()
    touching = defaultdict(set)
    expected = compare(docs)
    for decision in expected.decisions:
        touching[decision.cluster_id].add(decision.doc_id)
    gone = {docs[i].doc_id for i in left_out if i < len(docs) and docs[i].name.startswith(("report", "alone", "alert", "copy"))}
    for members in touching.values():
        if members & gone:
            gone |= members
    kept = [doc for doc in docs if doc.doc_id not in gone]
    assert told(compare(kept).decisions) == {key: value for key, value in told(expected.decisions).items() if key not in gone}


def test_the_cluster_is_named_after_its_smallest_member_and_lists_its_carriers() -> None:
    outcome = compare(stories())
    best = next(d for d in outcome.decisions if d.table == "documents" and outcome.names[d.doc_id].startswith("copy"))
    members = [d for d in outcome.decisions if d.cluster_id == best.cluster_id]
    assert best.cluster_id == min(d.doc_id for d in members)
    assert {d.cluster_size for d in members} == {len(members)} == {8}
    assert outcome.names[best.doc_id] == "copy 0"
    assert (best.reason, best.relation) == ("earliest", None)
    assert [carrier.relation for carrier in best.carried_by][:4] == ["representative", "exact_text", "exact_text", "exact_text"]
    assert [carrier.publisher for carrier in best.carried_by][:4] == ["Post 0", "Post 1", "Post 2", "Post 3"]
    assert {carrier.doc_id for carrier in best.carried_by} == {d.doc_id for d in members}
    assert all(not d.carried_by for d in members if d is not best)
    half = outcome.of("half")
    assert half is not None
    assert (half.relation, half.containment) == ("contained_in", 1.0)
    assert 0.4 < (half.containment_of_representative or 0) < 0.6


def test_the_newest_version_stands_for_its_series() -> None:
    outcome = compare(stories())
    assert [(outcome.of(f"v{n}").table, outcome.of(f"v{n}").relation) for n in (1, 2, 3)] == [
        ("duplicates", "updated_by"),
        ("duplicates", "updated_by"),
        ("documents", None),
    ]
    assert outcome.of("v3").reason == "latest version"


def test_a_kill_takes_its_story_and_leaves_the_carriers() -> None:
    outcome = compare(stories())
    killed, notice = outcome.of("killed"), next(doc for doc in stories() if doc.name == "notice")
    assert (killed.table, killed.filter, killed.removed_by, killed.representative_id) == ("removed", "killed", notice.doc_id, None)
    assert outcome.of("notice") is None
    assert ["carrier 1", "carrier 2"] in outcome.clusters()


def test_a_kill_takes_every_version_from_that_source() -> None:
    text, rewritten = join(story(20)), join([*story(21)[:4], *story(20)[4:]])
    docs = [
        Doc("notice", "Please kill.", Metadata(guid="urn:k:1", version="5", text_agency=("ABC",)), removed=True),
        Doc("v1", text, Metadata(guid="urn:k:1", version="1", text_agency=("ABC",))),
        Doc("v2", rewritten, Metadata(guid="urn:k:1", version="2", text_agency=("ABC",))),
        Doc("resent", house_style(text), Metadata(guid="urn:k:7", text_agency=("ABC",))),
        Doc("v6", join([*story(22)[:5], *story(20)[5:]]), Metadata(guid="urn:k:1", version="6", text_agency=("ABC",))),
        Doc("outlet", text, Metadata(publisher="Post", text_agency=("ABC",))),
    ]
    outcome = compare(docs)
    assert sorted(outcome.names[d.doc_id] for d in outcome.decisions if d.filter == "killed") == ["resent", "v1", "v2"]
    assert outcome.clusters() == [["outlet", "v6"]]


def test_a_translation_does_not_stand_for_its_original() -> None:
    docs = [Doc("original", cut(join(story(3)), 0.8)), Doc("machine", join(story(3)), mt_band="likely", flags=("x",))]
    outcome = compare(docs)
    assert outcome.of("original").table == "documents"
    assert outcome.of("original").reason == "not machine-translated"


def test_members_that_do_not_hold_form_clusters_of_their_own() -> None:
    """A collage of two stories links their copies; each story still has its own cluster."""
    docs = [Doc(f"a {n}", join(story(1)), Metadata(publisher=str(n))) for n in range(3)]
    docs += [Doc(f"b {n}", house_style(join(story(2)))) for n in range(3)]
    docs += [Doc("collage", join([*story(1)[:6], *story(2)[6:]]))]
    outcome = compare(docs)
    clusters = outcome.clusters()
    assert len(clusters) == 2
    assert sorted(name for cluster in clusters for name in cluster if name != "collage") == ["a 0", "a 1", "a 2", "b 0", "b 1", "b 2"]
    assert all(len({name[0] for name in cluster} - {"c"}) == 1 for cluster in clusters)


def test_scores_that_were_missing_are_computed_and_put_on_record() -> None:
    docs = [Doc("whole", join(story(1))), Doc("first", cut(join(story(1)), 0.5)), Doc("most", cut(join(story(1)), 0.8))]
    table = sketches(docs)
    reader = Reader(table)
    known = relate(table.slice(1, 1), table.slice(2, 1), CONFIG)
    known = pa.concat_tables([known, relate(table.slice(0, 1), table.slice(2, 1), CONFIG)])
    decisions, computed = resolve(np.asarray(table.column("node")), known, reader, DedupConfig(policy="longest"))
    assert len(decisions) == 3
    assert [{row["a_node"], row["b_node"]} for row in computed.to_pylist()] == [{0, 1}]


def test_what_the_others_were_made_from_stands_for_them_even_where_a_copy_is_longer() -> None:
    """An outlet's own lead replaces most of what a brief keeps, so the brief holds against the original only."""
    paragraphs = story(5)
    docs = [Doc(f"original {n}", join(paragraphs), Metadata(published_at="2024-05-05")) for n in range(2)]
    docs += [Doc("own lead", join([*story(6), *paragraphs[4:]]), Metadata(published_at="2024-05-04")), Doc("brief", join(paragraphs[:4]))]
    outcome = compare(docs)
    assert outcome.clusters() == [["brief", "original 0", "original 1", "own lead"]]
    assert {d.reason for d in outcome.decisions} == {"smallest id"}
    assert next(d for d in outcome.decisions if d.table == "documents").doc_id in {doc.doc_id for doc in docs[:2]}


def test_several_components_resolve_in_one_call_as_in_several() -> None:
    docs = stories()
    table = sketches(docs)
    reader = Reader(table)
    nodes = np.asarray(table.column("node"))
    a, b = np.triu_indices(len(docs), 1)
    relations = relate(table.take(pa.array(a)), table.take(pa.array(b)), CONFIG)
    merging = np.asarray(relations.column("merges"), dtype=bool)
    forest = Forest()
    sides = [np.asarray(relations.column(name)) for name in ("a_node", "b_node")]
    forest.add(np.stack(sides, axis=1)[merging])
    members, roots = forest.assignments()
    singly = []
    for root in np.unique(roots):
        part = members[roots == root]
        inside = np.isin(sides[0], part) & np.isin(sides[1], part)
        singly += resolve(part, relations.filter(pa.array(inside)), reader, CONFIG)[0]
    together, _ = resolve(nodes, relations, reader, CONFIG)
    assert told(together) == told(singly)


@pytest.mark.slow
def test_a_hundred_thousand_copies_are_one_cluster() -> None:
    count = 100_000
    one = sketches([Doc("one", join(story(1)))])
    ids = [f"{n:032x}" for n in range(count)]
    table = one.select(
        [name for name in one.column_names if not name.startswith(("band_", "signature", "shingles", "words", "doc_id", "node"))]
    )
    table = table.take(pa.array(np.zeros(count, np.int64)))
    table = table.append_column("doc_id", pa.array([bytes.fromhex(i) for i in ids], pa.binary(16)))

    class Many:
        def rows(self, nodes: np.ndarray, columns: list[str]) -> pa.Table:
            return table.select(columns).append_column("node", pa.array(nodes))

    rest = count - 1
    sides = [np.zeros(rest, np.uint64), np.arange(1, count, dtype=np.uint64), [ids[0]] * rest, ids[1:]]
    scores = [np.ones(rest, np.float32)] * 3
    star = pa.table([*sides, ["exact_text"] * rest, [True] * rest, *scores, [""] * rest], schema=RELATION_SCHEMA)
    start = time.process_time()
    decisions, computed = resolve(np.arange(count, dtype=np.uint64), star, Many(), CONFIG)  # type: ignore[arg-type]
    assert time.process_time() - start < 20
    assert len(decisions) == decisions[0].cluster_size == count
    assert computed.num_rows == 0
    assert sum(d.table == "documents" for d in decisions) == 1


@pytest.mark.parametrize("policy", ["default", "earliest", "longest", "latest_version", "wire_original"])
def test_every_policy_yields_whole_clusters(policy: str) -> None:
    outcome = compare(stories(), DedupConfig(policy=policy))
    by_cluster = defaultdict(list)
    for decision in outcome.decisions:
        if decision.filter is None:
            by_cluster[decision.cluster_id].append(decision)
    for members in by_cluster.values():
        best = [d for d in members if d.table == "documents"]
        assert len(best) == 1
        assert {d.representative_id for d in members} == {best[0].doc_id}
        assert len(members) == best[0].cluster_size == len(best[0].carried_by)
        assert all(d.relation and d.jaccard is not None for d in members if d is not best[0])
