"""Correct text comes out as it went in, with no evidence and no flag."""

from __future__ import annotations

from pathlib import Path

import pytest
from clean_news import CLEAN, run_all

from pipeline.text.words import count_words


@pytest.mark.parametrize("language", sorted(CLEAN))
@pytest.mark.parametrize("translated", [False, True])
def test_correct_text_is_left_alone(language: str, translated: bool) -> None:
    text = "\n\n".join(paragraph.strip() for paragraph in CLEAN[language])
    state = run_all(text, language, translated=translated)
    assert [(edit.rule, edit.before, edit.after) for edit in state.edits] == []
    assert state.flags == ()
    assert {item.kind for item in state.mt_evidence} == ({"structural"} if translated else set())


@pytest.mark.parametrize("language", sorted(CLEAN))
def test_correct_text_is_left_alone_when_nobody_knows_its_language(language: str) -> None:
    text = "\n\n".join(paragraph.strip() for paragraph in CLEAN[language])
    assert run_all(text, None).edits == ()


def test_real_documents_without_damage_are_left_alone(shared: Path) -> None:
    for name in ("000_adfbd3856ad18d7a.txt", "001_a9446b9d4d20d5fe.txt"):
        text = (shared / "seeds" / name).read_text(encoding="utf-8")
        state = run_all(text, "en")
        assert {edit.kind for edit in state.edits} <= {"layout"}
        assert (state.flags, state.mt_evidence) == ((), ())


def test_false_repairs_per_million_words(capsys: pytest.CaptureFixture[str]) -> None:
    """The clean paragraphs in many orders: what stands beside a paragraph must not make it look damaged."""
    words = repairs = 0
    for language, paragraphs in sorted(CLEAN.items()):
        paragraphs = tuple(paragraph.strip() for paragraph in paragraphs)
        # The one paragraph that leaves its quotation open is right only before the one that goes on with it.
        units = [p if not p.endswith("“Nobody.") else None for p in paragraphs]
        joined = [unit if unit else f"{paragraphs[i]}\n\n{paragraphs[i + 1]}" for i, unit in enumerate(units)]
        for turn in range(len(joined)):
            text = "\n\n".join(joined[turn:] + joined[:turn])
            words += count_words(text)
            repairs += len(run_all(text, language, translated=True).edits)
    with capsys.disabled():
        print(f"\nfalse repairs: {repairs} in {words} words, {repairs / words * 1e6:.1f} a million")
    assert repairs == 0
