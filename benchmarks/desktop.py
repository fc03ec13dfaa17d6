"""The desktop program at the screen: its start beside an empty window, and scrolling a long list.

The start is measured from outside, from the birth of the process until the first page stands
painted: one running instance, configuration, key ring, database, frame and home page with its
figures, through the program's own `main`. The floor is an empty main window of the same toolkit,
started in the same way. Both find their modules compiled, as after any first start.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Row, middle, p95

_STARTS = 11
_ROWS = 100_000
_FRAMES = 300
_READY = b"ready\n"

_EMPTY = """
import os, sys
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1440, 900)
window.show()
application.processEvents()
sys.stdout.write("ready\\n"); sys.stdout.flush()
os._exit(0)
"""
_FULL = """
import os, sys
from smartclient.app.start import main
def stood(desktop):
    sys.stdout.write("ready\\n"); sys.stdout.flush()
    os._exit(0)
main(stood=stood)
"""


def rows() -> Iterator[Row]:
    """The figures of the desktop program."""
    yield from _start()
    yield from _scrolling()


def _start() -> Iterator[Row]:
    from tests.simulators.desktop_home import make_home

    with tempfile.TemporaryDirectory() as folder:
        home = make_home(Path(folder))
        floors, ours = [], []
        for run in range(_STARTS + 1):
            floor, full = _started(_EMPTY, home), _started(_FULL, home)
            if run:
                floors.append(floor)
                ours.append(full)
    for what, place in (("", 0), (", processor time", 1)):
        name = f"first usable window, from source{what}"
        floor_ms = middle([each[place] for each in floors]) * 1e3
        full_ms = middle([each[place] for each in ours]) * 1e3
        yield Row(name, full_ms, "ms", floor_ms, budget_ratio=2.0)


def _started(program: str, home: Path) -> tuple[float, float]:
    """Seconds on the clock until the program says that it is ready, and of the processor."""
    environment = {
        **os.environ,
        "SMARTCLIENT_HOME": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPYCACHEPREFIX": str(home.with_name("compiled")),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before = _children_seconds()
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as process:
        said = process.stdout.readline() if process.stdout else b""
        taken = time.perf_counter() - begun
        process.wait()
    if said != _READY:
        raise RuntimeError("the program did not come up")
    return taken, _children_seconds() - before


def _children_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _scrolling() -> Iterator[Row]:
    from PySide6.QtWidgets import QApplication

    from smartclient.ui.documents_page import DocumentsPage
    from smartclient.ui.tasks import Tasks
    from smartclient.ui.theme import dress
    from tests.simulators.desktop_home import long_list

    application = QApplication.instance() or QApplication([])
    if not isinstance(application, QApplication):
        raise TypeError("another kind of application runs here")
    dress(application)
    tasks = Tasks()
    with tempfile.TemporaryDirectory() as folder, long_list(Path(folder), _ROWS) as documents:
        page = DocumentsPage(documents, tasks)
        page.resize(1_212, 836)
        page.show()
        while page.table.rowCount() < _ROWS:
            application.processEvents()
        times = []
        bar = page.view.verticalScrollBar()
        for frame in range(_FRAMES):
            begun = time.perf_counter()
            bar.setValue(frame * 97)
            page.view.viewport().repaint()
            times.append(time.perf_counter() - begun)
            application.processEvents()
        page.close()
        page.deleteLater()
        tasks.close()
        application.processEvents()
    name = "documents list, 100,000 rows: scroll frame p95"
    yield Row(name, p95(times) * 1e3, "ms", budget=16.0)
