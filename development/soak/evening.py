"""The export of an evening: `python -m development.soak.evening HOME INSTANT [KILLED_AFTER]`.

Judging forms is not what the soak is about: every complete document is exportable here. All else is
the product's own exporter and practice core. Killed anywhere and run again, it goes on. One that
takes long writes where it stands, so that whoever gives it up can say why.

The seconds to KILLED_AFTER begin with its work: on a busy machine one that was killed from outside
had most often loaded its modules only.
"""

import faulthandler
import os
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from smartclient.backoffice.commands.export import PractisedClock
from smartclient.backoffice.home import Home
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations.judgements import Case, Verdict
from smartclient.backoffice.practice_core import CoreSystem
from smartclient.domain.clock import SystemClock, from_text
from smartclient.domain.mode import Mode

KILLED = 86
"""The exit code of one that died in its midst; the database and the files see a power cut."""
LONG = 30.0
"""Seconds; an export of the soak takes two or three."""


def _exportable(_case: Case) -> Verdict:
    return Verdict(exportable=True)


def main(home: Home, instant: str) -> int:
    """Export what is due, let the core answer, read its answers."""
    clock = PractisedClock(from_text(instant), SystemClock())
    with opened(home, Mode.PRACTICE, clock) as found:
        exporter = replace(found.exporter(), judge=_exportable, patience=20.0)
        exporter.finish()
        due = exporter.due()
        if due is not None:
            exporter.export(due)
        exporter.finish()
        core = CoreSystem(exporter.places.to_core, home.certificate("export-manifest.pem"))
        for batch in core.waiting():
            core.take(batch)
        exporter.read_answers()
    return 0


def _say_where() -> None:
    """Time of the processor tells a machine that is busy with other work from waiting in vain."""
    while True:
        time.sleep(LONG)
        sys.stderr.write(f"still here, after {time.process_time():.1f} s of the processor\n")
        faulthandler.dump_traceback(all_threads=True)


if __name__ == "__main__":
    faulthandler.enable()
    threading.Thread(target=_say_where, daemon=True).start()
    _home, _instant, *_killed_after = sys.argv[1:]
    for _seconds in _killed_after:
        _death = threading.Timer(float(_seconds), os._exit, (KILLED,))
        _death.daemon = True
        _death.start()
    raise SystemExit(main(Home(Path(_home)), _instant))
