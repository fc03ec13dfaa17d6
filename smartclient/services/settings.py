"""NASTAVENÍ: the appearance of the program, and whether there is a newer one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from smartclient.domain import presentation
from smartclient.store.database import Database
from smartclient.wire.catalogue import AppRelease

SchemeName = Literal["light", "dark"]
_KEY = "appearance"
SCALES = (100, 115, 130, 150)
"""Text sizes in per cent of the drawn one."""
SPOKEN = ("cs", "en")
"""The languages in which every window is complete."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """How the program looks and speaks; `scale` is in per cent."""

    scheme: SchemeName = "light"
    scale: int = 100
    language: str = "cs"


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version of the application that is newer than this one."""

    version: str
    date: str


class Settings:
    """What a person may set, and what the page of updates asks."""

    def __init__(
        self,
        db: Database,
        version: str,
        release: Callable[[], AppRelease | None],
        refresh: Callable[[], None],
    ) -> None:
        """`release` is the newest known; `refresh` asks the server, and raises Unreachable."""
        self._db = db
        self.version = version
        self._release = release
        self._refresh = refresh

    def appearance(self) -> Appearance:
        """What was chosen last; light and Czech at first."""
        with self._db.read() as tx:
            kept = tx.settings.get(_KEY)
        return _appearance(kept if isinstance(kept, dict) else {})

    def keep_appearance(self, chosen: Appearance) -> None:
        """Keep what was chosen."""
        with self._db.write() as tx:
            tx.settings.set(
                _KEY,
                {"scheme": chosen.scheme, "scale": chosen.scale, "language": chosen.language},
            )

    def look_for_update(self) -> NewVersion | None:
        """Ask the server for the newest version; None when this is the newest.

        Raises Unreachable without a network, and the refusals of the updater.
        """
        self._refresh()
        return self.known_update()

    def known_update(self) -> NewVersion | None:
        """The newer version that is known without asking."""
        release = self._release()
        if release is None or not release.is_newer_than(self.version):
            return None
        return NewVersion(release.version, presentation.day(release.date))


def _appearance(kept: Mapping[str, object]) -> Appearance:
    scheme, scale, language = kept.get("scheme"), kept.get("scale"), kept.get("language")
    return Appearance(
        scheme="dark" if scheme == "dark" else "light",
        scale=scale if isinstance(scale, int) and scale in SCALES else 100,
        language=language if isinstance(language, str) and language in SPOKEN else "cs",
    )
