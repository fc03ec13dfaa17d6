"""PČS SignoSoft as a distribution of its own: absent, installed, removed.

Both distributions are built from the sources and installed as they would be on a laptop, into an
environment that sees the libraries but not the repository.
"""

import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.simulators.laptop import catalogue_with_signing

REPOSITORY = Path(__file__).parents[2]
PROBE = REPOSITORY / "tests" / "simulators" / "signing_part_probe.py"


def uv(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "uv", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def wheel_of(folder: Path, out: Path) -> Path:
    before = set(out.glob("*.whl"))
    uv("build", "--wheel", "--offline", "--no-build-isolation", "-o", out, folder)
    (built,) = set(out.glob("*.whl")) - before
    return built


@dataclass(frozen=True)
class Computer:
    """An environment with SmartClient installed, and a synchronised catalogue."""

    python: Path
    catalogue: Path
    signing_part: Path

    def install(self, *wheels: Path) -> None:
        uv("pip", "install", "--offline", "--no-deps", "--python", self.python, *wheels)

    def remove(self, name: str) -> None:
        uv("pip", "uninstall", "--python", self.python, name)

    def says(self) -> dict[str, object]:
        command: Sequence[str] = [str(self.python), "-I", str(PROBE), str(self.catalogue)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
        said: dict[str, object] = json.loads(done.stdout)
        assert str(REPOSITORY) not in str(said["place"])
        return said


@pytest.fixture(scope="module")
def computer(tmp_path_factory: pytest.TempPathFactory) -> Computer:
    folder = tmp_path_factory.mktemp("computer")
    sources = folder / "sources"
    leave = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("smartclient", "signosoft"):
        shutil.copytree(REPOSITORY / name, sources / name, ignore=leave)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(REPOSITORY / name, sources / name)
    (folder / "wheels").mkdir()
    base = wheel_of(sources, folder / "wheels")
    part = wheel_of(sources / "signosoft", folder / "wheels")
    uv("venv", "--python", sys.executable, folder / "venv")
    python = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    libraries = sysconfig.get_path("purelib", vars={"base": str(folder / "venv")})
    # The libraries of this environment are seen; its own paths into the repository are not.
    (Path(libraries) / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    made = Computer(python, folder / "catalogue", part)
    catalogue_with_signing(made.catalogue)
    made.install(base)
    return made


def test_that_the_signing_part_brings_the_choice_and_takes_it_along(computer: Computer) -> None:
    without = computer.says()
    assert without["installed"] is False
    assert without["choice"] is False
    assert "PČS SignoSoft" not in str(without["components"])
    assert without["refusal"] == "SC-SIGN-070"

    computer.install(computer.signing_part)
    there = computer.says()
    assert there["installed"] is True
    assert there["choice"] is True
    assert "PČS SignoSoft" in str(there["components"])
    assert there["refusal"] in (
        "SC-SIGN-001",
        "SC-SIGN-063",
    )  # asked for, but nothing is plugged in

    computer.remove("pcs-signosoft")
    assert computer.says() == without
