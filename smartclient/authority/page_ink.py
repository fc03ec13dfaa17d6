"""Whether the page shows the ink that was sealed: the shape is made again and compared."""

from smartclient.authority.signatures import ShownInk
from smartclient.documents.appearance import ink_form
from smartclient.ink.shape import shape_of
from smartclient.ink.trace import Trace

_TOLERANCE = 0.11
"""Points: places are written to a tenth, and computers may round a tie to either side."""


def is_ink_of(trace: Trace, shown: ShownInk) -> bool:
    """Whether a field shows what the signer would make of this trace."""
    wanted = ink_form(shape_of(trace), shown.width, shown.height).data.split()
    drawn = shown.drawing.split()
    pairs = zip(drawn, wanted, strict=False)
    return len(drawn) == len(wanted) and all(_is_same(one, other) for one, other in pairs)


def _is_same(one: bytes, other: bytes) -> bool:
    if one == other:
        return True
    try:
        return abs(float(one) - float(other)) <= _TOLERANCE
    except ValueError:
        return False
