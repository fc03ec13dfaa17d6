"""Forms and templates as they are published: sources of the catalogue with what they share."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from smartclient.documents.printing import printed
from smartclient.documents.rendering import Rendered, render
from smartclient.documents.template import Template
from smartclient.documents.template import assembled as with_shared
from smartclient.forms.assembly import assembled, parts_named
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.wire.messages import Json, JsonObject

REPOSITORY = Path(__file__).parents[3]
CATALOGUE = REPOSITORY / "catalogue"
AT = datetime(2026, 11, 21, 17, 20, tzinfo=UTC)
NUMBER = "7200041873"


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def source_of(form: str, version: int = 1) -> Path:
    return CATALOGUE / "forms" / form / str(version)


@cache
def form_files(form: str, version: int = 1) -> dict[str, bytes]:
    """The files of a package together with those of its parts."""
    files = files_below(source_of(form, version))
    shared = CATALOGUE / "parts"
    parts = {name: files_below(shared / name.id / str(name.version)) for name in parts_named(files)}
    return assembled(files, parts)


@cache
def form(form: str, version: int = 1) -> FormPackage:
    return FormPackage.from_files(form_files(form, version))


def answers(form: str, name: str, version: int = 1) -> JsonObject:
    """Answers that lie beside the trials of a package."""
    path = source_of(form, version) / "tests" / "answers" / f"{name}.json"
    found: JsonObject = json.loads(path.read_bytes())
    return found


def texts_that_differ(files: Mapping[str, bytes]) -> list[str]:
    """Texts that only one language has, or that do not name the same answers in both."""
    czech, english = (
        dict(_texts(json.loads(files[f"i18n/{each}.json"]), "")) for each in ("cs", "en")
    )
    lonely = czech.keys() ^ english.keys()
    both = czech.keys() & english.keys()
    return sorted(lonely | {name for name in both if _holes(czech[name]) != _holes(english[name])})


def _texts(found: Json, inside: str) -> Iterator[tuple[str, str]]:
    if isinstance(found, dict):
        for name, value in found.items():
            yield from _texts(value, f"{inside}/{name}")
    else:
        yield inside, str(found)


def _holes(text: str) -> list[str]:
    return sorted(re.findall(r"\{[a-z_.]+\}", text))


@cache
def template(name: str, version: int = 1) -> Template:
    fonts = REPOSITORY / "smartclient" / "ui" / "fonts"
    return Template.from_files(
        with_shared(
            files_below(CATALOGUE / "templates" / name / str(version)),
            {path.name: path.read_bytes() for path in fonts.glob("*.otf")},
            lambda look, of: files_below(CATALOGUE / "looks" / look / str(of)),
        )
    )


def on_paper(
    session: FormSession,
    body: Mapping[str, Json] | None = None,
    *,
    language: str = "cs",
    version: int = 1,
    authority_sha256: str = "",
) -> Rendered:
    """The document that a filled form makes, drawn with its template."""
    package = session.package
    whole: JsonObject = {
        "number": NUMBER,
        "form_id": package.id,
        "form_version": package.version,
        "template_id": package.template_id,
        "client_name": "Petr Novák",
        "answers": session.answers_in_force,
        "adviser": {"name": "Jana Dvořáková", "identification": "1", "cnb_number": "123456PPZ"},
        **(body or {}),
    }
    title = package.title(language)
    data = printed(session, whole, session.premium, title=title, at=AT, language=language)
    drawing = template(package.template_id, version)
    return render(drawing, whole, data, at=AT, authority_sha256=authority_sha256)
