"""Tags go where the whole text is set in HTML; texts about HTML, comparisons and code keep every character."""

from __future__ import annotations

import pytest
from clean_news import run_all
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import provenance

ONE = "The ferry Aurora left the harbour of Bergen at noon on Tuesday with 212 people on board."
TWO = "Harbour master Nils Dahl said the crew had checked the engine twice before departure."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"<p>{ONE}</p><p>{TWO}</p>", f"{ONE}\n\n{TWO}"),
        (f"<p>{ONE}</p>\n<p>{TWO}</p>\n", f"{ONE}\n\n{TWO}"),
        (f"{ONE}<br><br>{TWO}", f"{ONE}\n\n{TWO}"),
        (f"{ONE}<br />\n{TWO}<br />", f"{ONE}\n\n{TWO}"),
        (f"<P>{ONE}<P>{TWO}", f"{ONE}\n\n{TWO}"),
        (ONE.replace("Aurora", "<i>Aurora</i>").replace("Bergen", "<b>Bergen</b>"), ONE),
        (TWO.replace("Nils Dahl", '<a href="https://dahl.example/?a=1&amp;b=2" target=_blank>Nils Dahl</a>'), TWO),
        (f"<div class='story'>{ONE}</div><!-- box --><script>var a = 1 < 2;</script><div>{TWO}</div>", f"{ONE}\n\n{TWO}"),
        (f"<p>{ONE.replace('noon', 'noon &ndash; or one &ndash;')}</p>", ONE.replace("noon", "noon – or one –")),
        ("<ul><li>One boat</li><li>Two boats</li></ul>", "One boat\n\nTwo boats"),
    ],
)
def test_tags_go(text: str, expected: str) -> None:
    state = run_all(text, "en")
    assert state.text == expected
    assert provenance.undo(state.text, state.edits) == text


@pytest.mark.parametrize(
    "text",
    [
        "The <p> element marks a paragraph, and <b> makes text bold, the teacher explained.",
        "Write <b>word</b> and the browser sets the word in bold, says the page about HTML.",
        "Put the name between “<i>” and “</i>”, the form says.",
        "Use `<br>` for a new line and `<p>` for a new paragraph.",
        "If a < b and b > c, then a <c> is odd, and </nothing> follows.",
        "The score was <3 to 1> and the crowd sent hearts <3 <3.",
        "<p>{{ title }}</p><p>{{ text }}</p>",
        "<item><name>Aurora</name><p>One</p><p>Two</p></item>",
        "She signed it <Ana Ruiz> and <b and c> stayed.",
        "Temperatures </= 5 degrees were <b common.",
    ],
)
def test_text_that_is_no_markup_stays(text: str) -> None:
    assert not [edit for edit in run_all(text, "en").edits if edit.rule == "markup_residue"]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<br>", "<b>", "</b>", "<a href=x>", "</a>", "<td>", "word", " ", "\n", "<", ">", "&lt;", "<!--", "-->"]
        )
    )
)
def test_any_tags_are_undone(parts: list[str]) -> None:
    text = "".join(parts)
    state = run_all(text, "en")
    assert provenance.undo(state.text, state.edits) == text
