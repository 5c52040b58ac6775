"""Furniture of news pages and wire copy: read into metadata, then taken out.

Each module is one rule (see `pipeline.text.rules`). Lines go on two independent kinds of evidence, which the edit names.
"""

from __future__ import annotations

from pipeline.furniture import (
    advertisement,
    byline,
    call_to_action,
    caption,
    dateline,
    disclaimer,
    inline_related,
    navigation,
    rights,
    title,
    version_markers,
    widget_residue,
)
from pipeline.text.rules import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    version_markers,  # first: transmission headers and markers stand before everything else, end marks after it
    widget_residue,  # before the title: players and embeds print their labels over the headline
    advertisement,  # before everything that looks at neighbours
    navigation,  # before the title: menus; in the tail it bares the last lines of the story for the rules below
    title,  # what is first now is the headline
    caption,  # before the byline: a photographer's name is no author
    byline,  # the headline is gone, so the names stand first
    disclaimer,  # before rights: both stand in the last paragraphs, and this one is evidence
    rights,  # syndication, copyright and reservation notices
    call_to_action,  # after rights: "Sign up ... All rights reserved" is a notice
    inline_related,  # after the title is known not to be one of them
    dateline,  # the first paragraph is the first line now
)
