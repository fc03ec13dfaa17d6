"""The back office: HTTP API, worker, export, outbox and its commands.

It shares with the laptop only what stands below `store`.
"""
