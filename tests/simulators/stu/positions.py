"""Positions of the pen as a pad puts them into its reports."""

import struct


def position(x: int, y: int, pressure: int, *, touching: bool, in_range: bool = True) -> bytes:
    """Six bytes: in range, touching, pressure, x, y."""
    head = (0x80 if in_range else 0) | (0x10 if touching else 0) | pressure >> 8
    return struct.pack(">BBHH", head, pressure & 0xFF, x, y)
