"""docs/tariff-authoring.md: its complete example is carried out as it stands there."""

import json
import re
import shlex
from itertools import zip_longest
from pathlib import Path

import jsonschema
import pytest

from smartclient.cli import main
from smartclient.premium import Tariff

DOCS = Path(__file__).parents[3] / "docs"
GUIDE = (DOCS / "tariff-authoring.md").read_text(encoding="utf-8")
SCHEMA = json.loads((DOCS / "tariff-schema.json").read_text(encoding="utf-8"))

_FILE = re.compile(r"^`([\w./-]+)`\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RUN = re.compile(
    r"^```\n(smartclient [^\n]+)\n```\ngives[^\n]*\n```json\n(.*?)^```$", re.MULTILINE | re.DOTALL
)

Json = dict[str, "Json"] | list["Json"] | str | int | bool | None


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the guide in a folder, which is the current one."""
    found = _FILE.findall(GUIDE)
    assert [name for name, _text in found] == [
        "small/tariff.json",
        "small/death.csv",
        "small/day.csv",
        "contract.json",
    ]
    for name, text in found:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(expected: Json, found: Json) -> Json:
    """What was found, as far as the guide speaks of it."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return {name: said(value, found.get(name)) for name, value in expected.items()}
    if isinstance(expected, list) and isinstance(found, list):
        return [said(*each) for each in zip_longest(expected, found[: len(expected)])]
    return found


@pytest.mark.usefixtures("example")
def test_that_the_example_of_the_guide_gives_what_the_guide_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ((command, expected),) = _RUN.findall(GUIDE)
    program, *arguments = shlex.split(command)
    assert program == "smartclient"
    assert main(arguments) == 0
    wanted = json.loads(expected)
    assert said(wanted, json.loads(capsys.readouterr().out)) == wanted


def test_that_the_example_of_the_guide_fits_the_schema(example: Path) -> None:
    fields = json.loads((example / "small" / "tariff.json").read_bytes())
    jsonschema.validate(fields, SCHEMA)
    files = {file.name: file.read_bytes() for file in (example / "small").iterdir()}
    assert Tariff.from_files(files).id == "small"


def test_that_every_field_of_the_schema_is_in_the_guide() -> None:
    names: set[str] = set()

    def collect(part: Json) -> None:
        if isinstance(part, dict):
            properties = part.get("properties")
            names.update(properties if isinstance(properties, dict) else ())
            for each in part.values():
                collect(each)
        elif isinstance(part, list):
            for each in part:
                collect(each)

    collect(SCHEMA)
    unsaid = [name for name in sorted(names) if not re.search(rf'[`"]{re.escape(name)}[`"]', GUIDE)]
    assert unsaid == []
