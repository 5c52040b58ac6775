"""Repairs: what only one reading allows. One rule a module, in the order of the tuples."""

from __future__ import annotations

from pipeline.config import RepairConfig
from pipeline.repairs import (
    article_case,
    codepage,
    doubled_determiner,
    doubled_space,
    encoding,
    encoding_again,
    fused_words,
    hard_wrap,
    invisible,
    layout,
    ligatures,
    line_edges,
    line_ends,
    lost_quotes,
    markup_residue,
    orphan_punctuation,
    personal_data,
    quote_gaps,
    quote_orientation,
    spaced_punctuation,
    spaces,
    undecodable,
)
from pipeline.repairs._values import apply_to_value
from pipeline.text.rules import Rule

__all__ = ["CHARACTER_RULES", "LAYOUT_RULES", "TEXT_RULES", "repair_value"]

CHARACTER_RULES: tuple[Rule, ...] = (
    line_ends,  # first: ftfy works line by line
    markup_residue,  # before encoding, which takes entities for text where there are tags
    codepage,  # before encoding, which would take some pairs of its letters for mojibake
    lost_quotes,  # before encoding, which would make U+FFFD of the whole mark
    encoding,  # every later pattern assumes correct characters
    undecodable,  # what encoding could not bring back
    ligatures,  # after mojibake, which can look like one
    invisible,  # before spaces: a zero-width character may stand between two of them
    spaces,  # before line edges and wrapping, which look for plain spaces
    encoding_again,  # what fixed spaces and soft hyphens hid
    line_edges,  # before wrapping, which measures lines; every later pattern may take a line's last character for its end
    hard_wrap,  # last: needs final line lengths; before furniture, which reads lines as paragraphs
)
"""Run first, on the text as it was decoded."""

TEXT_RULES: tuple[Rule, ...] = (
    doubled_space,  # first: later patterns count on one space
    quote_orientation,  # before punctuation: a turned mark takes its space and its comma along
    quote_gaps,  # after orientation: which side of a mark is inside must be known
    orphan_punctuation,  # before spaced punctuation, which would glue the orphan to the sentence
    spaced_punctuation,
    fused_words,  # before articles: the word after an article must be readable
    article_case,
    doubled_determiner,  # after articles: THE the is not looked at, The the is no doubling
    personal_data,  # last: a mask is no word that a repair should see
)
"""Run on prose, after furniture took its lines and `signals.translation` measured the damage."""

LAYOUT_RULES: tuple[Rule, ...] = (
    layout,  # alone: whatever the rules before took out, paragraphs end up one blank line apart
)
"""Run last."""


def repair_value(value: str, config: RepairConfig | None = None) -> str:
    """The character repairs for a metadata value, for example a headline that came beside the text.

    >>> repair_value("  Mayor canâ€™t pay &amp; won’t ")
    'Mayor can’t pay & won’t'
    """
    return apply_to_value(value, CHARACTER_RULES, config or RepairConfig())
