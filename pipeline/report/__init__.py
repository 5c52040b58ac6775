"""Views of a run and of a finished dataset: progress, summary, card, report page, and what `explain`, `verify` and `clusters` show."""
