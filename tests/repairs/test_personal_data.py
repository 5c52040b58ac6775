from __future__ import annotations

import pytest
from clean_news import CLEAN, run_all

from pipeline import provenance
from pipeline.config import RepairConfig

ON = RepairConfig(mask_personal_data=True)

MASKED = {
    "Write to ana.ruiz+news@harbour.example.org today.": "Write to [e-mail] today.",
    "Write to <ana@harbour.example>, or b_c@d-e.example.": "Write to <[e-mail]>, or [e-mail].",
    "Call +44 20 7946 0123 or +1 (202) 555-0143 now.": "Call [phone] or [phone] now.",
    "Tel. 020 7946 0123, or (202) 555-0143, or 202-555-0143.": "Tel. [phone], or [phone], or [phone].",
    "Тел. 8 495 123-45-67": "Тел. [phone]",
}

KEPT = (
    "On 2023-03-20 the score was 123-456, and 1,250,000 people saw 3.141.592.653 things at 10:30.",
    "ISBN 978-3-16-148410-0, IP 192.168.100.101, $185 billion, 2010-2023, No. 1234567890, +5 percent, +3.5.",
    "@ana_ruiz wrote to ana@home and cited a@b; 3@4.",
    "Flight AB-202-555-01439 left.",
)


@pytest.mark.parametrize("text", MASKED)
def test_addresses_and_numbers_are_masked(text: str) -> None:
    state = run_all(text, "en", config=ON)
    assert state.text == MASKED[text]
    assert provenance.undo(state.text, state.edits) == text


@pytest.mark.parametrize("text", [*KEPT, *(p for paragraphs in CLEAN.values() for p in paragraphs)])
def test_other_figures_stay(text: str) -> None:
    assert [edit for edit in run_all(text, None, config=ON).edits if edit.rule == "personal_data"] == []


@pytest.mark.parametrize("text", MASKED)
def test_nothing_is_masked_unless_asked_for(text: str) -> None:
    assert run_all(text, "en").text == text
