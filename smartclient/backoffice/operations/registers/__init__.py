"""Scopes and rights, and what the server derives from the records of clients."""
