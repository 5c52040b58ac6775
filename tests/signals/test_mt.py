from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Evidence
from pipeline.signals import mt
from pipeline.text.evidence import DISCLAIMER, STRONG, STRUCTURAL, WEAK

EVIDENCE = st.lists(
    st.builds(
        Evidence, st.sampled_from("abcdefgh"), st.just(0), st.just(1), st.just(""), st.sampled_from([WEAK, STRONG, STRUCTURAL, DISCLAIMER])
    )
)


def strong(count: int) -> list[Evidence]:
    return [Evidence(f"kind{i}", 0, 1, "", STRONG) for i in range(count)]


def weak(count: int) -> list[Evidence]:
    return [Evidence(f"habit{i}", 0, 1, "", WEAK) for i in range(count)]


@pytest.mark.parametrize(
    ("evidence", "score"),
    [
        ([], 0.0),
        (strong(1), 0.35),
        (strong(2), 0.5775),
        (strong(7), 0.951),
        (weak(1), 0.08),
        (weak(20), 0.25),
        ([*strong(1), *weak(20)], 1 - 0.65 * 0.75),
        ([Evidence("explicit_disclaimer", 0, 1, "", DISCLAIMER)], 0.97),
        ([Evidence("structural", 0, 0, "", STRUCTURAL), *strong(1)], 0.935),
    ],
)
def test_scores(evidence: list[Evidence], score: float) -> None:
    assert mt.score(evidence) == pytest.approx(score, abs=5e-4)


@given(EVIDENCE, st.randoms())
def test_score_depends_on_the_set_of_kinds_only(evidence: list[Evidence], random: object) -> None:
    shuffled = list(evidence) * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert mt.score(shuffled) == mt.score(evidence)
    assert 0.0 <= mt.score(evidence) <= 1.0


@given(EVIDENCE, EVIDENCE)
def test_more_evidence_never_lowers_the_score(some: list[Evidence], more: list[Evidence]) -> None:
    assert mt.score([*some, *more]) >= mt.score(some) - 1e-12


def test_bands_and_what_follows() -> None:
    names = [mt.band(value) for value in (0.0, 0.19, 0.2, 0.49, 0.5, 0.89, 0.9, 1.0)]
    assert names == ["none", "none", "possible", "possible", "likely", "likely", "certain", "certain"]
    assert [mt.quotes_verbatim(name) for name in ("none", "possible", "likely", "certain")] == [None, None, False, False]
    assert mt.language_tag("pt-BR", "likely") == "pt-BR-t-t0-und"
