"""The models that are emulated, with what real ones answer or leave empty."""

from dataclasses import dataclass
from typing import Final

from tests.simulators.stu.keys import PRIME

COMMON: Final = frozenset(
    {0x04, 0x15, 0x16, 0x20, 0x21, 0x22, 0x25, 0x26, 0x27},
)
_NEWER: Final = COMMON | {0x23, 0x24, 0x28, 0x2A, 0x2D, 0x2F, 0x32, 0x40}


@dataclass(frozen=True, slots=True)
class Kind:
    """One model."""

    name: str
    product: int
    screen: tuple[int, int]
    size: tuple[int, int]
    max_pressure: int
    told: tuple[int, int, int]
    """Report rate, resolution and encoding flag as the capability tells them; 0 is empty."""
    sets: frozenset[int]
    cipher: str
    """"dh", "rsa" or empty."""
    option_modes: frozenset[int]
    encodings: frozenset[int]
    silent_about_areas: bool = False
    """A wrong handwriting area is ignored without a result."""
    clearing_seconds: float = 0.0
    """How long it stays in the state of a picture while it clears its screen."""
    refuses: frozenset[int] = frozenset()
    """Reports that this one does not know although its model does."""
    prime: int = PRIME
    """Of the older key agreement; 0 where the pad was sold without encryption."""


STU_300 = Kind(
    "STU-300", 0xA2, (396, 100), (9900, 2500), 511, (0, 0, 0),
    COMMON | {0x13}, "dh", frozenset({0}), frozenset({0}),
)  # fmt: skip
STU_500 = Kind(
    "STU-500", 0xA1, (640, 480), (10240, 7680), 511, (0, 0, 0),
    COMMON | {0x13}, "dh", frozenset({0}), frozenset({0}),
)  # fmt: skip
STU_520 = Kind(
    "STU-520", 0xA3, (800, 480), (10400, 6240), 511, (200, 2540, 6),
    COMMON | {0x13, 0x28, 0x2A, 0x32}, "dh", frozenset({0, 1}), frozenset({0, 2}), clearing_seconds=0.6,
)  # fmt: skip
STU_430 = Kind(
    "STU-430", 0xA4, (320, 200), (9600, 6000), 1023, (200, 2540, 3),
    _NEWER, "rsa", frozenset({0, 2, 3}), frozenset({0, 1}),
)  # fmt: skip
STU_530 = Kind(
    "STU-530", 0xA5, (800, 480), (10800, 6480), 1023, (200, 2540, 15),
    _NEWER, "rsa", frozenset({0, 2, 3}), frozenset({0, 1, 2, 4}), silent_about_areas=True,
)  # fmt: skip
STU_540 = Kind(
    "STU-540", 0xA8, (800, 480), (10800, 6480), 1023, (200, 2540, 15),
    _NEWER | {0x0C}, "rsa", frozenset({0, 2, 3}), frozenset({0, 1, 2, 4}),
)  # fmt: skip
KINDS = (STU_300, STU_500, STU_520, STU_430, STU_530, STU_540)
