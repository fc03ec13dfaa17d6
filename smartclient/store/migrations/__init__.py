"""The history of the tables, run by `store.upgrade`; each step is a script under `versions`.

HISTORY names the steps in their order, so that opening a database of today needs no Alembic. Steps
are additive for one release: version N-1 must open N's database. A step that is not says so with
`ADDITIVE = False`, and a copy of the file is made before it runs.
"""

HISTORY = ("0001", "0002", "0003", "0004", "0005")
