"""What happens to clusters whose representative is outside of the window, and how standings become rows."""

from __future__ import annotations

import numpy as np

from pipeline.corpus.amending import Standing, amend
from pipeline.corpus.elders import ELDER_NODE, Elder, Elders, row_bases, to_corpus_nodes
from pipeline.corpus.settling import decide_known, settle
from pipeline.records import Decision, ShardRef

ELDERS = Elders(4, (Elder(2, "run2", "runs/run2", ()), Elder(3, "run3", "runs/run3", ())))
OLD = ELDER_NODE + (2 << 32)


def decide(node: int, doc_id: str, representative: str, table: str = "duplicates", size: int = 2, **more: object) -> Decision:
    return Decision(node, doc_id, table, "b", size, representative, "longest", relation="near_duplicate", jaccard=0.5, **more)  # type: ignore[arg-type]


def test_a_copy_of_a_document_outside_the_window_takes_its_new_copies_along() -> None:
    before = {OLD: Standing("duplicates", "a", 3, "a", "run1")}
    settled = settle([decide(OLD, "b", "b", "documents"), decide(7, "c", "b")], before, {"b", "c"})
    old, new = sorted(settled, key=lambda decision: -decision.node)
    assert (old.table, old.representative_id, old.cluster_id, old.cluster_size) == ("duplicates", "a", "a", 3)
    assert (new.table, new.representative_id, new.representative_run_id, new.cluster_id) == ("duplicates", "a", "run1", "a")
    assert new.cluster_size == 4
    assert new.jaccard is None
    assert amend([old], before, ELDERS, "run4") == {"supersedes": [], "retractions": []}


def test_a_representative_within_the_window_is_elected_against() -> None:
    before = {OLD: Standing("documents", "a", 3, "b", "run2")}
    settled = settle([decide(OLD, "b", "c"), decide(7, "c", "c", "documents")], before, {"b", "c"})
    stands = {(decision.table, decision.cluster_id, decision.cluster_size) for decision in settled}
    assert stands == {("duplicates", "a", 4), ("documents", "a", 4)}
    rows = amend([decision for decision in settled if decision.node == OLD], before, ELDERS, "run4")
    assert [(row["change"], row["run_id"], row["representative_run_id"]) for row in rows["supersedes"]] == [("replaced", "run2", "run4")]
    assert [(row["cause"], row["by_id"], row["by_run_id"]) for row in rows["retractions"]] == [("replaced", "c", "run4")]


def test_a_newer_version_is_a_correction_and_a_notice_a_kill() -> None:
    before = {OLD: Standing("documents", None, 1, None), OLD + 1: Standing("documents", None, 1, None)}
    corrected = Decision(OLD, "b", "duplicates", "b", 2, "c", "latest version", relation="corrected_by")
    killed = Decision(OLD + 1, "d", "removed", "d", 1, None, "taken back by e", filter="killed", removed_by="e")
    rows = amend([killed, corrected], before, ELDERS, "run4")
    assert [(row["doc_id"], row["cause"], row["by_id"]) for row in rows["retractions"]] == [("b", "corrected", "c"), ("d", "killed", "e")]
    again = amend([killed], {OLD + 1: Standing("removed", None, 0, None)}, ELDERS, "run4")
    assert again == {"supersedes": [], "retractions": []}


def test_who_stood_alone_and_still_does_needs_no_row() -> None:
    alone = Decision(OLD, "b", "documents", "b", 1, "b", "stands alone")
    assert amend([alone], {OLD: Standing("documents", None, 1, None)}, ELDERS, "run4")["supersedes"] == []
    split = amend([alone], {OLD: Standing("duplicates", "a", 2, "a", "run2")}, ELDERS, "run4")["supersedes"]
    assert [(row["change"], row["cluster_size"]) for row in split] == [("promoted", 1)]


def test_new_nodes_become_rows_of_their_run_and_old_ones_stay() -> None:
    refs = [ShardRef("", "b", 1, 0, 5, 5, ""), ShardRef("", "a", 0, 0, 3, 3, ""), ShardRef("", "a", 0, 3, 4, 4, "")]
    nodes = to_corpus_nodes(np.array([2, 5, (1 << 32) + 4, OLD + 9], np.uint64), row_bases(refs), 4)
    new = ELDER_NODE + (4 << 32)
    assert nodes.tolist() == [new + 2, new + 5, new + 11, OLD + 9]
    assert row_bases([]) == {}


def test_a_window_that_leaves_a_run_out_is_partial() -> None:
    assert ELDERS.is_partial
    assert not Elders(3, (Elder(1, "run1", "", ()), Elder(2, "run2", "", ()))).is_partial
    assert not Elders(1, ()).is_partial


def test_what_arrives_again_is_a_copy_of_itself_unless_it_was_taken_down() -> None:
    copy = decide_known(7, "b", "run2", Standing("documents", None, 1, None))
    assert (copy.table, copy.representative_id, copy.representative_run_id, copy.relation) == ("duplicates", "b", "run2", "exact_raw")
    gone = decide_known(7, "b", "run2", Standing("taken_down", None, 0, None))
    assert (gone.table, gone.filter, gone.representative_id) == ("removed", "taken_down", None)
