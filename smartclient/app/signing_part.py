"""Whether the signing part "PČS SignoSoft" is installed.

It is a distribution of its own, `signosoft/`, with the drivers of the pads. Without it nothing of
this program offers a digital signature: its component is not in use, although the catalogue has it.
"""

from importlib.util import find_spec

from smartclient.wire.catalogue import ComponentKind

_PART = "smartclient.signpad"


def is_installed() -> bool:
    """Whether its package can be imported."""
    return find_spec(_PART) is not None


def unusable_kinds() -> frozenset[ComponentKind]:
    """The kinds of components that nothing here can use."""
    return frozenset() if is_installed() else frozenset({ComponentKind.SIGNER})
