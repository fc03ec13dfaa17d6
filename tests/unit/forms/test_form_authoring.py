"""The guide for authors of forms: its example works, and it leaves nothing out."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from smartclient.cli import main
from smartclient.domain.identifiers import IdentifierKind
from smartclient.forms.assembly import PartName, assembled
from smartclient.forms.expression import MAX_SOURCE
from smartclient.forms.functions import FUNCTIONS, ROW_FUNCTIONS
from smartclient.forms.layout import Widget
from smartclient.forms.migration import migrate
from smartclient.forms.model import FieldType
from smartclient.forms.package import FormPackage
from smartclient.forms.rules import RuleKind
from smartclient.forms.session import FormSession
from smartclient.forms.translating import MAX_NODES
from smartclient.wire.messages import Json
from tests.unit.forms.household import CATALOGUE, TODAY
from tests.unit.forms.household import files as household_files
from tests.unit.forms.test_form_schemas import schema_name, validator

GUIDE = (CATALOGUE.parent / "docs" / "form-authoring.md").read_text(encoding="utf-8")
_EXAMPLE = re.compile(r"^\*\*`([^`]+)`\*\*\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@cache
def example() -> dict[str, bytes]:
    """Every file of the example by its name."""
    return {name: content.encode() for name, content in _EXAMPLE.findall(GUIDE)}


def package_files() -> dict[str, bytes]:
    part = {
        name.removeprefix("parts/wishes/1/"): content
        for name, content in example().items()
        if name.startswith("parts/")
    }
    own = {name: each for name, each in example().items() if not name.startswith("parts/")}
    return assembled(own, {PartName("wishes", 1): part})


def test_that_the_example_of_the_guide_is_sound_and_its_trials_succeed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "forms" / "meeting" / "2"
    for name, content in example().items():
        place = tmp_path / name if name.startswith("parts/") else folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    code = main(["form", "check", str(folder)])
    found = json.loads(capsys.readouterr().out)
    assert found["faults"] == []
    assert [trial["differences"] for trial in found["trials"]] == [[], []]
    assert code == 0


def test_that_the_example_fits_the_schemas() -> None:
    checked = 0
    for name, content in example().items():
        if not name.endswith(".json"):
            continue
        of_part = name.startswith("parts/")
        relative = name.removeprefix("parts/wishes/1/")
        schema = schema_name(relative, of_part=of_part)
        assert schema is not None
        assert validator(schema).is_valid(json.loads(content)), name
        checked += 1
    assert checked > 10


def test_that_the_migration_of_the_guide_does_what_it_says() -> None:
    def texts(*names: str) -> Json:
        return {
            "title": "Meeting",
            "fields": {f"*.{name}": {"label": name} for name in names},
            "sections": {"all": {"title": "All"}},
            "repeats": {"present": {"title": "Present", "add": "Add", "remove": "Remove"}},
        }

    roles: Json = [{"name": "role", "type": "choice", "choices": "roles"}]
    manifest = json.loads(example()["manifest.json"])
    model: Json = {
        "fields": [
            {"name": "client", "type": "group", "fields": [{"name": "name", "type": "text"}]},
            {"name": "telephone", "type": "text"},
            {"name": "venue", "type": "text"},
            {"name": "present", "type": "repeat", "fields": roles},
        ]
    }
    placed: Json = [
        {"field": "client.name"},
        {"field": "telephone"},
        {"field": "venue"},
        {"repeat": "present", "edited": True, "elements": [{"field": "role"}]},
    ]
    earlier = household_files(
        manifest={**manifest, "version": 1, "supersedes": None, "parts": None},
        model=model,
        rules={"rules": []},
        ui={"sections": [{"id": "all", "elements": placed}]},
        texts=texts("name", "telephone", "venue", "role"),
    )
    earlier["choices/roles.csv"] = b"code,en\nwife,Wife\nfriend,Friend\n"
    old, new = FormPackage.from_files(earlier), FormPackage.from_files(package_files())
    draft: dict[str, Json] = {
        "client": {"name": "Novák"},
        "telephone": "777 123 456",
        "venue": "at the kitchen table",
        "present": [{"role": "wife"}, {"role": "friend"}],
    }
    found = migrate(old, new, draft, language="en", today=TODAY)
    assert found.answers["client"] == {"surname": "Novák", "mobile": "+420777123456"}
    assert found.answers["present"] == [{"role": "partner"}, {"role": "friend"}]
    assert found.answers["agreed"] is False
    assert [(each.value, each.reason) for each in found.lost] == [
        ("at the kitchen table", "Where you met is not recorded any more.")
    ]
    assert FormSession(new, found.answers, today=TODAY).rows("present") == 2


@pytest.mark.parametrize(
    "name",
    sorted(
        {
            *FUNCTIONS,
            *ROW_FUNCTIONS,
            *("row", "if_", "premium", "changed", "before", "changes"),
        }
    ),
)
def test_that_the_guide_tells_every_function(name: str) -> None:
    assert f"`{name}(" in GUIDE


@pytest.mark.parametrize("name", [*FieldType, *RuleKind, *IdentifierKind, *Widget])
def test_that_the_guide_tells_every_type_rule_and_widget(name: str) -> None:
    assert f"`{name}`" in GUIDE


def test_that_the_guide_tells_the_limits_that_hold() -> None:
    assert f"At most {MAX_SOURCE} characters and {MAX_NODES} parts." in GUIDE
