"""What commands share: how they read what they are given and how they print what they found."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from smartclient.domain.errors import BadInput
from smartclient.wire.messages import Json

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - no public name


def print_json(value: Json) -> None:
    """Print a JSON value to stdout, readable, in UTF-8 whatever the console speaks."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; BadInput SC-CMD-002 when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as failure:
        raise BadInput("SC-CMD-002", file=path, problem=failure.strerror) from failure


def read_text(path: Path) -> str:
    """The text of a file in UTF-8; BadInput SC-CMD-005 when it is none."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise BadInput("SC-CMD-005", file=path) from broken


def read_json(path: Path) -> Json:
    """The JSON value of a file, decimals as text; BadInput SC-CMD-003 when it is none."""
    return parse_json(read_bytes(path), str(path))


def parse_json(source: bytes | str, name: str) -> Json:
    """A JSON value that came from `name`; numbers with a decimal point come as exact text."""
    try:
        return cast("Json", json.loads(source, parse_float=str))
    except (ValueError, RecursionError) as broken:
        raise BadInput("SC-CMD-003", file=name, problem=broken) from broken


def read_folder(path: Path) -> dict[str, bytes]:
    """Every file below a folder by its name with slashes; BadInput SC-CMD-002 for no folder."""
    if not path.is_dir():
        raise BadInput("SC-CMD-004", file=path)
    found = sorted(file for file in path.rglob("*") if file.is_file())
    return {file.relative_to(path).as_posix(): read_bytes(file) for file in found}
