"""What the publisher delivers is judged here before a byte of it is served.

The same questions that a laptop will ask are asked first: does every root follow from the one
before, are targets and delegated roles signed by enough of the right keys, does no version go back,
is every component of the set there, byte for byte.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Targets
from tuf.api.serialization import DeserializationError

from smartclient.backoffice.operations.catalogue_files import ServedCatalogue
from smartclient.domain.errors import BadInput
from smartclient.wire.catalogue import (
    CURRENT_SET,
    DELEGATED_ROLES,
    TARGETS_ROLE,
    CatalogueSet,
    role_of_path,
)
from smartclient.wire.encoding import sha256

ROOT = "root"
T = TypeVar("T", Root, Targets)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery that was found sound. Paths are below the folder that is served."""

    root: Root
    roots: Mapping[str, bytes]
    files: Mapping[str, bytes]
    """Targets and the metadata of targets and delegated roles."""
    catalogue_set: CatalogueSet


def read_delivery(signed: Path, served: ServedCatalogue, now: datetime) -> Delivery:
    """Read and judge the publisher's folder.

    Raises BadInput SC-CAT-072 (a file is missing or unreadable), SC-CAT-073 (signatures),
    SC-CAT-074 (older than what is served), SC-CAT-075 (its time is over), SC-CAT-076 (set and files
    differ).
    """
    reading = _Reading(signed / "metadata", served, now)
    root, roots = reading.roots()
    targets, targets_bytes = reading.role(TARGETS_ROLE, root)
    roles = {TARGETS_ROLE: targets}
    metadata = {f"metadata/{targets.version}.{TARGETS_ROLE}.json": targets_bytes}
    for name in DELEGATED_ROLES:
        roles[name], content = reading.role(name, targets)
        metadata[f"metadata/{roles[name].version}.{name}.json"] = content
    files = _target_files(signed / "targets", roles)
    catalogue_set = _set_of(files, roles)
    return Delivery(root, roots, {**files, **metadata}, catalogue_set)


@dataclass(frozen=True, slots=True)
class _Reading:
    folder: Path
    served: ServedCatalogue
    now: datetime

    def roots(self) -> tuple[Root, Mapping[str, bytes]]:
        """The newest root at the end of an unbroken chain, and the bytes of all of them."""
        files: dict[str, bytes] = {}
        trusted: Root | None = None
        version = 1
        while (content := self._read(f"{version}.root.json")) is not None:
            known = self.served.metadata(f"{version}.root.json")
            if known is not None and known != content:
                raise BadInput("SC-CAT-073", role=ROOT)
            metadata = _parsed(Metadata[Root], content, ROOT)
            for delegator in (trusted or metadata.signed, metadata.signed):
                _require_signed(delegator, ROOT, metadata)
            if metadata.signed.version != version:
                raise BadInput("SC-CAT-073", role=ROOT)
            trusted = metadata.signed
            files[f"metadata/{version}.root.json"] = content
            version += 1
        if trusted is None:
            raise BadInput("SC-CAT-072", file="1.root.json")
        if version - 1 < max(self.served.versions(ROOT), default=0):
            raise BadInput("SC-CAT-074", role=ROOT)
        self._require_valid(trusted, ROOT)
        return trusted, files

    def role(self, name: str, delegator: Root | Targets) -> tuple[Targets, bytes]:
        """The newest metadata of targets or a delegated role."""
        versions = [
            int(path.name.split(".")[0])
            for path in self.folder.glob(f"*.{name}.json")
            if path.name.split(".")[0].isdigit()
        ]
        newest = max(versions, default=1)
        content = self._read(f"{newest}.{name}.json")
        if content is None:
            raise BadInput("SC-CAT-072", file=f"{newest}.{name}.json")
        metadata = _parsed(Metadata[Targets], content, name)
        _require_signed(delegator, name, metadata)
        served = self.served.newest(name)
        if served and (newest, content) != served and newest <= served[0]:
            raise BadInput("SC-CAT-074", role=name)
        if metadata.signed.version != newest:
            raise BadInput("SC-CAT-073", role=name)
        self._require_valid(metadata.signed, name)
        return metadata.signed, content

    def _require_valid(self, signed: Root | Targets, role: str) -> None:
        if signed.is_expired(self.now):
            raise BadInput("SC-CAT-075", role=role)

    def _read(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None


def _parsed(kind: type[Metadata[T]], content: bytes, role: str) -> Metadata[T]:
    try:
        return kind.from_bytes(content)
    except DeserializationError as broken:
        raise BadInput("SC-CAT-072", file=f"{role}.json") from broken


def _require_signed(delegator: Root | Targets, role: str, metadata: Metadata[T]) -> None:
    try:
        delegator.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
    except (RepositoryError, ValueError) as unsigned:
        raise BadInput("SC-CAT-073", role=role) from unsigned


def _target_files(folder: Path, roles: Mapping[str, Targets]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for role in roles.values():
        for target in role.targets.values():
            path = target.get_prefixed_paths()[0]
            try:
                content = (folder / path).read_bytes()
            except OSError as missing:
                raise BadInput("SC-CAT-072", file=path) from missing
            if sha256(content) != target.hashes["sha256"]:
                raise BadInput("SC-CAT-072", file=path)
            files[f"targets/{path}"] = content
    return files


def _set_of(files: Mapping[str, bytes], roles: Mapping[str, Targets]) -> CatalogueSet:
    """The set, every component of which its own role signed with the same digest and length."""
    known = roles[TARGETS_ROLE].targets.get(CURRENT_SET)
    if known is None:
        raise BadInput("SC-CAT-076", component=CURRENT_SET)
    try:
        found = CatalogueSet.from_bytes(files[f"targets/{known.get_prefixed_paths()[0]}"])
    except BadInput as broken:
        raise BadInput("SC-CAT-076", component=CURRENT_SET) from broken
    for component in found.components:
        target = roles[role_of_path(component.path)].targets.get(component.path)
        if (
            target is None
            or target.hashes["sha256"] != component.sha256
            or target.length != component.length
        ):
            raise BadInput("SC-CAT-076", component=component.path)
    return found
