"""`smartclient form` on the published offer and on a package with faults."""

import json
import shutil
from pathlib import Path

import pytest

from smartclient.cli import main
from smartclient.wire.messages import Json
from tests.unit.forms.contract_change import SETTINGS
from tests.unit.forms.contract_change import files as change_files
from tests.unit.forms.household import CATALOGUE, FAMILY, FLEXI_OFFER, MANIFEST
from tests.unit.forms.household import files as household_files
from tests.unit.forms.test_parts import included, parts

TARIFF = CATALOGUE / "tariffs" / "flexi" / "1"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = main(["form", *map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_that_the_offer_has_no_fault_and_its_trials_go_as_expected(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _err = run(capsys, "check", FLEXI_OFFER, "--tariff", TARIFF)
    found = json.loads(out)
    assert (code, found["ok"], found["faults"]) == (0, True, [])
    assert found["untried"] == 0
    assert len(found["trials"]) > 40


def test_that_faults_are_listed_by_file_field_and_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "package"
    shutil.copytree(FLEXI_OFFER, folder)
    rules = folder / "rules.json"
    rules.write_text(rules.read_text().replace("day_of_month(start) == 1", "start ** 2"))
    code, out, _err = run(capsys, "check", folder)
    assert code == 1
    assert json.loads(out)["faults"] == [
        {
            "code": "SC-FORM-008",
            "file": "rules.json",
            "field": "rules[starts-on-first].expression",
            "rule": "SC-FORM-105",
            "message": json.loads(out)["faults"][0]["message"],
        }
    ]
    assert "**" in json.loads(out)["faults"][0]["message"]


def test_that_a_trial_that_fails_is_a_negative_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "package"
    shutil.copytree(FLEXI_OFFER, folder)
    family = folder / "tests" / "family.json"
    family.write_text(family.read_text().replace('"1650"', '"1651"'))
    code, out, _err = run(capsys, "check", folder, "--tariff", TARIFF)
    failed = [trial for trial in json.loads(out)["trials"] if not trial["ok"]]
    assert code == 1
    assert failed[0]["differences"] == ["payable: expected 1651, found 1650"]


def test_that_without_its_tariff_a_form_is_checked_but_not_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "package"
    shutil.copytree(FLEXI_OFFER, folder)
    code, out, _err = run(capsys, "check", folder)
    assert (code, json.loads(out)["trials"]) == (0, [])
    assert json.loads(out)["untried"] > 40


def test_that_the_tariff_beside_the_form_in_the_catalogue_is_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _err = run(capsys, "run", FLEXI_OFFER, "--answers", FAMILY, "--today", "2026-11-21")
    assert (code, json.loads(out)["premium"]["payable"]) == (0, "1650")


def test_that_each_field_is_told_with_how_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = run(
        capsys,
        *("run", FLEXI_OFFER, "--answers", FAMILY, "--tariff", TARIFF),
        *("--today", "2026-11-21", "--language", "en"),
    )
    found = json.loads(out)
    assert (code, found["complete"], found["missing"]) == (0, True, [])
    assert found["premium"]["payable"] == "1650"
    assert found["fields"]["insured.0.entry_age"] == {
        "relevant": True,
        "required": False,
        "readonly": True,
        "value": 41,
        "typed": "41",
        "before": None,
        "problems": [],
    }
    assert [each["field"] for each in found["signers"]] == ["policyholder", "insured_2", "adviser"]


def test_that_a_wrong_answer_is_a_negative_verdict_with_its_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"contract": {"start": "2026-12-15"}}))
    code, out, _err = run(capsys, "run", FLEXI_OFFER, "--answers", answers, "--today", "2026-11-21")
    problems = json.loads(out)["fields"]["contract.start"]["problems"]
    assert code == 1
    assert [(each["severity"], each["rule"]) for each in problems] == [("error", "starts-on-first")]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["run", FLEXI_OFFER, "--answers", "nowhere.json"], "SC-CMD-002"),
        (["run", FLEXI_OFFER, "--answers", FAMILY, "--language", "pl"], "SC-FORM-004"),
        (["run", CATALOGUE / "tariffs", "--answers", FAMILY], "SC-FORM-001"),
        (["check", "nowhere"], "SC-CMD-004"),
        (["run", FLEXI_OFFER, "--answers", FAMILY, "--today", "tomorrow"], "SC-CMD-001"),
    ],
)
def test_that_bad_input_is_refused_with_its_code(
    arguments: list[str | Path], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code, out, err = run(capsys, *arguments)
    assert (exit_code, out) == (2, "")
    assert err.startswith(f"{code}: ")


def test_that_a_tariff_of_another_name_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "tariff"
    shutil.copytree(TARIFF, other)
    source = other / "tariff.json"
    source.write_text(source.read_text().replace('"id": "flexi"', '"id": "rigid"'))
    code, _out, err = run(capsys, "check", FLEXI_OFFER, "--tariff", other)
    assert (code, err[:11]) == (2, "SC-FORM-012")


def change_package(folder: Path, **changed: Json) -> Path:
    for name, content in change_files(**changed).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_that_a_change_request_runs_on_the_settings_it_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = change_package(tmp_path / "change")
    answers, settings = tmp_path / "answers.json", tmp_path / "settings.json"
    answers.write_text(json.dumps({"holder": {"surname": "Nová"}}))
    settings.write_text(json.dumps(SETTINGS))
    code, out, _err = run(capsys, "run", folder, "--answers", answers, "--baseline", settings)
    found = json.loads(out)
    assert (code, found["complete"]) == (0, True)
    assert found["changes"] == [
        {
            "path": "holder.surname",
            "label": "Surname",
            "before": "Novák",
            "after": "Nová",
            "old": "Novák",
            "new": "Nová",
        }
    ]
    assert found["fields"]["holder.surname"]["before"] == "Novák"
    assert found["fields"]["persons.0.name"]["before"] is None


def test_that_a_change_request_that_changes_nothing_is_not_complete(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = change_package(tmp_path / "change")
    answers, settings = tmp_path / "answers.json", tmp_path / "settings.json"
    answers.write_text("{}")
    settings.write_text(json.dumps(SETTINGS))
    code, out, _err = run(capsys, "run", folder, "--answers", answers, "--baseline", settings)
    assert (code, json.loads(out)["complete"]) == (1, False)
    settings.write_text("[]")
    code, _out, err = run(capsys, "run", folder, "--answers", answers, "--baseline", settings)
    assert code == 2
    assert "SC-CMD-003" in err
    assert "settings.json" in err


def test_that_trials_of_a_change_request_say_what_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = change_package(tmp_path / "change")
    (folder / "tests" / "answers").mkdir(parents=True)
    (folder / "tests" / "answers" / "contract.json").write_text(json.dumps(SETTINGS))
    trial: dict[str, Json] = {
        "name": "a new surname",
        "today": "2026-11-21",
        "baseline_from": "answers/contract.json",
        "answers": {"persons": [{"key": "2", "name": "Eva Marie"}]},
        "steps": [["set", "holder.surname", "Nová"]],
        "expect": {
            "changes": {
                "holder.surname": ["Novák", "Nová"],
                "persons.1.name": ["Eva", "Eva Marie"],
            },
            "record": {"SURNAME": "Nová", "PERSONS": [{"KEY": "2", "NAME": "Eva Marie"}]},
            "titles": {"persons.0": "1."},
        },
    }
    (folder / "tests" / "changes.json").write_text(json.dumps({"trials": [trial]}))
    code, out, _err = run(capsys, "check", folder)
    assert (code, json.loads(out)["trials"][0]["differences"]) == (0, [])


def test_that_shared_parts_beside_the_form_are_put_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "forms" / "household" / "3"
    for name, content in included().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    code, out, _err = run(capsys, "check", folder)
    named = {(each["file"], each["field"]) for each in json.loads(out)["faults"]}
    assert (code, named) == (1, {("manifest.json", "parts")})
    for part, files in parts().items():
        for name, content in files.items():
            place = tmp_path / "parts" / part.id / str(part.version) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    code, out, _err = run(capsys, "check", folder)
    assert (code, json.loads(out)["ok"]) == (0, True)


def test_that_a_migration_is_held_against_the_earlier_version_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps: Json = [{"drop": "holder.pet"}, {"rename": "share", "to": "share"}]
    for version, given in (
        (3, household_files()),
        (4, household_files(manifest={**MANIFEST, "version": 4})),
    ):
        folder = tmp_path / str(version)
        for name, content in given.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    (folder / "migrations").mkdir()
    (folder / "migrations" / "3-4.json").write_text(json.dumps({"steps": steps}))
    code, out, _err = run(capsys, "check", folder)
    (fault,) = json.loads(out)["faults"]
    assert (code, fault["code"], fault["file"]) == (1, "SC-FORM-007", "migrations/3-4.json")
    assert "holder.pet" in fault["message"]
