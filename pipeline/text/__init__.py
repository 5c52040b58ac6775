"""Helpers that several steps share: lines, zones, words, scripts, spans, and what a rule is. They know no Beam and no format."""
