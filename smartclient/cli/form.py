"""`smartclient form`: checks a form package, runs it on answers, and shows it in a window."""

import argparse
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.cli.console import print_json, read_folder, read_json
from smartclient.domain.clock import SystemClock
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.language import _
from smartclient.domain.lock_time import PRAGUE
from smartclient.domain.sentences import text_for
from smartclient.forms.assembly import assembled, parts_named
from smartclient.forms.faults import PackageRefused
from smartclient.forms.migration_steps import check_sources
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.forms.source import Faults
from smartclient.forms.states import Difference, FieldState, SectionState
from smartclient.forms.trials import made, read_trials
from smartclient.premium import Premium, Tariff
from smartclient.wire.messages import Json, JsonObject

if TYPE_CHECKING:
    from smartclient.cli.console import Subparsers


OpenForm = Callable[[str, Mapping[str, Json] | None], FormSession]
"""Reads a package anew and opens it in a language, with answers or (None) from the beginning."""
ShowForm = Callable[[OpenForm, str, bool], int]
"""Shows it in a window, in a language, dark or not; gives the exit code when it is closed."""


def register(subparsers: "Subparsers") -> None:
    """Add the command with its verbs."""
    parser = subparsers.add_parser("form", help=_("check or run a form package"))
    verbs = parser.add_subparsers(metavar=_("VERB"), required=True)
    check = verbs.add_parser("check", help=_("name every fault, and make the package's own trials"))
    run = verbs.add_parser("run", help=_("say of each field how it stands"))
    for verb in (check, run):
        verb.add_argument("folder", type=Path, metavar="DIR")
        verb.add_argument(
            "--tariff",
            type=Path,
            metavar="DIR",
            help=_("folder of the tariff, if it does not stand beside the form"),
        )
    run.add_argument("--answers", type=Path, required=True, metavar="FILE", help=_("JSON file"))
    run.add_argument(
        "--baseline",
        type=Path,
        metavar="FILE",
        help=_("JSON file with the settings that a change request is opened on"),
    )
    run.add_argument("--today", type=date.fromisoformat, metavar="DATE", help=_("day, 2026-11-01"))
    run.add_argument("--language", metavar="CODE", help=_("cs, en, …"))
    preview = verbs.add_parser("preview", help=_("open the form as the adviser sees it"))
    preview.add_argument("folder", type=Path, metavar="DIR")
    for name in ("--tariff", "--answers", "--baseline"):
        preview.add_argument(name, type=Path, metavar="DIR" if name == "--tariff" else "FILE")
    preview.add_argument("--today", type=date.fromisoformat, metavar="DATE")
    preview.add_argument("--language", metavar="CODE", help=_("cs, en, …"))
    preview.add_argument("--dark", action="store_true", help=_("in the dark scheme"))
    check.set_defaults(run=_check)
    preview.set_defaults(run=_preview)
    run.set_defaults(run=_run)


def package_files(folder: Path) -> dict[str, bytes]:
    """The files of a package, together with the shared parts that stand beside it.

    The parts of a package in `<catalogue>/forms/<id>/<version>` are those in `<catalogue>/parts`.
    Raises BadInput SC-CMD-004 for no folder, PackageRefused for a part that is not there.
    """
    files = read_folder(folder)
    around = folder.resolve().parents
    beside = around[min(2, len(around) - 1)] / "parts"
    places = {name: beside / name.id / str(name.version) for name in parts_named(files)}
    return assembled(
        files, {name: read_folder(place) for name, place in places.items() if place.is_dir()}
    )


def _check(arguments: argparse.Namespace) -> int:
    try:
        files = package_files(arguments.folder)
        package, trials = FormPackage.from_files(files), read_trials(files)
        _require_earlier_places(arguments.folder, package)
    except PackageRefused as refused:
        faults: list[Json] = [_fault(each) for each in refused.faults]
        print_json({"ok": False, "faults": faults, "trials": []})
        return 1
    tariff = _tariff(arguments, package)
    untried = package.pricing is not None and tariff is None
    results = [] if untried else [made(trial, package, tariff) for trial in trials]
    ok = not any(result.differences for result in results)
    print_json(
        {
            "ok": ok,
            "faults": [],
            "trials": [
                {
                    "file": result.file,
                    "name": result.name,
                    "ok": not result.differences,
                    "differences": list(result.differences),
                }
                for result in results
            ],
            "untried": len(trials) - len(results),
        }
    )
    return 0 if ok else 1


def _require_earlier_places(folder: Path, package: FormPackage) -> None:
    """Raise PackageRefused for a migration that names what an earlier version beside it has not."""
    faults = Faults()
    for version, migration in package.migrations.items():
        earlier = folder.resolve().parent / str(version)
        if earlier.is_dir():
            model = FormPackage.from_files(package_files(earlier)).model
            check_sources(migration, model, faults)
    if faults.found:
        raise PackageRefused(faults.found)


