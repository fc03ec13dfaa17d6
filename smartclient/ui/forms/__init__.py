"""The one form renderer: it draws what a form package describes and what a session says of it.

It knows no particular form. It shows, emits what was typed and repaints only what changed.
"""
