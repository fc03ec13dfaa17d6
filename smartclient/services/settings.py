"""NASTAVENÍ: the appearance of the program, and whether there is a newer one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from smartclient.store.database import Database

if TYPE_CHECKING:
    from smartclient.sync.updates.answers import AppAnswer

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


class Settings:
    """What a person may set, and what the page of updates asks."""

    def __init__(self, db: Database, version: str, check_app: "Callable[[], AppAnswer]") -> None:
        """`check_app` asks the update repository and answers, whatever happens."""
        self._db = db
        self.version = version
        self._check_app = check_app

    def appearance(self) -> Appearance:
        """What was chosen last; light and Czech at first."""
        with self._db.day() as day:
            kept = day.setting(_KEY)
        return _appearance(kept if isinstance(kept, dict) else {})

    def keep_appearance(self, chosen: Appearance) -> None:
        """Keep what was chosen."""
        with self._db.write() as tx:
            tx.settings.set(
                _KEY,
                {"scheme": chosen.scheme, "scale": chosen.scale, "language": chosen.language},
            )

    def look_for_update(self) -> "AppAnswer":
        """Ask whether there is a newer version of the application."""
        return self._check_app()


def _appearance(kept: Mapping[str, object]) -> Appearance:
    scheme, scale, language = kept.get("scheme"), kept.get("scale"), kept.get("language")
    return Appearance(
        scheme="dark" if scheme == "dark" else "light",
        scale=scale if isinstance(scale, int) and scale in SCALES else 100,
        language=language if isinstance(language, str) and language in SPOKEN else "cs",
    )
