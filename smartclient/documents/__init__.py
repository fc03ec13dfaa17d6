"""Documents as PDF: rendered from a template, frozen, signed, sealed, verified, shown.

It receives bytes and keys and returns bytes and verdicts; it stores nothing.
"""
