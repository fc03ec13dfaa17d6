"""The messages that laptop and back office exchange, and how they become bytes.

Values and encoding only. It opens no connection and stores nothing.
"""
