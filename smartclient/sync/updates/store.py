"""The laptop's own copy of the catalogue: whole sets, each file checked whenever it is opened.

    files/<sha256>.zip    components by their digest
    sets/<sha256>.json    signed sets, as they were signed
    current               the digest of the set in use: the one pointer that an update switches

Opening never needs the network or fresh metadata. An older set stays while a document names it.
"""

import errno
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from smartclient.domain.errors import BadInput, Damaged, NoSpace, NotAllowed
from smartclient.domain.ids import Sha256
from smartclient.wire.archive import unpack_files
from smartclient.wire.catalogue import CatalogueSet, Component, ComponentKind
from smartclient.wire.encoding import sha256


class CatalogueStore:
    """Verified components of the current set and of the older ones that are still named."""

    def __init__(self, folder: Path, unusable: Collection[ComponentKind] = ()) -> None:
        """`folder` is made when the first component is stored.

        Components of `unusable` kinds are kept and updated like the others, but nobody is told of
        them: the part of the program that would use them is not installed.
        """
        self._folder = folder
        self._unusable = frozenset(unusable)
        self._sets: dict[Sha256, CatalogueSet] = {}
        self._seen: dict[Sha256, tuple[int, int]] = {}
        """The size and the time of files whose content was right when `is_whole` read it."""

    @property
    def current(self) -> CatalogueSet | None:
        """The set in use; None before the first synchronisation.

        Raises Damaged SC-CAT-023 when its list of components cannot be trusted.
        """
        whole = self._in_use()
        if whole is None or not self._unusable:
            return whole
        usable = (each for each in whole.components if each.kind not in self._unusable)
        return replace(whole, components=tuple(usable))

    @property
    def current_digest(self) -> Sha256 | None:
        """SHA-256 of the signed bytes of the set in use."""
        try:
            return Sha256((self._folder / "current").read_text("ascii").strip())
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as broken:
            raise Damaged("SC-CAT-023") from broken

    @property
    def is_whole(self) -> bool:
        """Whether a set is in use and every component of it is as it was published.

        Asked with each synchronisation: what was read once is only looked at while its file has
        the same size and time. Whoever opens a component reads it whole.
        """
        try:
            current = self._in_use()
        except Damaged:
            return False
        return current is not None and all(map(self._stays_sound, current.components))

    def newest(self, kind: ComponentKind, component_id: str, day: date) -> Component:
        """The version for something new on that day; NotAllowed SC-CAT-020 when there is none."""
        current = self.current
        found = current.newest(kind, component_id, day) if current else None
        if found is None:
            raise NotAllowed("SC-CAT-020", component=component_id, version=day.isoformat())
        return found

    def package(self, form_id: str, version: int) -> Mapping[str, bytes]:
        """The files of a form package."""
        return self._opened(ComponentKind.FORM, form_id, version)

    def tariff(self, tariff_id: str, version: int) -> Mapping[str, bytes]:
        """The files of a tariff."""
        return self._opened(ComponentKind.TARIFF, tariff_id, version)

    def template(self, template_id: str, version: int) -> Mapping[str, bytes]:
        """The files of a template."""
        return self._opened(ComponentKind.TEMPLATE, template_id, version)

    def product_document(self, document_id: str, version: int) -> Mapping[str, bytes]:
        """The files of a product document, for `PublishedText.from_files`."""
        return self._opened(ComponentKind.PRODUCT_DOCUMENT, document_id, version)

    def consent_text(self, text_id: str, version: int) -> Mapping[str, bytes]:
        """The files of a text of a consent, for `PublishedText.from_files`."""
        return self._opened(ComponentKind.CONSENT_TEXT, text_id, version)

    def holds(self, kind: ComponentKind, component_id: str, version: int) -> bool:
        """Whether a component of one of the sets here can be opened."""
        try:
            self._opened(kind, component_id, version)
        except (NotAllowed, Damaged):
            return False
        return True

    def files(self, component: Component) -> Mapping[str, bytes]:
        """The files of a component; Damaged SC-CAT-021 names it when a byte differs."""
        try:
            archive = self._path(component).read_bytes()
        except OSError as missing:
            raise Damaged("SC-CAT-021", component=component.name) from missing
        if sha256(archive) != component.sha256:
            self._seen.pop(component.sha256, None)  # so that it is brought again
            raise Damaged("SC-CAT-021", component=component.name)
        return unpack_files(archive)

    def faulty(self, catalogue_set: CatalogueSet) -> tuple[Component, ...]:
        """The components of a set that are not here, or not as they must be."""
        return tuple(each for each in catalogue_set.components if not self._is_sound(each))

    def put(self, component: Component, archive: bytes) -> None:
        """Keep a component; Damaged SC-CAT-021 unless it is the one the set names."""
        if sha256(archive) != component.sha256:
            raise Damaged("SC-CAT-021", component=component.name)
        self._write(self._path(component), archive)

    def keep_set(self, content: bytes) -> CatalogueSet:
        """Keep a set beside the current one, for a document that names it."""
        catalogue_set = CatalogueSet.from_bytes(content)
        self._write(self._folder / "sets" / f"{sha256(content)}.json", content)
        return catalogue_set

    def switch(self, content: bytes) -> CatalogueSet:
        """Use this set from now on; Damaged SC-CAT-021 while one of its components is missing."""
        catalogue_set = self.keep_set(content)
        for component in self.faulty(catalogue_set):
            raise Damaged("SC-CAT-021", component=component.name)
        self._write(self._folder / "current", sha256(content).encode())
        return catalogue_set

    def kept(self) -> Mapping[str, CatalogueSet]:
        """The readable sets by id, the current one first."""
        current = self._in_use()
        found = {current.id: current} if current else {}
        for path in sorted((self._folder / "sets").glob("*.json")):
            try:
                catalogue_set = self._set(Sha256(path.stem))
            except Damaged:
                continue
            found.setdefault(catalogue_set.id, catalogue_set)
        return found

    def beside(self, ids: Collection[str]) -> frozenset[str]:
        """The ids of the sets here that are neither current nor among these."""
        current = self._in_use()
        return frozenset(self.kept().keys() - {*ids, current.id if current else ""})

    def forget_unused(
        self, named: Collection[str], components: Collection[tuple[ComponentKind, str, int]] = ()
    ) -> int:
        """Delete the sets that nobody names, and their files; tells how many bytes that gave.

        Current, those of the ids named, and those with one of these components that none of the
        others has, stay. A file that cannot be deleted now goes another time.
        """
        current = self._in_use()
        sets = self.kept().values()
        staying = [each for each in sets if each == current or each.id in named]
        for wanted in components:
            if not any(each.find(*wanted) for each in staying):
                staying += [each for each in sets if each.find(*wanted)][:1]
        digests = {sha256(each.to_bytes()) for each in staying}
        archives = {component.sha256 for each in staying for component in each.components}
        going = [
            path
            for folder, keep in (("sets", digests), ("files", archives))
            for path in (self._folder / folder).glob("*")
            if path.stem not in keep
        ]
        return sum(map(_deleted, going))

    def _in_use(self) -> CatalogueSet | None:
        digest = self.current_digest
        return self._set(digest) if digest else None

    def _opened(self, kind: ComponentKind, component_id: str, version: int) -> Mapping[str, bytes]:
        for catalogue_set in self.kept().values():
            component = catalogue_set.find(kind, component_id, version)
            if component:
                return self.files(component)
        raise NotAllowed("SC-CAT-020", component=component_id, version=version)

    def _set(self, digest: Sha256) -> CatalogueSet:
        if digest not in self._sets:
            try:
                content = (self._folder / "sets" / f"{digest}.json").read_bytes()
                if sha256(content) != digest:
                    raise Damaged("SC-CAT-023")
                self._sets[digest] = CatalogueSet.from_bytes(content)
            except (OSError, BadInput) as broken:
                raise Damaged("SC-CAT-023") from broken
        return self._sets[digest]

    def _is_sound(self, component: Component) -> bool:
        try:
            return sha256(self._path(component).read_bytes()) == component.sha256
        except OSError:
            return False

    def _stays_sound(self, component: Component) -> bool:
        try:
            found = self._path(component).stat()
        except OSError:
            return False
        mark = (found.st_size, found.st_mtime_ns)
        if self._seen.get(component.sha256) != mark:
            if not self._is_sound(component):
                return False
            self._seen[component.sha256] = mark
        return True

    def _path(self, component: Component) -> Path:
        return self._folder / "files" / f"{component.sha256}.zip"

    def _write(self, path: Path, content: bytes) -> None:
        with full_disk_named():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(path.name + ".partial")
            with partial.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            partial.replace(path)


def _deleted(path: Path) -> int:
    """Delete a file; how many bytes that gave, none where somebody has it open."""
    try:
        size = path.stat().st_size
        path.unlink()
    except OSError:
        return 0
    return size


@contextmanager
def full_disk_named() -> Iterator[None]:
    """Turn the system's report of a full disk into NoSpace SC-PROG-003."""
    try:
        yield
    except OSError as failure:
        if failure.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace("SC-PROG-003") from failure
        raise
