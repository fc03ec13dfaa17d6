"""Files that the operator names at the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smartclient.domain.errors import BadInput


def read_file(path: Path) -> bytes:
    """The bytes of a file; BadInput SC-CMD-002 when it cannot be read."""
    with reading(path):
        return path.read_bytes()


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """What reads the file bit by bit; BadInput SC-CMD-002 when it cannot be read."""
    try:
        yield
    except OSError as missing:
        raise BadInput("SC-CMD-002", file=path, problem=missing.strerror) from missing


def write_file(path: Path, content: bytes) -> None:
    """Write a file, and its folder where there is none; BadInput SC-CMD-006 when it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as failed:
        raise BadInput("SC-CMD-006", file=path, problem=failed.strerror) from failed
