"""`smartclient-authority open FILE.pdf --key KEY.pem --out DIR`: for the custodian of the key.

Exit 0 when every sealed field was opened, 1 when one was refused, 2 for bad input. The report is
printed and written to DIR as report.json.
"""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from smartclient.authority.report import Opening, open_file
from smartclient.domain.clock import SystemClock
from smartclient.domain.errors import BadInput, NotAllowed, SmartClientError
from smartclient.domain.language import _, speak
from smartclient.domain.sentences import text_for
from smartclient.domain.unforeseen import refusal_of
from smartclient.locale import translations_of

_ONLY_MINE, _ONLY_MY_FOLDER = 0o600, 0o700


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; prints its JSON to stdout, a refusal to stderr."""
    speak(translations_of(os.environ))
    parsed = _parser().parse_args(argv)
    try:
        opening = _open(parsed)
    except SmartClientError as refusal:
        return _refused(refusal)
    except Exception as fault:  # noqa: BLE001 - see `unforeseen`
        return _refused(refusal_of(fault))
    sys.stdout.buffer.write(_encoded(opening))
    return 1 if opening.refused else 0


def _refused(refusal: SmartClientError) -> int:
    sys.stderr.write(f"{refusal.code}: {text_for(refusal)}\n")
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="smartclient-authority", description=_("Opens the sealed biometrics of a signed file.")
    )
    commands = parser.add_subparsers(required=True, metavar=_("COMMAND"))
    opening = commands.add_parser("open", help=_("open every sealed signature of a file"))
    opening.add_argument("file", type=Path, metavar="FILE.pdf")
    opening.add_argument("--key", type=Path, required=True, metavar="KEY.pem")
    opening.add_argument("--out", type=Path, required=True, metavar="DIR")
    return parser


def _open(parsed: argparse.Namespace) -> Opening:
    folder: Path = parsed.out
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotAllowed("SC-SIGN-046", file=folder)
    key = _private_key(parsed.key)
    opening = open_file(parsed.file.name, _read(parsed.file), key, SystemClock().now())
    _write(folder, {**opening.files, "report.json": _encoded(opening)})
    return opening


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failure:
        raise BadInput("SC-CMD-002", file=path, problem=failure.strerror) from failure


def _private_key(path: Path) -> rsa.RSAPrivateKey:
    """The RSA key of a PEM file; asks for its password where it has one."""
    pem = _read(path)
    password = None
    if b"ENCRYPTED" in pem:
        password = getpass.getpass(_("Password of the private key: ")).encode()
    try:
        key = load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as unusable:
        raise BadInput("SC-SIGN-045", file=path) from unusable
    if not isinstance(key, rsa.RSAPrivateKey):
        raise BadInput("SC-SIGN-045", file=path)
    return key


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
