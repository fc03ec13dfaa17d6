"""What the adviser does, as verbs: one module per noun, none imports another.

A service decides with pure functions and writes through the store in one transaction.
"""
