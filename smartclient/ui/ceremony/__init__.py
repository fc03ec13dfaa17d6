"""The moment of signing: who signs what, the frozen page, the pad. Nothing else is on the screen.

The windows here show and ask; the service decides whether a signature counts and keeps it.
"""
