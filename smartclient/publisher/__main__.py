"""`smartclient-publisher`: the key ceremony, signing, and replacing keys. Needs no network."""

import argparse
import errno
import getpass
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import smartclient
from smartclient.domain.clock import Clock, SystemClock
from smartclient.domain.command_line import Parser, ended
from smartclient.domain.errors import BadInput, NoSpace, NotAllowed, SmartClientError
from smartclient.domain.language import _, speak
from smartclient.domain.mode import Mode, mode_of
from smartclient.locale import translations_of
from smartclient.publisher.components import Given, read_catalogue
from smartclient.publisher.keys import KeyFolder
from smartclient.publisher.repository import SignedRepository, first_root, write_root
from smartclient.publisher.roles import KEYS_OF
from smartclient.publisher.rotation import rotate_keys
from smartclient.publisher.signing import sign_catalogue

FONTS = Path(smartclient.__file__).parent / "ui" / "fonts"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; prints its JSON to stdout, a refusal to stderr (exit 2)."""
    speak(translations_of(os.environ))
    return ended(lambda: _run(argv))


def _run(argv: Sequence[str] | None) -> int:
    parsed = _parser().parse_args(argv)
    try:
        keys = _key_folder(parsed.keys, practice=parsed.practice)
        done: dict[str, object] = parsed.run(parsed, keys, SystemClock())
    except OSError as failure:
        raise _refusal_of(failure) from failure
    sys.stdout.write(json.dumps(done, indent=2) + "\n")
    return 0


def _refusal_of(failure: OSError) -> SmartClientError:
    if failure.errno == errno.ENOSPC:
        return NoSpace("SC-PROG-003")
    return BadInput("SC-CAT-064", file=failure.filename, problem=failure.strerror)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="smartclient-publisher", description=_("Signs what is published, off-line.")
    )
    commands = parser.add_subparsers(required=True, metavar=_("COMMAND"))
    init = commands.add_parser(
        "init", help=_("the key ceremony: make every key and the first root")
    )
    init.add_argument("keys", type=Path, metavar="DIR")
    init.set_defaults(run=_init)
    sign = commands.add_parser("sign", help=_("sign what changed in the catalogue"))
    _add_sources(sign)
    sign.set_defaults(run=_sign)
    rotate = commands.add_parser("rotate", help=_("put new keys in the place of others"))
    rotate.add_argument(
        "key", nargs="+", choices=[name for names in KEYS_OF.values() for name in names]
    )
    rotate.set_defaults(run=_rotate)
    for command in (sign, rotate):
        command.add_argument("--keys", type=Path, required=True, metavar="DIR")
        command.add_argument("--out", type=Path, required=True, metavar="DIR")
    for command in (init, sign, rotate):
        command.add_argument(
            "--practice",
            action="store_true",
            help=_("keys without passphrases, for practice only"),
        )
    return parser


def _add_sources(sign: argparse.ArgumentParser) -> None:
    """What is signed, and what goes into the components besides."""
    sign.add_argument("--catalogue", type=Path, required=True, metavar="DIR")
    sign.add_argument(
        "--authority",
        type=Path,
        required=True,
        metavar="FILE",
        help=_("the certificate of the independent authority"),
    )
    sign.add_argument(
        "--fonts", type=Path, default=FONTS, metavar="DIR", help=_("the fonts that templates share")
    )
    sign.add_argument(
        "--replace",
        action="store_true",
        help=_("practice only: let content change under the same version"),
    )


def _init(_parsed: argparse.Namespace, keys: KeyFolder, clock: Clock) -> dict[str, object]:
    names = [name for role in KEYS_OF.values() for name in role]
    for name in names:
        if keys.has(name):
            raise NotAllowed("SC-CAT-050", key=name)
    for name in names:
        keys.make(name)
    write_root(keys.root_history, first_root(keys, clock.now()))
    return {"root": str(keys.root_history / "1.root.json"), "keys": names}


def _sign(parsed: argparse.Namespace, keys: KeyFolder, clock: Clock) -> dict[str, object]:
    if parsed.replace and not parsed.practice:
        raise BadInput("SC-CAT-059")
    try:
        authority = parsed.authority.read_bytes()
    except OSError as missing:
        raise BadInput("SC-CAT-063") from missing
    given = Given(authority, {path.name: path.read_bytes() for path in parsed.fonts.glob("*.otf")})
    repository = SignedRepository(parsed.out, keys.root_history)
    signed = sign_catalogue(
        read_catalogue(parsed.catalogue, given),
        repository,
        keys,
        clock.now(),
        replace=parsed.replace,
    )
    return {"set": signed.set_id, "signed": dict(signed.roles)}


def _rotate(parsed: argparse.Namespace, keys: KeyFolder, clock: Clock) -> dict[str, object]:
    repository = SignedRepository(parsed.out, keys.root_history)
    signed = rotate_keys(parsed.key, repository, keys, clock.now())
    return {"keys": parsed.key, "signed": dict(signed)}


def _key_folder(folder: Path, *, practice: bool) -> KeyFolder:
    if not practice:
        return KeyFolder(folder, _asked, _asked_twice)
    if mode_of(os.environ, bundled=hasattr(sys, "frozen")) is Mode.PRODUCTION:
        raise NotAllowed("SC-ACT-090")
    return KeyFolder(folder, lambda _key: None)


def _asked(key: str) -> bytes:
    """Ask whoever holds the key; an empty answer is asked again.

    Raises BadInput SC-CAT-065 where nobody can type.
    """
    while True:
        try:
            given = getpass.getpass(_("Passphrase of the key {key}: ").format(key=key))
        except EOFError as nobody:
            raise BadInput("SC-CAT-065", key=key) from nobody
        if given:
            return given.encode()


def _asked_twice(key: str) -> bytes:
    """Ask for the passphrase of a new key until it was typed the same twice."""
    while True:
        first = _asked(key)
        if getpass.getpass(_("The same passphrase again: ")).encode() == first:
            return first


if __name__ == "__main__":
    sys.exit(main())
