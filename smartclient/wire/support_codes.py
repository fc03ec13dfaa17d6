"""The code of one synchronisation, which a person can read out on the phone: 7K3F-9QXM.

Eight letters and digits of Crockford's alphabet (no I, L, O, U), random, made anew for each
synchronisation and sent with every request of it. It stands in the logs of both sides and says
nothing of anybody.
"""

import re
from collections.abc import Callable
from typing import Final

SYNC_HEADER: Final = "SC-Sync"
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE = re.compile(f"[{_ALPHABET}]{{8}}")
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})


def new_code(random: Callable[[int], bytes]) -> str:
    """A new code; `random` gives so many unpredictable bytes."""
    number = int.from_bytes(random(5), "big")
    return "".join(_ALPHABET[number >> place & 31] for place in range(35, -5, -5))


def is_code(text: str) -> bool:
    """Whether this can be a code, as it is sent."""
    return _CODE.fullmatch(text) is not None


def shown(code: str) -> str:
    """The code as people read it: 7K3F-9QXM; empty for none."""
    return f"{code[:4]}-{code[4:]}" if code else ""


def as_typed(text: str) -> str:
    """The code that somebody typed as they heard it; empty when it can be none."""
    plain = "".join(text.upper().split()).replace("-", "").translate(_MISREAD)
    return plain if is_code(plain) else ""
