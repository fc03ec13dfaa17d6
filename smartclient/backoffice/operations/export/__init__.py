"""The daily export: seal, write outside of the database, lock, hand over, read the answer.

Each step can be cut off anywhere and run again. What was done is read from the database and from
the folder, never remembered by a process.
"""
