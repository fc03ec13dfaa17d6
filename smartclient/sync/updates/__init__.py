"""Updates of what is published: forms, tariffs, templates, texts, and word of new versions.

The updater verifies before anything is used; the store opens only what it verified. A laptop works
on with the set it has, whatever the network or the server does.
"""
