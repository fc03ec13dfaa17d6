"""Signs form packages, tariffs, templates, product documents and versions off-line.

The back office only publishes what is signed here.
"""
