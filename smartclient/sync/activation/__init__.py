"""Activation: an install becomes known to the insurer and gets its two keys and certificates.

The install key is for tokens alone, the seal key for documents alone. Both are made here and never
leave the key ring.
"""

INSTALLED = "activation"
"""The secret of the key ring that holds what activation gave this install."""
