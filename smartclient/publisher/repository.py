"""The off-line half of the update repository: root, targets and the delegated roles.

    metadata/   N.root.json, N.targets.json, N.forms.json …: every version stays
    targets/    the files, their names led by their SHA-256, as they are served: every version stays

Snapshot and timestamp are missing on purpose: the back office signs them when it publishes. What is
here is public and may be carried on any medium; so it is believed only with its signatures, or a
stranger could have something signed along with the next version.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    Root,
    TargetFile,
    Targets,
)
from tuf.api.serialization import DeserializationError

from smartclient.domain.errors import BadInput, Damaged
from smartclient.publisher.keys import KEY_NAME, KeyFolder
from smartclient.publisher.roles import (
    DELEGATED,
    KEYS_OF,
    ROOT,
    ROOT_THRESHOLD,
    TARGETS,
    TARGETS_THRESHOLD,
    VALIDITY,
)
from smartclient.wire.catalogue import role_of_path
from smartclient.wire.encoding import sha256

T = TypeVar("T", Root, Targets)


class SignedRepository:
    """The newest signed state in a folder; changes are kept in memory until `write`."""

    def __init__(self, folder: Path, root_history: Path) -> None:
        """Raises BadInput SC-CAT-054 before the key ceremony."""
        self.folder = folder
        self._root_history = root_history
        self.root = _root(root_history)
        self._roles: dict[str, Metadata[Targets]] = {}
        self._files: dict[str, bytes] = {}

    def role(self, name: str) -> Metadata[Targets] | None:
        """The newest metadata of targets or of a delegated role; None before the first signing.

        Raises Damaged SC-CAT-055 when it is not signed by those who may.
        """
        if name not in self._roles:
            content = _newest(self.folder / "metadata", name)
            if content is None:
                return None
            metadata = _read(Metadata[Targets].from_bytes, content, name)
            if not _is_signed(self._delegator(name), name, metadata):
                raise Damaged("SC-CAT-055", file=f"{metadata.signed.version}.{name}.json")
            self._roles[name] = metadata
        return self._roles[name]

    def target(self, path: str) -> TargetFile | None:
        """What was signed last for the path of a target."""
        role = self.role(role_of_path(path))
        return role.signed.targets.get(path) if role else None

    def is_signed(self, path: str, content: bytes) -> bool:
        """Whether exactly this content was signed last for the path."""
        known = self.target(path)
        return known is not None and known.hashes["sha256"] == sha256(content)

    def add_targets(self, role: str, files: Mapping[str, bytes], now: datetime) -> Targets:
        """A new version of the role with the files added to what it lists. `sign` comes after."""
        signed = self.next_version(role, now)
        for path, content in files.items():
            target = TargetFile.from_data(path, content, ["sha256"])
            signed.targets[path] = target
            self._files[target.get_prefixed_paths()[0]] = content
        return signed

    def next_version(self, role: str, now: datetime) -> Targets:
        """The content of the role's next version, unsigned, its validity begun anew."""
        previous = self.role(role)
        if previous is None:
            signed = Targets(version=1)
        else:
            signed = Targets.from_dict(previous.signed.to_dict())
            signed.version += 1
        signed.expires = (now + VALIDITY[role]).replace(microsecond=0)
        self._roles[role] = Metadata(signed)
        return signed

    def delegate(self, targets: Targets, keys: KeyFolder) -> None:
        """Let top-level targets delegate each path to its role and the role's key."""
        delegations = targets.delegations or Delegations({}, {})
        for role, pattern in DELEGATED.items():
            if delegations.roles is not None and role not in delegations.roles:
                public_key = keys.signer(KEYS_OF[role][0]).public_key
                delegations.keys[public_key.keyid] = public_key
                delegations.roles[role] = DelegatedRole(
                    role, [public_key.keyid], 1, terminating=True, paths=[pattern]
                )
        targets.delegations = delegations

    def sign(self, role: str, keys: KeyFolder) -> None:
        """Sign the new version with every key of the role.

        Raises BadInput SC-CAT-051 naming a key that is missing, SC-CAT-053 when the keys are not
        those that root or targets name.
        """
        metadata = self._roles[role]
        for name in KEYS_OF[role]:
            metadata.sign(keys.signer(name), append=True)
        if not _is_signed(self._delegator(role), role, metadata):
            raise BadInput("SC-CAT-053", role=role)

    def _delegator(self, role: str) -> Root | Targets:
        targets = None if role == TARGETS else self.role(TARGETS)
        return self.root.signed if targets is None else targets.signed

    def write(self, roles: Iterable[str]) -> None:
        """Write files, roles and the whole history of root; nothing that is there is changed."""
        for path, content in self._files.items():
            _write_once(self.folder / "targets" / path, content)
        for role in roles:
            metadata = self._roles[role]
            name = f"{metadata.signed.version}.{role}.json"
            _write_once(self.folder / "metadata" / name, metadata.to_bytes())
        for root in self._root_history.glob("*.root.json"):
            _write_once(self.folder / "metadata" / root.name, root.read_bytes())


