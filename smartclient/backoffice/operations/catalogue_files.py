"""The update repository on disk, as it is served: static files that are added and never changed.

    metadata/   N.root.json, N.targets.json, N.forms.json …, N.snapshot.json, timestamp.json
    targets/    the files, their names led by their SHA-256
    tag         what tells a laptop that there is something new

Only `timestamp.json` and `tag` are ever replaced, each in one step.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from tuf.api.metadata import Metadata, Targets

from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.wire.archive import unpack_files
from smartclient.wire.catalogue import (
    ComponentKind,
    role_of_path,
    target_path,
)
from smartclient.wire.encoding import sha256

TIMESTAMP_FILE = "timestamp.json"

_METADATA_NAME = re.compile(r"(\d{1,10}\.)?[a-z]{1,20}\.json")
_TARGET_PATH = re.compile(r"[a-z]{1,20}/[0-9a-f]{64}\.[a-z0-9][A-Za-z0-9.-]{0,120}")


class ServedCatalogue:
    """Reads what is served; `add`, `set_timestamp` and `set_tag` are for publishing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tag: tuple[int, str] = (0, "")
        self._tag_path = folder / "tag"

    def metadata(self, name: str) -> bytes | None:
        """A metadata file by its name; None when there is none such."""
        return self._served("metadata", name) if _METADATA_NAME.fullmatch(name) else None

    def target(self, path: str) -> bytes | None:
        """A target by its path, the digest leading its name; None when there is none such."""
        return self._served("targets", path) if _TARGET_PATH.fullmatch(path) else None

    def tag(self) -> str:
        """Changes exactly when a laptop has something new to fetch; empty before the first."""
        try:
            changed = self._tag_path.stat().st_mtime_ns
            if changed != self._tag[0]:
                self._tag = changed, self._tag_path.read_text("ascii")
        except FileNotFoundError:
            return ""
        return self._tag[1]

    def component(
        self, kind: ComponentKind, component_id: str, version: int
    ) -> Mapping[str, bytes]:
        """The files of a component of any set that was ever published.

        Raises NotAllowed SC-CAT-020 when there was none such, Damaged SC-CAT-077 naming a file
        that is not what was published.
        """
        path = target_path(kind, component_id, version)
        archive = self._newest_target(path)
        if archive is None:
            raise NotAllowed("SC-CAT-020", component=component_id, version=version)
        return unpack_files(archive)

    def newest(self, role: str) -> tuple[int, bytes] | None:
        """The highest version of a role's metadata and its bytes."""
        versions = self.versions(role)
        if not versions:
            return None
        newest = max(versions)
        return newest, (self.folder / "metadata" / f"{newest}.{role}.json").read_bytes()

    def versions(self, role: str) -> frozenset[int]:
        """Every version of a role's metadata that is here."""
        found = (self.folder / "metadata").glob(f"*.{role}.json")
        return frozenset(int(path.name.split(".")[0]) for path in found)

    def add(self, files: Mapping[str, bytes]) -> None:
        """Add files by their path below the folder; a damaged one is mended."""
        for name, content in files.items():
            path = self.folder / name
            if not path.exists() or path.read_bytes() != content:
                _write(path, content)

    def set_timestamp(self, content: bytes) -> None:
        """Serve another timestamp: the step that makes everything added before it visible."""
        _write(self.folder / "metadata" / TIMESTAMP_FILE, content)

    def set_tag(self, tag: str) -> None:
        """Tell laptops that there is something new."""
        _write(self.folder / "tag", tag.encode("ascii"))

    def _served(self, place: str, name: str) -> bytes | None:
        try:
            return (self.folder / place / name).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None

    def _newest_target(self, path: str) -> bytes | None:
        newest = self.newest(role_of_path(path))
        if newest is None:
            return None
        known = Metadata[Targets].from_bytes(newest[1]).signed.targets.get(path)
        if known is None:
            return None
        content = self._served("targets", known.get_prefixed_paths()[0])
        if content is None or sha256(content) != known.hashes["sha256"]:
            raise Damaged("SC-CAT-077", file=path)
        return content


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    partial.replace(path)
