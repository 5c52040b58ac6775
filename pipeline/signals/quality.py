"""Quality signals of the literature, under the names that RedPajama v2 gave them. Measured, never acted upon."""

from __future__ import annotations

import re

from pipeline.text.words import list_words

__all__ = ["measure"]

_STOP_WORDS = frozenset(("the", "be", "to", "of", "and", "that", "have", "with"))
"""Gopher's list (Rae et al. 2021, appendix A): a text in English has at least two of them."""

_BULLETS = ("•", "‣", "⁃", "▪", "▶", "●", "○", "◦", "-", "*", "–")
_SENTENCE = re.compile(r"[.!?…](?=[\"'”’»)\]]*(?:\s|$))")
_OTHER_STOPS = "。！？｡।۔؟"  # these end a sentence whatever follows
_LETTER = re.compile(r"[^\W\d_]")
_ELLIPSIS = ("...", "…")


def measure(text: str) -> dict[str, float | None]:
    """Measure a clean text.

    Returns:
        One value per ``rps_`` column of `schemas/documents.v1.json`, and ``n_paragraphs``. Ratios are None where there
        is nothing to divide by.

    >>> signals = measure("The ferry sank. UN envoys left…")
    >>> signals["rps_doc_word_count"], signals["rps_doc_num_sentences"], round(signals["rps_doc_frac_all_caps_words"], 3)
    (6, 2, 0.167)
    """
    words = list_words(text)
    lowered = list(map(str.lower, words))
    lines = [line for line in text.split("\n") if line and not line.isspace()]
    count, line_count = len(words), len(lines)
    ellipses = sum(map(text.count, _ELLIPSIS))
    # Most words are letters only, which one call tells; only the rest are searched for a letter.
    without_letter = sum(1 for word in words if not word.isalpha() and _LETTER.search(word) is None)
    capitals = sum(1 for word in words if word.isupper() and len(word) > 1)

    def per_word(value: float) -> float | None:
        return value / count if count else None

    def per_line(value: float) -> float | None:
        return value / line_count if line_count else None

    return {
        "rps_doc_word_count": count,
        "rps_doc_mean_word_length": per_word(sum(map(len, words))),
        "rps_doc_symbol_to_word_ratio": per_word(text.count("#") + ellipses),
        "rps_doc_frac_no_alph_words": per_word(without_letter),
        "rps_doc_frac_lines_end_with_ellipsis": per_line(sum(line.rstrip().endswith(_ELLIPSIS) for line in lines)),
        "rps_doc_frac_lines_start_with_bullet": per_line(sum(line.lstrip().startswith(_BULLETS) for line in lines)),
        "rps_doc_stop_word_fraction": per_word(sum(map(_STOP_WORDS.__contains__, lowered))),
        "rps_doc_frac_unique_words": per_word(len(set(lowered))),
        "rps_doc_frac_all_caps_words": per_word(capitals),
        "rps_doc_num_sentences": _count_sentences(text),
        "n_paragraphs": sum(1 for block in text.split("\n\n") if block.strip()),
    }


def _count_sentences(text: str) -> int:
    others = 0 if text.isascii() else sum(map(text.count, _OTHER_STOPS))
    return len(_SENTENCE.findall(text)) + others
