"""The log beside the laptop's data: one JSON object a line, opened only when there is something."""

import json
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from smartclient.app.start import begin_log


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The folder of the log, while it is written."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    before, levels = root.handlers[:], (root.level, logging.getLogger("smartclient").level)
    root.handlers[:] = []
    begin_log(tmp_path)
    yield tmp_path / "log"
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = before
    root.setLevel(levels[0])
    logging.getLogger("smartclient").setLevel(levels[1])
    sys.excepthook, threading.excepthook = hooks


def test_that_the_log_begins_with_its_first_line(log: Path) -> None:
    assert not log.exists()
    logging.getLogger("smartclient.x").info("synchronised", extra={"sync": "7K3F9QXM"})
    logging.getLogger("other.library").info("not worth a line")
    logging.getLogger("other.library").warning("Eva Černá was here")
    lines = (log / "smartclient.log").read_text(encoding="utf-8").splitlines()
    said = [json.loads(line) for line in lines]
    assert [line["event"] for line in said] == ["synchronised", "said by a library"]
    assert said[0]["sync"] == "7K3F9QXM"
    assert "Eva" not in "".join(lines)


def test_that_what_nobody_caught_is_a_line_without_its_text(log: Path) -> None:
    try:
        raise ValueError("Eva Černá")
    except ValueError as fault:
        sys.excepthook(ValueError, fault, fault.__traceback__)
    line = json.loads((log / "smartclient.log").read_text(encoding="utf-8"))
    assert (line["event"], line["error"], line["level"]) == ("unforeseen", "ValueError", "critical")
    assert line["at"][-1].startswith("tests.ui.shell.test_log_of_home:")
