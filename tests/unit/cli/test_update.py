"""`smartclient update`: one step at a time against a repository on loopback."""

import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from smartclient.cli import main
from tests.simulators.publishing import catalogue_of
from tests.simulators.update_server import UpdateServer

CATALOGUE = catalogue_of({"calc/flexi-1": b"tariff"})


class Site:
    """The published files over plain HTTP, with a list of what was asked for."""

    def __init__(self, folder: Path) -> None:
        self.server = UpdateServer(folder, CATALOGUE)
        self.asked: list[str] = []
        asked, served = self.asked, str(self.server.served.folder)

        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *arguments: object) -> None:
                super().__init__(*arguments, directory=served)  # type: ignore[arg-type]

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                asked.append(self.path)

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "site")
    thread = threading.Thread(target=site.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.http.shutdown()
    thread.join()
    site.http.server_close()


@pytest.fixture
def folder(tmp_path: Path, site: Site) -> Path:
    """A metadata folder that trusts the site's first root."""
    root = site.server.keys.root_history / "1.root.json"
    assert main(["update", "--metadata-dir", str(tmp_path / "m"), "init", str(root)]) == 0
    return tmp_path / "m"


def _download(site: Site, folder: Path, name: str) -> int:
    arguments = ["--metadata-dir", str(folder), "--metadata-url", f"{site.address}/metadata"]
    arguments += ["--target-name", name, "--target-base-url", f"{site.address}/targets"]
    return main(["update", *arguments, "--target-dir", str(folder.parent / "targets"), "download"])


def _refresh(site: Site, folder: Path) -> int:
    address = f"{site.address}/metadata/"
    return main(["update", "--metadata-dir", str(folder), "--metadata-url", address, "refresh"])


def test_that_init_asks_nobody(site: Site, folder: Path) -> None:
    assert (folder / "root.json").exists()
    assert site.asked == []


def test_that_metadata_lie_under_names_without_versions(site: Site, folder: Path) -> None:
    assert _refresh(site, folder) == 0
    names = {path.name for path in folder.glob("*.json")}
    assert names == {"root.json", "timestamp.json", "snapshot.json", "targets.json"}


def test_that_a_target_that_is_there_is_not_fetched_again(
    site: Site, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _download(site, folder, "sets/current.json") == 0
    fetched = Path(json.loads(capsys.readouterr().out)["files"]["sets/current.json"])
    assert fetched.read_bytes() == CATALOGUE.signed_set.to_bytes()
    site.asked.clear()
    assert _download(site, folder, "sets/current.json") == 0
    assert [path for path in site.asked if "/targets/" in path] == []


def test_that_a_target_that_nobody_signed_is_refused(
    site: Site, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _download(site, folder, "calc/flexi-9.zip") == 1
    assert capsys.readouterr().err.startswith("SC-CAT-017: ")


def test_that_a_refusal_ends_in_1_with_its_sentence(
    site: Site, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site.server.served.folder / "metadata" / "timestamp.json").write_text("{}")
    assert _refresh(site, folder) == 1
    assert capsys.readouterr().err.startswith("SC-CAT-016: ")


def test_that_without_a_root_nothing_is_asked(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _refresh(site, tmp_path / "empty") == 1
    assert capsys.readouterr().err.startswith("SC-CAT-006: ")
    assert site.asked == []
