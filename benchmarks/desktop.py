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
from typing import TYPE_CHECKING

from benchmarks.measure import Row, middle, p95

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from smartclient.services.documents import Documents
    from smartclient.ui.tasks import Tasks

_STARTS = 11
_ROWS, _FEW = 100_000, 200
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
    """Two programs of their own, so that nothing but the list tells them apart."""
    from tests.simulators.desktop_home import fill_list

    told = {}
    with tempfile.TemporaryDirectory() as place:
        for count in (_FEW, _ROWS):
            folder = Path(place) / str(count)
            fill_list(folder, count)
            told[count] = _told_by_list(folder, count)
    frame, floor = told[_ROWS][0], told[_FEW][0]
    name = f"documents list, {_ROWS:,} rows"
    yield Row(f"{name}: scroll frame p95", frame * 1e3, "ms", floor * 1e3, budget=16.0)
    more = told[_ROWS][1] - told[_FEW][1]
    if told[_FEW][1]:
        yield Row(f"{name}: memory beyond a list of {_FEW}", more, "MB", budget=25.0)


def _told_by_list(folder: Path, count: int) -> tuple[float, float]:
    program = f"from benchmarks.desktop import scroll; scroll({str(folder)!r}, {count})"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    said = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment, check=True
    )
    frame, held = said.stdout.split()
    return float(frame), float(held)


def scroll(folder: str, count: int) -> None:
    """Scroll a list from end to end; say the seconds of a frame, p95, and the megabytes held."""
    from PySide6.QtWidgets import QApplication

    from smartclient.ui.tasks import Tasks
    from smartclient.ui.theme import dress
    from tests.simulators.desktop_home import open_list

    application = QApplication([])
    dress(application)
    tasks = Tasks()
    with open_list(Path(folder)) as documents:
        times = _frames(application, tasks, documents, count)
        print(p95(times), _megabytes(), flush=True)
        tasks.close()
    os._exit(0)


def _frames(
    application: "QApplication", tasks: "Tasks", documents: "Documents", count: int
) -> list[float]:
    """Seconds of the window's own thread for each frame: the lines painted, answers taken."""
    from smartclient.ui.documents_page import DocumentsPage

    page = DocumentsPage(documents, tasks)
    page.resize(1_212, 836)
    page.show()
    while page.table.rowCount() < count:
        application.processEvents()
    times = []
    bar = page.view.verticalScrollBar()
    for frame in range(_FRAMES):
        begun = time.thread_time()
        bar.setValue(frame * bar.maximum() // _FRAMES)
        page.view.viewport().repaint()
        application.processEvents()
        times.append(time.thread_time() - begun)
    return times


def _megabytes() -> float:
    """What this process holds now; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
