"""Replacing a key: a planned change, a lost key, or one that fell into other hands.

A root that names a new key is signed by enough of the old and enough of the new root keys, so that
every laptop can follow from the root compiled into it. Replacing the on-line keys also heals a
repository whose version numbers an attacker drove to the end (fast-forward).
"""

from dataclasses import dataclass
from datetime import datetime

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root

from smartclient.domain.errors import BadInput
from smartclient.publisher.keys import KeyFolder
from smartclient.publisher.repository import (
    SignedRepository,
    keyid_of,
    next_root,
    write_root,
)
from smartclient.publisher.roles import (
    DELEGATED,
    KEYS_OF,
    ROOT,
    ROOT_THRESHOLD,
    TARGETS,
    role_of_key,
)


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did: the key by name, and the new version of each role that was signed."""

    key: str
    roles: dict[str, int]


def rotate_key(name: str, repository: SignedRepository, keys: KeyFolder, now: datetime) -> Rotated:
    """Put a new key in the place of the one with this name and sign what names it.

    A lost key may be absent. Raises BadInput SC-CAT-051 for a name that no role knows, SC-CAT-057
    when too few root keys are there.
    """
    if not any(name in names for names in KEYS_OF.values()):
        raise BadInput("SC-CAT-051", key=name)
    role = role_of_key(name)
    if role in DELEGATED:
        return _rotate_delegated(name, role, repository, keys, now)
    return _rotate_top_level(name, role, repository, keys, now)


def _rotate_top_level(
    name: str, role: str, repository: SignedRepository, keys: KeyFolder, now: datetime
) -> Rotated:
    current = repository.root
    replaced = keyid_of(current.signed, role, name)
    approving = _approving_root_keys(name, current.signed, keys)
    for other in KEYS_OF[role]:
        if other != name:
            keys.signer(other)
    root = next_root(current, now)
    root.revoke_key(replaced, role)
    keys.retire(name, replaced)
    made = keys.make(name)
    root.add_key(made.public_key, role)
    metadata = Metadata(root)
    for signer in [*approving, made] if role == ROOT else approving:
        metadata.sign(signer, append=True)
    write_root(keys.root_history, metadata)
    repository.root = metadata
    signed = {ROOT: root.version}
    if role == TARGETS and repository.role(TARGETS):
        signed[TARGETS] = repository.next_version(TARGETS, now).version
        repository.sign(TARGETS, keys)
    repository.write(set(signed) - {ROOT})
    return Rotated(name, signed)


def _approving_root_keys(name: str, root: Root, keys: KeyFolder) -> list[CryptoSigner]:
    """The root keys that stay, enough of them; asked for before anything is changed."""
    present = [keys.signer(each) for each in KEYS_OF[ROOT] if each != name and keys.has(each)]
    known = root.get_delegated_role(ROOT).keyids
    approving = [signer for signer in present if signer.public_key.keyid in known]
    if len(approving) < ROOT_THRESHOLD:
        raise BadInput("SC-CAT-057", key=name)
    return approving


def _rotate_delegated(
    name: str, role: str, repository: SignedRepository, keys: KeyFolder, now: datetime
) -> Rotated:
    if repository.role(TARGETS) is None:
        raise BadInput("SC-CAT-058")
    for other in KEYS_OF[TARGETS]:
        keys.signer(other)
    targets = repository.next_version(TARGETS, now)
    replaced = keyid_of(targets, role, name)
    targets.revoke_key(replaced, role)
    keys.retire(name, replaced)
    targets.add_key(keys.make(name).public_key, role)
    version = repository.next_version(role, now).version
    for each in (TARGETS, role):
        repository.sign(each, keys)
    repository.write((TARGETS, role))
    return Rotated(name, {TARGETS: targets.version, role: version})