def first_root(keys: KeyFolder, now: datetime) -> Metadata[Root]:
    """Root version 1 over keys just made, signed by every root key."""
    root = Root(
        version=1,
        expires=(now + VALIDITY[ROOT]).replace(microsecond=0),
        consistent_snapshot=True,
    )
    for role in root.roles:
        for name in KEYS_OF[role]:
            root.add_key(keys.signer(name).public_key, role)
    root.roles[ROOT].threshold = ROOT_THRESHOLD
    root.roles[TARGETS].threshold = TARGETS_THRESHOLD
    metadata = Metadata(root)
    for name in KEYS_OF[ROOT]:
        metadata.sign(keys.signer(name), append=True)
    return metadata


def next_root(current: Metadata[Root], now: datetime) -> Root:
    """The content of the next root, unsigned, its validity begun anew."""
    following = Root.from_dict(current.signed.to_dict())
    following.version += 1
    following.expires = (now + VALIDITY[ROOT]).replace(microsecond=0)
    return following


def keyid_of(delegator: Root | Targets, role: str, name: str) -> str:
    """The id of the key that carries the name; BadInput SC-CAT-051 when the role has none such."""
    for keyid in delegator.get_delegated_role(role).keyids:
        if delegator.get_key(keyid).unrecognized_fields.get(KEY_NAME) == name:
            return keyid
    raise BadInput("SC-CAT-051", key=name)


def write_root(history: Path, root: Metadata[Root]) -> None:
    """Add a root to the history."""
    _write_once(history / f"{root.signed.version}.root.json", root.to_bytes())


def _is_signed(delegator: Root | Targets, role: str, metadata: Metadata[Targets]) -> bool:
    try:
        delegator.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
    except (RepositoryError, ValueError):
        return False
    return True


def _root(history: Path) -> Metadata[Root]:
    content = _newest(history, ROOT)
    if content is None:
        raise BadInput("SC-CAT-054", folder=history.parent.name)
    return _read(Metadata[Root].from_bytes, content, ROOT)


def _newest(folder: Path, role: str) -> bytes | None:
    versions = {
        int(path.name.split(".")[0]): path
        for path in folder.glob(f"*.{role}.json")
        if path.name.split(".")[0].isdigit()
    }
    return versions[max(versions)].read_bytes() if versions else None


def _read(reader: Callable[[bytes], Metadata[T]], content: bytes, role: str) -> Metadata[T]:
    try:
        return reader(content)
    except DeserializationError as broken:
        raise Damaged("SC-CAT-055", file=f"{role}.json") from broken


def _write_once(path: Path, content: bytes) -> None:
    """Write a file that will never change; the same content again is no fault."""
    if path.exists():
        if path.read_bytes() != content:
            raise Damaged("SC-CAT-055", file=path.name)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    partial.replace(path)
