"""SmartClient: life-insurance offers made, signed and handed over without losing anything.

The rooms of the house and the direction of imports are in ARCHITECTURE.md.
"""

__version__ = "0.1.0"
