"""Lines that recur in many documents of one site: furniture that no list knows. Counted over the whole corpus, judged document by document.

`keys` runs in the fused pass and leaves packed keys in the sketch files; `counting` turns them into a table of recurring lines; `lines`
decides, with that table, what goes from one text. docs/decisions/repetition.md has the reasons.
"""
