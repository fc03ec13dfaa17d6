"""Which pad is signed on: the first kind of the configuration that is there.

Signing on this screen is for practice only; an insurer may allow it by its own configuration.
"""

import time
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path

from smartclient.domain.errors import Unreachable
from smartclient.ink.port import Pad
from smartclient.ink.replay import ReplayPad
from smartclient.ink.trace import Trace
from smartclient.ui.onscreen_pad import OnScreenPad

ON_SCREEN = "onscreen"
REPLAY = "replay:"


def pad_chooser(kinds: Sequence[str]) -> Callable[[OnScreenPad], Pad]:
    """How the ceremony gets its pad; what it returns raises Unreachable SC-SIGN-001 if none is."""
    replays = {kind: cycle(_traces(kind)) for kind in kinds if kind.startswith(REPLAY)}

    def choose(onscreen: OnScreenPad) -> Pad:
        for kind in kinds:
            if kind in replays:
                return ReplayPad(next(replays[kind]), wait=time.sleep)
            if kind == ON_SCREEN:
                return onscreen
        raise Unreachable("SC-SIGN-001")

    return choose


def _traces(kind: str) -> list[Trace]:
    """The traces of a folder in the order of their names; each signature takes the next."""
    paths = sorted(Path(kind.removeprefix(REPLAY)).glob("*.csv"))
    return [Trace.from_csv(path.read_text(encoding="utf-8")) for path in paths]
