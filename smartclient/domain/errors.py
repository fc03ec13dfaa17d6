"""One root for every refusal. A refusal carries a code; the words for people are in `sentences`.

    SmartClientError
    ├── BadInput        what was typed or handed in breaks a rule (field, value, rule)
    ├── NotAllowed      the state, a right or a limit forbids it
    ├── Damaged         bytes on disk or from the network are not what they must be
    ├── Unreachable     the network, the server or a device did not answer
    ├── NoSpace         the disk is full
    └── Refused         the other side said no and told why

Codes are stable: SC-<AREA>-<three digits>. A new code needs its sentence, or a test fails.
"""

from typing import Final


class SmartClientError(Exception):
    """Root of all refusals. `values` fill the placeholders of the sentence; never personal data."""

    def __init__(self, code: str, /, **values: object) -> None:
        self.code: Final = code
        self.values: Final = {name: str(value) for name, value in values.items()}
        super().__init__(code, self.values)

    def __str__(self) -> str:
        filled = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.code} ({filled})" if filled else self.code


class BadInput(SmartClientError):
    """What was typed or handed in breaks a rule; `values` name field, value and rule."""


class NotAllowed(SmartClientError):
    """The state of the thing, a missing right or a limit forbids it."""


class Damaged(SmartClientError):
    """Bytes on disk or from the network are not what they must be; nothing was overwritten."""


class Unreachable(SmartClientError):
    """The network, the server or a device did not answer; trying again is harmless."""


class NoSpace(SmartClientError):
    """The disk is full; what was stored before stays."""


class Refused(SmartClientError):
    """The other side understood and said no."""
