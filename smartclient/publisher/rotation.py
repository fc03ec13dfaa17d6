"""Replacing keys: a planned change, lost keys, or keys that fell into other hands.

A root that names a new key is signed by enough of the old and enough of the new root keys, so that
every laptop can follow from the root compiled into it. Replacing the on-line keys also heals a
repository whose version numbers an attacker drove to the end (fast-forward).
"""

from collections.abc import Collection, Mapping, Sequence
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


def rotate_keys(
    names: Sequence[str], repository: SignedRepository, keys: KeyFolder, now: datetime
) -> Mapping[str, int]:
    """Put new keys in the place of those with these names; the new version of each role signed.

    Lost keys may be absent. Before anything is changed it raises BadInput SC-CAT-057 when too few
    root keys stay, SC-CAT-051 naming a key of targets that is needed and missing, SC-CAT-058 for a
    delegated key before the first signing.
    """
    roles = {role_of_key(name) for name in names}
    delegated = sorted(roles & DELEGATED.keys())
    signed_before = [repository.role(role) for role in (TARGETS, *delegated)]
    if delegated and None in signed_before:
        raise BadInput("SC-CAT-058")
    renews_root = bool(roles - DELEGATED.keys())
    renews_targets = bool(delegated) or (TARGETS in roles and repository.role(TARGETS) is not None)
    approving = _approving_root_keys(names, repository.root.signed, keys) if renews_root else []
    for name in KEYS_OF[TARGETS] if renews_targets else ():
        if name not in names:
            keys.signer(name)
    signed: dict[str, int] = {}
    if renews_root:
        signed[ROOT] = _renew_root(names, approving, repository, keys, now)
    if renews_targets:
        signed |= _renew_targets(names, delegated, repository, keys, now)
    repository.write(signed.keys() - {ROOT})
    return signed


def _approving_root_keys(
    names: Collection[str], root: Root, keys: KeyFolder
) -> Sequence[CryptoSigner]:
    """The root keys that stay, enough of them."""
    staying = [name for name in KEYS_OF[ROOT] if name not in names and keys.has(name)]
    known = root.get_delegated_role(ROOT).keyids
    approving = [signer for signer in map(keys.signer, staying) if signer.public_key.keyid in known]
    if len(approving) < ROOT_THRESHOLD:
        raise BadInput("SC-CAT-057", key=", ".join(names))
    return approving


def _renew_root(
    names: Sequence[str],
    approving: Sequence[CryptoSigner],
    repository: SignedRepository,
    keys: KeyFolder,
    now: datetime,
) -> int:
    root = next_root(repository.root, now)
    signers = list(approving)
    for name in names:
        role = role_of_key(name)
        if role in DELEGATED:
            continue
        replaced = keyid_of(root, role, name)
        root.revoke_key(replaced, role)
        keys.retire(name, replaced)
        made = keys.make(name)
        root.add_key(made.public_key, role)
        if role == ROOT:
            signers.append(made)
    metadata = Metadata(root)
    for signer in signers:
        metadata.sign(signer, append=True)
    write_root(keys.root_history, metadata)
    repository.root = metadata
    return root.version


def _renew_targets(
    names: Sequence[str],
    delegated: Sequence[str],
    repository: SignedRepository,
    keys: KeyFolder,
    now: datetime,
) -> Mapping[str, int]:
    targets = repository.next_version(TARGETS, now)
    for name in names:
        role = role_of_key(name)
        if role in DELEGATED:
            replaced = keyid_of(targets, role, name)
            targets.revoke_key(replaced, role)
            keys.retire(name, replaced)
            targets.add_key(keys.make(name).public_key, role)
    signed = {TARGETS: targets.version}
    for role in delegated:
        signed[role] = repository.next_version(role, now).version
    for role in signed:
        repository.sign(role, keys)
    return signed
