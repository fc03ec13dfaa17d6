"""The laptop's side of the network: exchange of records, activation, updates.

Transport, clock and ids are passed in. It never shows a window.
"""
