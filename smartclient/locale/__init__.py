"""The translations: one folder a language, one PO file an area, all read as one catalogue.

`load` reads what `dev.py` compiled beside them; the PO files are the source.
"""

import gettext
from collections.abc import Mapping
from pathlib import Path

LANGUAGES = ("cs", "pl", "da", "en")
DOMAIN = "smartclient"

_LANGUAGE_IS_IN = ("SMARTCLIENT_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def load(language: str) -> gettext.NullTranslations:
    """The translations of a language code; English is the source text itself."""
    if language == "en":
        return gettext.NullTranslations()
    compiled = Path(__file__).parent / language / f"{DOMAIN}.mo"
    with compiled.open("rb") as stream:
        return gettext.GNUTranslations(stream)


def language_of(environment: Mapping[str, str]) -> str:
    """The code of the language that the system speaks, if we have it; otherwise English."""
    asked = next((environment[name] for name in _LANGUAGE_IS_IN if environment.get(name)), "en")
    return asked[:2] if asked[:2] in LANGUAGES else "en"


def translations_of(environment: Mapping[str, str]) -> gettext.NullTranslations:
    """Of the language that the system speaks, if we have it; otherwise English, the source."""
    try:
        return load(language_of(environment))
    except FileNotFoundError:
        return gettext.NullTranslations()
