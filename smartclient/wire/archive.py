"""A component of the catalogue as one file: a zip archive with exactly one byte string per content.

Same files, same bytes: names sorted, the same time and rights on each entry. So a second person can
pack the sources again and compare digests before signing.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from zlib import error as ZlibError  # noqa: N812 - a class with a function's name

from smartclient.domain.errors import BadInput, Damaged

MAX_FILES = 2_000
MAX_INFLATED = 60_000_000

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_RIGHTS = 0o100644 << 16


def pack_files(files: Mapping[str, bytes]) -> bytes:
    """The archive of the files; BadInput SC-CAT-040 for a name that could leave its folder."""
    _require_plain_names(files)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = _RIGHTS
            archive.writestr(entry, files[name])
    return written.getvalue()


def unpack_files(content: bytes, limit: int = MAX_INFLATED) -> Mapping[str, bytes]:
    """The files of the archive, in memory only.

    Damaged SC-CAT-041 when it is no such archive, holds more than `limit` bytes once inflated, or a
    name that could leave its folder.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > limit:
                raise Damaged("SC-CAT-041")
            files = {entry.filename: archive.read(entry) for entry in entries}
        _require_plain_names(files)
    except (zipfile.BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError) as broken:
        raise Damaged("SC-CAT-041") from broken
    except BadInput as unsafe:
        raise Damaged("SC-CAT-041") from unsafe
    return MappingProxyType(files)


def _require_plain_names(files: Mapping[str, bytes]) -> None:
    folded = {name.casefold() for name in files}
    for name in files:
        path = PurePosixPath(name)
        plain = name == str(path) and not path.is_absolute() and ".." not in path.parts
        if not plain or not name or "\\" in name or ":" in name:
            raise BadInput("SC-CAT-040", file=name)
    if len(folded) != len(files):
        raise BadInput("SC-CAT-040", file=", ".join(sorted(files))[:80])
