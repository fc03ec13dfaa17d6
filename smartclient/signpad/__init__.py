"""Drivers of signature pads behind the port of `ink`.

Only `app` and `cli` import it; a driver sees the pen before sealing.
"""
