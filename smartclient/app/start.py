"""The start of the desktop program, and its end.

Start: one running instance → configuration → storage → language and look → activation, if nobody
works here yet → the main window. A fault on the way has its own calm window and changes nothing.
What is needed first is imported first, and the rest beside work that is not Python's.
"""

import builtins
import gc
import logging
import os
import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from smartclient.domain.errors import SmartClientError
from smartclient.ui.theme import styled_application

if TYPE_CHECKING:
    from smartclient.app.desktop import Desktop
    from smartclient.ui.single_instance import SingleInstance

FIRST_LANGUAGE = "cs"
"""Spoken where it is not known yet which language was chosen."""


def main(arguments: Sequence[str] = (), stood: "Callable[[Desktop], None] | None" = None) -> int:
    """Run the desktop program; the exit code of the process.

    `stood` is called when the first page stands with its figures. Until then nothing is collected:
    all that the start makes stays, and looking for garbage among it takes a tenth of its time.
    """
    gc.disable()
    _import_plainly()
    application = styled_application(["smartclient", *arguments])
    application.setApplicationName("SmartClient")
    application.setQuitOnLastWindowClosed(False)
    # Finding the fonts of this computer is work of Qt's alone; Python imports meanwhile.
    fonts = Thread(target=QFontDatabase.families, name="fonts")
    fonts.start()
    try:
        return _run(application, arguments, stood)
    finally:
        fonts.join()


def _import_plainly() -> None:
    """Take PySide6's hook out of the import statement.

    The hook reads the source of every module that is imported and searches it for "PySide6", so
    that `from __feature__ import snake_case` can work. Nobody here uses that, and reading the
    sources takes longer than running them.
    """
    if builtins.__import__ is getattr(builtins, "__feature_import__", None):
        builtins.__import__ = getattr(builtins, "__orig_import__")  # noqa: B009 - put in by PySide6


def _run(
    application: QApplication,
    arguments: Sequence[str],
    stood: "Callable[[Desktop], None] | None",
) -> int:
    from smartclient.app.configuration import default_home, read
    from smartclient.app.desktop import open_desktop
    from smartclient.ui.single_instance import SingleInstance

    home = default_home(os.environ)
    instance = SingleInstance(home)
    if not instance.take():
        return 0
    begin_log(home)
    try:
        desktop = open_desktop(application, read(home))
        desktop.stood = lambda: _settle(desktop, instance, stood)
        desktop.show()
    except SmartClientError as fault:
        return _say_why_not(application, fault)
    code: int = application.exec()
    desktop.close()
    instance.give_up()
    if desktop.wants_restart:
        from PySide6.QtCore import QProcess

        QProcess.startDetached(sys.executable, ["-m", "smartclient", *arguments])
    return code


def _settle(
    desktop: "Desktop", instance: "SingleInstance", stood: "Callable[[Desktop], None] | None"
) -> None:
    """What can wait for the first page."""
    from smartclient.ui.collecting import Collector

    if stood is not None:
        stood(desktop)
    gc.freeze()
    Collector(desktop.tasks)
    instance.knocked.connect(desktop.raise_to_front)
    instance.listen()


class _LogOfHome(logging.Handler):
    """Opens the home's log at the first record: most days have none."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._folder = home / "log"

    @cached_property
    def _file(self) -> logging.Handler:
        from logging.handlers import RotatingFileHandler

        from smartclient.domain.retention import LOG_FILE_MB, LOG_FILES

        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / "smartclient.log"
        handler = RotatingFileHandler(
            file,
            maxBytes=LOG_FILE_MB * 1_000_000,
            backupCount=LOG_FILES - 1,
            encoding="utf-8",
        )
        handler.setFormatter(self.formatter)
        return handler

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        self._file.handle(record)

    def close(self) -> None:
        """Give the file back, if one was opened."""
        if "_file" in self.__dict__:
            self._file.close()
        super().close()


def begin_log(home: Path) -> None:
    """Write the home's log: one JSON object a line, without personal data."""
    from smartclient.domain.clock import SystemClock
    from smartclient.domain.log_lines import OURS, JsonLines, log_what_nobody_caught

    handler = _LogOfHome(home)
    handler.setFormatter(JsonLines(SystemClock()))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger(OURS).setLevel(logging.INFO)
    log_what_nobody_caught()


def _say_why_not(application: QApplication, fault: SmartClientError) -> int:
    """The calm window for a start that cannot go on; the program ends with it."""
    from smartclient.app.speech import speak_in
    from smartclient.ui.start_failure import StartFailureWindow
    from smartclient.ui.theme import dress

    gc.enable()
    speak_in(application, FIRST_LANGUAGE)
    dress(application)
    window = StartFailureWindow(fault)
    window.closed.connect(application.quit)
    window.show()
    application.exec()
    return 1
