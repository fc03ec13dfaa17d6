"""The exchange of records with the back office: push before pull, nothing lost, nothing twice.

The rules are in the store's `outgoing` and `incoming`; here is the order of the calls. It opens no
window, and transport, clock, ids and random come in from outside.
"""
