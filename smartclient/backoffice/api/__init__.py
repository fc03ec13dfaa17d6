"""The HTTP API, version 1: thin routes that read a request, call one operation and write a reply.

No decision is made here but who may call and how large a call may be.
"""
