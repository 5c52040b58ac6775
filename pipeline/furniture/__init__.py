"""Furniture of news pages and wire copy: read into metadata, then taken out.

Each module is one rule (see `pipeline.text.rules`). A line goes on two independent kinds of evidence out of zone, form, formula,
repetition and echo, which the edit names; a formula inside a sentence of the story removes nothing.
"""

from __future__ import annotations

from pipeline.furniture import (
    advertisement,
    author_card,
    byline,
    call_to_action,
    caption,
    cited_sources,
    completeness,
    contributors,
    date_hints,
    dateline,
    disclaimer,
    editor_notes,
    inline_related,
    navigation,
    notices,
    page_kind,
    rights,
    source_credit,
    timestamp,
    title,
    version_markers,
    video_teaser,
    widget_residue,
)
from pipeline.furniture._authors import read_delivered
from pipeline.text.rules import Rule

__all__ = ["RULES", "read_delivered"]

RULES: tuple[Rule, ...] = (
    page_kind,  # first: looks at the page as it came, before its labels are taken off
    version_markers,  # before all that removes: transmission headers and markers stand before everything else, end marks after it
    video_teaser,  # before widgets: the bare time between the two headlines is what shows it
    widget_residue,  # before the title: players and embeds print their labels over the headline
    advertisement,  # before everything that looks at neighbours
    notices,  # before the title and completeness: banners stand over everything, and at the end of what visitors may read
    completeness,  # before navigation: "Read more" as the last line says that the story is elsewhere
    navigation,  # before the title: menus; in the tail it bares the last lines of the story for the rules below
    title,  # what is first now is the headline
    caption,  # before the byline: a photographer's name is no author
    byline,  # the headline is gone, so the names stand first; a time beside a name is evidence for it
    timestamp,  # after the byline, which looks at it
    editor_notes,  # before rights and disclaimers, whose words they use
    disclaimer,  # before rights: both stand in the last paragraphs, and this one is evidence
    rights,  # syndication, copyright and reservation notices
    call_to_action,  # after rights: "Sign up ... All rights reserved" is a notice
    contributors,  # before the author card: "Lee Park contributed" is no biography
    author_card,  # after the byline, whose names it echoes
    source_credit,  # after contributors: what is left at the end may be an agency alone
    inline_related,  # after the title is known not to be one of them
    dateline,  # the first paragraph is the first line now
    cited_sources,  # after the dateline, whose agency is no source
    date_hints,  # last: reads what is left
)
