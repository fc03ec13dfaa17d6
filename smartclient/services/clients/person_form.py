"""The form of a person in the register: a form package that ships inside the program.

Its schema is code, because the record of a client is; its rules are the only ones for what may be
saved of a person. Loaded once a language at the first client that is typed.
"""

import csv
import io
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from smartclient.forms.package import FormPackage
from smartclient.store.folding import order_key

_NEAR = 7
"""So many countries, the near ones, stand before all others."""
_COUNTRIES = "choices/countries.csv"
_KINDS = (".json", ".csv")


@lru_cache(maxsize=2)
def person_form(language: str) -> FormPackage:
    """The package of the form, with its countries in the order of the language."""
    found = dict(_read(files("smartclient.services.clients") / "person", ""))
    found[_COUNTRIES] = _in_order(found[_COUNTRIES], language)
    return FormPackage.from_files(found)


def _read(folder: Traversable, above: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for each in folder.iterdir():
        if each.is_dir():
            found += _read(each, f"{above}{each.name}/")
        elif each.name.endswith(_KINDS):
            found.append((above + each.name, each.read_bytes()))
    return found


def _in_order(countries: bytes, language: str) -> bytes:
    """The same list; the far countries by their names in the language."""
    head, *rows = csv.reader(io.StringIO(countries.decode()))
    name = head.index(language) if language in head else 1
    far = sorted(rows[_NEAR:], key=lambda row: order_key(row[name]))
    ordered = io.StringIO()
    csv.writer(ordered, lineterminator="\n").writerows([head, *rows[:_NEAR], *far])
    return ordered.getvalue().encode()
