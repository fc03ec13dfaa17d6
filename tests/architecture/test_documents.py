"""The documents for people name only what is there: files, commands of the four programs."""

import re
from collections.abc import Iterator
from pathlib import Path

from development.__main__ import COMMANDS as OF_BUILDERS
from smartclient.backoffice.commands.program import COMMANDS as OF_THE_OFFICE
from smartclient.cli.program import COMMANDS as OF_THE_LAPTOP
from tests.architecture.sources import ROOT

_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_WORD = r"([a-z][a-z-]+)"
_OPTIONS = r"(?: --home [^\s`]+)?"
_NAMED = {
    re.compile(rf"smartclient-backoffice{_OPTIONS} {_WORD}"): OF_THE_OFFICE,
    re.compile(rf"(?<![\w/.-])smartclient {_WORD}(?: [A-Z-]|`)"): OF_THE_LAPTOP,
    re.compile(rf"dev\.py {_WORD}"): OF_BUILDERS,
    re.compile(rf"smartclient-publisher {_WORD}"): ("init", "sign", "rotate"),
    re.compile(rf"smartclient-authority {_WORD}"): ("open",),
}


def _documents() -> Iterator[Path]:
    yield from sorted(ROOT.glob("*.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))


def _faults(document: Path) -> Iterator[str]:
    name, content = document.relative_to(ROOT), document.read_text(encoding="utf-8")
    for link in _LINK.findall(content):
        if "://" not in link and not (document.parent / link).exists():
            yield f"{name}: {link}"
    for named, known in _NAMED.items():
        for command in set(named.findall(content)) - set(known):
            yield f"{name}: {command}"


def test_that_what_documents_link_and_call_is_there() -> None:
    assert [fault for document in _documents() for fault in _faults(document)] == []
