"""The translations: one folder a language, one PO file an area, all read as one catalogue.

`load` reads what `dev.py` compiled beside them; the PO files are the source.
"""

import gettext
from importlib import resources

LANGUAGES = ("cs", "pl", "da", "en")
DOMAIN = "smartclient"


def load(language: str) -> gettext.NullTranslations:
    """The translations of a language code; English is the source text itself."""
    if language == "en":
        return gettext.NullTranslations()
    compiled = resources.files(__name__).joinpath(language, f"{DOMAIN}.mo")
    with compiled.open("rb") as stream:
        return gettext.GNUTranslations(stream)
