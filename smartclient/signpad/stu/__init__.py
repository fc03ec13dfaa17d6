"""Wacom STU pads over plain HID: their reports, models, pictures, encryption, and the pad itself.

Written from the public facts of the protocol; no vendor library is used. The pads of the series
300, 430, 500, 520, 530 and 540 are driven; a 541 speaks another protocol and is told apart.
"""
