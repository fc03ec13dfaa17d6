"""Drivers of signature pads behind the port of `ink`: Wacom STU over HID, and how they are found.

No vendor library: `hidapi` carries the reports, everything above it is here. A driver sees the pen
before the sealing, so in production only drivers of the signed set are loaded (decision 0130).
"""
