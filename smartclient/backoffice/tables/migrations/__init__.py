"""The steps from each version of the tables to the next, oldest first, under `versions`."""

NEWEST = "0011"
"""The last step, so that opening a database of today needs no Alembic."""
