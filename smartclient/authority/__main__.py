"""`smartclient-authority open FILE.pdf --key KEY --out DIR`: for the custodian of the key.

KEY is a PEM file or a PKCS#11 URI; several may be given, and each signature is opened with the one
that fits, because an authority changes its key from time to time.

Exit 0 when every sealed field was opened, 1 when one was refused, 2 for bad input. The report is
printed and written to DIR as report.json.
"""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from smartclient.authority.keys import key_of
from smartclient.authority.readings import readings_of
from smartclient.authority.report import Opening, open_file
from smartclient.domain.clock import SystemClock
from smartclient.domain.command_line import Parser, ended
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.language import _, speak
from smartclient.locale import language_of, translations_of
from smartclient.wire.encoding import parse
from smartclient.wire.messages import Json

_ONLY_MINE, _ONLY_MY_FOLDER = 0o600, 0o700


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; prints its JSON to stdout, a refusal to stderr."""
    speak(translations_of(os.environ))
    return ended(lambda: _run(argv))


def _run(argv: Sequence[str] | None) -> int:
    opening = _open(_parser().parse_args(argv))
    sys.stdout.buffer.write(_encoded(opening))
    return 1 if opening.refused else 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="smartclient-authority", description=_("Opens the sealed biometrics of a signed file.")
    )
    commands = parser.add_subparsers(required=True, metavar=_("COMMAND"))
    opening = commands.add_parser("open", help=_("open every sealed signature of a file"))
    opening.add_argument("file", type=Path, metavar="FILE.pdf")
    opening.add_argument(
        "--key",
        action="append",
        required=True,
        metavar="KEY",
        help=_("a PEM file, or pkcs11:token=…;object=…?module-path=…; may be repeated"),
    )
    opening.add_argument("--out", type=Path, required=True, metavar="DIR")
    opening.add_argument(
        "--record",
        type=Path,
        metavar="RECORD.json",
        help=_("the signing record: the report then says what was shown to each person"),
    )
    return parser


def _open(parsed: argparse.Namespace) -> Opening:
    folder: Path = parsed.out
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotAllowed("SC-SIGN-046", file=folder)
    pdf, now = _read(parsed.file), SystemClock().now()
    readings = readings_of(_record(parsed.record), pdf) if parsed.record else {}
    with ExitStack() as stack:
        keys = [stack.enter_context(key_of(named, _ask_secret)) for named in parsed.key]
        opening = open_file(parsed.file.name, pdf, keys, now, language_of(os.environ), readings)
    _write(folder, {**opening.files, "report.json": _encoded(opening)})
    return opening


def _ask_secret(kind: str) -> str:
    words = {"password": _("Password of the private key: "), "pin": _("PIN of the token: ")}
    return getpass.getpass(words[kind])


def _record(path: Path) -> Json:
    """The record as it was written; BadInput SC-DOC-010 when it is no JSON."""
    try:
        return parse(_read(path))
    except BadInput as broken:
        raise BadInput("SC-DOC-010") from broken


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failure:
        raise BadInput("SC-CMD-002", file=path, problem=failure.strerror) from failure


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Write into a folder that only its owner may read."""
    try:
        folder.mkdir(mode=_ONLY_MY_FOLDER, parents=True, exist_ok=True)
        for name, content in files.items():
            file = folder / name
            file.touch(mode=_ONLY_MINE, exist_ok=False)
            file.write_bytes(content)
    except OSError as failure:
        raise BadInput("SC-CMD-006", file=folder, problem=failure.strerror) from failure


def _encoded(opening: Opening) -> bytes:
    return json.dumps(opening.report, ensure_ascii=False, indent=2).encode() + b"\n"


if __name__ == "__main__":
    sys.exit(main())
