"""Frozen pages on the screen: the preview of a document and the page under signature.

What is shown is always the bytes that are signed or were signed, never a fresh drawing of the form.
"""
