"""The models of the series: what each can do, and what it does not tell by itself.

A pad that leaves a field of its capability empty (300 and 500 do) gets the model's own number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from smartclient.signpad.stu.reports import Capability, OptionMode

VENDOR: Final = 0x056A
UNITS_PER_INCH: Final = 2540
REPORTS_PER_SECOND: Final = 200
ZLIB_BIT, MONO_BIT, COLOUR_16_BIT, COLOUR_24_BIT = 1, 2, 4, 8
_RANGE = range(0xA1, 0xB0)
"""Product ids that the maker keeps for the series."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the series."""

    name: str
    encodings: int
    """Bits as in the capability, for a pad that tells none."""
    max_pressure: int
    option_mode: OptionMode
    has_area_updates: bool
    has_handwriting_area: bool
    may_be_serial: bool = False
    """It can be switched to a serial port, where this driver cannot reach it."""
    is_driven: bool = True


_BY_PRODUCT: Mapping[int, Model] = MappingProxyType(
    {
        0xA1: Model("STU-500", MONO_BIT, 511, OptionMode.NONE, False, False),
        0xA2: Model("STU-300", MONO_BIT, 511, OptionMode.NONE, False, False),
        0xA3: Model(
            "STU-520",
            MONO_BIT | COLOUR_16_BIT,
            511,
            OptionMode.TIME,
            False,
            True,
        ),
        0xA4: Model("STU-430", MONO_BIT, 1023, OptionMode.TIME_AND_SEQUENCE, True, True),
        0xA5: Model(
            "STU-530",
            MONO_BIT | COLOUR_16_BIT | COLOUR_24_BIT,
            1023,
            OptionMode.TIME_AND_SEQUENCE,
            True,
            True,
        ),
        0xA6: Model(
            "STU-430V",
            MONO_BIT,
            1023,
            OptionMode.TIME_AND_SEQUENCE,
            True,
            True,
            may_be_serial=True,
        ),
        0xA8: Model(
            "STU-540",
            MONO_BIT | COLOUR_16_BIT | COLOUR_24_BIT,
            1023,
            OptionMode.TIME_AND_SEQUENCE,
            True,
            True,
            may_be_serial=True,
        ),
        0xA9: Model(
            "STU-541",
            MONO_BIT,
            1023,
            OptionMode.NONE,
            False,
            False,
            is_driven=False,
        ),
    }
)
DEFAULT_ALLOWED: Final = frozenset({"STU-300", "STU-430", "STU-530", "STU-540"})
"""Models that may be used where the configuration names none (domain facts 3.3)."""


def model_of(product: int) -> Model | None:
    """The model of a product id; a plain one for an unknown id of the series; None for others."""
    known = _BY_PRODUCT.get(product)
    if known is None and product in _RANGE:
        name = f"STU (0x{product:02X})"
        return Model(name, MONO_BIT, 511, OptionMode.NONE, False, False)
    return known


def filled_in(told: Capability, model: Model) -> Capability:
    """The capability with the model's own numbers where the pad tells none."""
    return replace(
        told,
        max_pressure=told.max_pressure or model.max_pressure,
        report_rate=told.report_rate or REPORTS_PER_SECOND,
        resolution=told.resolution or UNITS_PER_INCH,
        encodings=told.encodings or model.encodings,
    )