def _object(path: Path) -> JsonObject:
    """The answers, or the settings, in a JSON file; BadInput SC-CMD-003 when it holds none."""
    found = read_json(path)
    if not isinstance(found, dict):
        raise BadInput("SC-CMD-003", file=path, problem=_("an object is expected"))
    return found


def _fault(refusal: BadInput) -> JsonObject:
    return {
        "code": refusal.code,
        "file": refusal.values.get("file", ""),
        "field": refusal.values.get("field", ""),
        "rule": refusal.values.get("rule", ""),
        "message": text_for(refusal),
    }


def _run(arguments: argparse.Namespace) -> int:
    package = FormPackage.from_files(package_files(arguments.folder))
    answers = _object(arguments.answers)
    baseline = None
    if arguments.baseline is not None:
        baseline = _object(arguments.baseline)
    language = arguments.language or package.languages[0]
    if language not in package.languages:
        raise BadInput("SC-FORM-004", file="--language", field=language, rule="of the package")
    session = FormSession.begun_with(
        package,
        answers,
        today=arguments.today or SystemClock().now().astimezone(PRAGUE).date(),
        tariff=_tariff(arguments, package),
        language=language,
        header={"signing_installed": True},
        baseline=baseline,
    )
    print_json(_stands(session))
    return 1 if session.wrong() or session.premium_problems else 0


def _preview(arguments: argparse.Namespace) -> int:
    show: ShowForm | None = arguments.show_form
    if show is None:
        raise NotAllowed("SC-CMD-008")
    if not arguments.folder.is_dir():
        raise BadInput("SC-CMD-004", file=arguments.folder)
    given = _object(arguments.answers) if arguments.answers else {}
    settings = _object(arguments.baseline) if arguments.baseline else None

    def open_form(language: str, answers: Mapping[str, Json] | None) -> FormSession:
        package = FormPackage.from_files(package_files(arguments.folder))
        return FormSession.begun_with(
            package,
            given if answers is None else answers,
            today=arguments.today or SystemClock().now().astimezone(PRAGUE).date(),
            tariff=_tariff(arguments, package),
            language=language,
            header={"signing_installed": True},
            baseline=settings,
        )

    return show(open_form, arguments.language or "cs", arguments.dark)


def _tariff(arguments: argparse.Namespace, package: FormPackage) -> Tariff | None:
    """The tariff that is named, or the newest of the form that stands beside it in a catalogue."""
    manifest, folder = package.manifest, arguments.tariff
    if folder is None and manifest.tariff_id:
        around = arguments.folder.resolve().parents
        beside = around[min(2, len(around) - 1)] / "tariffs" / manifest.tariff_id
        versions = range(manifest.tariff_to, manifest.tariff_from - 1, -1)
        found = (beside / str(version) for version in versions)
        folder = next((each for each in found if each.is_dir()), None)
    if folder is None:
        return None
    tariff = Tariff.from_files(read_folder(folder))
    fits = manifest.tariff_from <= tariff.version <= manifest.tariff_to
    if tariff.id != package.tariff_id or not fits:
        given = f"{tariff.id} {tariff.version}"
        raise BadInput("SC-FORM-012", wanted=package.tariff_id, given=given)
    return tariff


def _stands(session: FormSession) -> JsonObject:
    return {
        "complete": session.is_complete,
        "fields": {path: _field(session.field(path)) for path in session.paths()},
        "sections": [_section(each) for each in session.sections()],
        "missing": [
            {"path": each.path, "label": each.label, "section": each.section, "about": each.about}
            for each in session.missing()
        ],
        "premium": None if session.premium is None else _premium(session.premium),
        "premium_problems": [
            {"code": each.code, "message": text_for(each)} for each in session.premium_problems
        ],
        "changes": [_change(each) for each in session.differences()],
        "signers": [
            {"field": each.field, "role": each.role, "person": each.person}
            for each in session.signers()
        ],
    }


def _section(state: SectionState) -> JsonObject:
    return {
        "id": state.id,
        "title": state.title,
        "state": state.state.value,
        "errors": state.errors,
        "missing": state.missing,
    }


def _premium(premium: Premium) -> JsonObject:
    return {
        "payable": f"{premium.payable:f}",
        "frequency": premium.frequency,
        "currency": premium.currency,
        "lines": [
            {"row": each.line_id, "cover": each.line.cover, "instalment": f"{each.instalment:f}"}
            for each in premium.lines
        ],
    }


def _change(difference: Difference) -> JsonObject:
    return {
        "path": difference.path,
        "label": difference.label,
        "before": difference.before,
        "after": difference.after,
        "old": difference.old,
        "new": difference.new,
    }


def _field(state: FieldState) -> JsonObject:
    return {
        "relevant": state.relevant,
        "required": state.required,
        "readonly": state.readonly,
        "value": state.value,
        "typed": state.typed,
        "before": state.before,
        "problems": [
            {
                "severity": problem.severity.value,
                "message": problem.message,
                "rule": problem.rule,
            }
            for problem in state.problems
        ],
    }
