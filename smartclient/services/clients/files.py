"""Files that are put to a client: which ones are taken, and how they lie while they are looked at.

A file that came from another computer is opened by the system's own program. So only kinds are
taken and opened that are documents or pictures, whatever a record says that they are.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Final

from smartclient.domain.errors import BadInput
from smartclient.wire.messages import MAX_BLOB_BYTES
from smartclient.wire.register_bodies import MAX_NAME

MEDIA_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".pdf": "application/pdf",
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".png": "image/png",
        ".tif": "image/tiff",
        ".tiff": "image/tiff",
        ".heic": "image/heic",
        ".webp": "image/webp",
        ".txt": "text/plain",
        ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".odt": "application/vnd.oasis.opendocument.text",
        ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    }
)
_MEGABYTE: Final = 1_000_000
_FORBIDDEN: Final = '<>:"/\\|?*'


def media_type(name: str) -> str:
    """The media type by the ending of a name; BadInput SC-CLI-004 for one that is not taken."""
    ending = PurePath(name).suffix.lower()
    if ending not in MEDIA_TYPES:
        raise BadInput("SC-CLI-004", ending=ending or name[-20:])
    return MEDIA_TYPES[ending]


def read_file(path: Path) -> bytes:
    """The content of a chosen file.

    Raises BadInput SC-CLI-003 (too large), SC-CLI-004 (another kind), SC-CLI-005 (cannot be read or
    is empty).
    """
    media_type(path.name)
    try:
        if path.stat().st_size > MAX_BLOB_BYTES:
            raise BadInput("SC-CLI-003", limit=MAX_BLOB_BYTES // _MEGABYTE)
        content = path.read_bytes()
    except OSError as fault:
        raise BadInput("SC-CLI-005", name=path.name) from fault
    if not content:
        raise BadInput("SC-CLI-005", name=path.name)
    return content


def file_name(name: str) -> str:
    """A name that every file system takes, with its ending; the beginning is cut if need be."""
    plain = PurePath(name.replace("\\", "/")).name
    kept = "".join(each for each in plain if each.isprintable() and each not in _FORBIDDEN)
    stem, _dot, ending = kept.rpartition(".")
    stem, ending = stem.strip(" ."), ending.strip()
    return f"{stem[: MAX_NAME - len(ending) - 1] or 'file'}.{ending}"


def lay_open(folder: Path, name: str, content: bytes) -> Path:
    """Write the content where a program of the system can show it; only this account reads it."""
    media_type(name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    file = folder / file_name(name)
    file.touch(mode=0o600)
    file.write_bytes(content)
    return file
