"""What the trade knows: errors, ids, clock, money, the life of a document and its rights.

Pure values and decisions. It touches no disk, no network and no window.
"""
