"""A corpus that grows run by run: its log, what later runs compare against, and what a loader sees. Beam-free; see docs/corpus.md."""
