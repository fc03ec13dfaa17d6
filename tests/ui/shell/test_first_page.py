"""The program as it really starts: what the first page has imported, and that it is painted once."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.simulators.desktop_home import make_home

_PROGRAM = """
import json, os, sys
from smartclient.app.start import main
from smartclient.ui.bar_chart import Bars
painted = []
paint = Bars.paintEvent
Bars.paintEvent = lambda self, event: (painted.append(1), paint(self, event))
def stood(desktop):
    page = desktop.workplace.window.stack.currentWidget()
    told = {"modules": sorted(sys.modules), "painted": len(painted), "title": page.title,
            "clients": page.clients.accessibleDescription()}
    print(json.dumps(told), flush=True)
    os._exit(0)
main(stood=stood)
"""
HEAVY = (
    *("sqlalchemy", "alembic", "asyncio", "zstandard", "keyring", "platformdirs", "email", "ssl"),
    *("requests", "urllib3", "tuf", "securesystemslib", "jsonschema", "babel", "http", "uuid"),
    *("pyhanko", "pyhanko_certvalidator", "asn1crypto", "cryptography.x509", "PIL", "segno"),
    *("typst", "pypdfium2", "phonenumbers", "stdnum", "holidays", "fastapi", "pydantic"),
    *("PySide6.QtNetwork", "smartclient.forms", "smartclient.premium", "smartclient.documents"),
    *("smartclient.ink", "smartclient.dossier", "smartclient.sync.exchange.engine"),
    *("smartclient.sync.updates", "smartclient.signpad", "smartclient.wire.messages"),
)
"""What the first page does without; each comes in at its first use."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, object]:
    """What the program says of itself when its first page stands."""
    home = make_home(tmp_path_factory.mktemp("first-page"), clients=3, documents=4)
    environment = {**os.environ, "SMARTCLIENT_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        capture_output=True,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[3],
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    said: Mapping[str, object] = json.loads(ended.stdout)
    return said


def test_that_heavy_parts_are_not_imported_before_the_first_page(
    told: Mapping[str, object],
) -> None:
    modules = told["modules"]
    assert isinstance(modules, list)
    begun = {f"{name}." for name in modules}
    early = [part for part in HEAVY if any(name.startswith(f"{part}.") for name in begun)]
    assert early == []


def test_that_the_first_page_is_painted_once_with_its_figures(
    told: Mapping[str, object],
) -> None:
    assert told["painted"] == 1
    assert told["title"] != "Domů"
    assert "3" in str(told["clients"])
