"""How text is compared: folded for the search, keyed for the order of a list.

The search ignores case and every diacritic, also those that Unicode does not decompose (ł, ø, đ).
The order is the Czech one: č, ř, š, ž are letters of their own, ch stands after h; other marks
decide only between words that are otherwise equal. Source: domain facts 1.3.
"""

import re
import unicodedata

_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_WORD = re.compile(r"\w+")
_AFTER_ALL = "\U0010ffff"
_OWN_LETTERS = str.maketrans(
    {"č": "c~", "ř": "r~", "š": "s~", "ž": "z~", "æ": "z~a", "ø": "z~b", "å": "z~c"}
)


class _Bare(dict[int, str | int | None]):
    """A table of `str.translate` that takes marks away; letters are looked at when first met."""

    def __missing__(self, code: int) -> int | None:
        bare = None if unicodedata.combining(chr(code)) else code
        self[code] = bare
        return bare


_BARE = _Bare(_PLAIN)


def fold(text: str) -> str:
    """The text in small letters without marks: Łódź becomes lodz."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return apart if apart.isascii() else apart.translate(_BARE)


def words(text: str) -> tuple[str, ...]:
    """The folded words and numbers of a text, in order."""
    return tuple(_WORD.findall(fold(text).replace("_", " ")))


def digits(text: str) -> str:
    """Only the digits of a text."""
    if text.isascii() and text.isdigit():
        return text
    return "".join(letter for letter in text if letter in "0123456789")


def person_key(name: str) -> str:
    """As `order_key`, with the surname first: "Ing. Petr Novák" stands among the N.

    The surname is the last word. A name that ends like a firm's (s.r.o., a. s.) stays as it is.
    """
    parts = [part for part in name.split() if not part.endswith(".")]
    if len(parts) < 2 or name.rstrip().endswith("."):
        return order_key(name)
    return order_key(" ".join((parts[-1], *parts[:-1])))


def order_key(text: str) -> str:
    """A text whose plain comparison gives the Czech order; an empty text comes last."""
    composed = unicodedata.normalize("NFC", text).casefold().strip()
    if not composed:
        return _AFTER_ALL
    own = composed.replace("ch", "h~")
    own = own if own.isascii() else own.translate(_OWN_LETTERS)
    return f"{' '.join(fold(own).split())}\x00{composed}"
