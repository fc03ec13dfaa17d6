"""Signing what is published: from the sources of the catalogue to a repository that can be carried.

Every component that changed is signed by the key of its role, then the set that names them all by
both keys of targets. What was published once never changes under the same version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from smartclient.domain.errors import BadInput
from smartclient.publisher.components import Catalogue
from smartclient.publisher.keys import KeyFolder
from smartclient.publisher.repository import SignedRepository
from smartclient.publisher.roles import DELEGATED, RENEW_WITHIN, TARGETS
from smartclient.wire.catalogue import CURRENT_SET, role_of_path


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signing did: the set, and the new version of each role that was signed."""

    set_id: str
    roles: Mapping[str, int]
    """Empty when the signed repository already says all this and for long enough."""


def sign_catalogue(
    catalogue: Catalogue,
    repository: SignedRepository,
    keys: KeyFolder,
    now: datetime,
    *,
    replace: bool = False,
) -> Signed:
    """Sign what changed and write it into the repository's folder.

    Raises BadInput SC-CAT-056 naming a component whose content changed under the same version
    (`replace` allows it, for practice), and what the keys refuse.
    """
    files = catalogue.archives
    if not replace:
        _require_unchanged(files, repository)
    set_id, content = catalogue.signed_set.id, catalogue.signed_set.to_bytes()
    files = {**files, CURRENT_SET: content, f"sets/{set_id}.json": content}
    signed = {
        role: repository.add_targets(role, _new_of(role, files, repository), now)
        for role in (TARGETS, *DELEGATED)
        if _needs_signing(role, files, repository, now)
    }
    if TARGETS in signed:
        repository.delegate(signed[TARGETS], keys)
    for role in signed:
        repository.sign(role, keys)
    repository.write(signed)
    return Signed(set_id, {role: targets.version for role, targets in signed.items()})


def _require_unchanged(files: Mapping[str, bytes], repository: SignedRepository) -> None:
    changed: Sequence[str] = sorted(
        path
        for path, content in files.items()
        if repository.target(path) and not repository.is_signed(path, content)
    )
    if changed:
        raise BadInput("SC-CAT-056", files=", ".join(changed))


def _new_of(
    role: str, files: Mapping[str, bytes], repository: SignedRepository
) -> Mapping[str, bytes]:
    """The files of the role that differ from what it lists now."""
    return {
        path: content
        for path, content in files.items()
        if role_of_path(path) == role and not repository.is_signed(path, content)
    }


def _needs_signing(
    role: str, files: Mapping[str, bytes], repository: SignedRepository, now: datetime
) -> bool:
    current = repository.role(role)
    if current is None or current.signed.expires - now < RENEW_WITHIN:
        return True
    return bool(_new_of(role, files, repository))
