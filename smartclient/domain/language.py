"""The one way a sentence reaches a person: English source text, translated by gettext.

`N_` marks a text that is translated later; `_` translates now. The program that starts chooses the
language once with `speak`; a request of the back office may choose another with `speaking`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations

_default: NullTranslations = NullTranslations()
_of_this_request: ContextVar[NullTranslations | None] = ContextVar("translations", default=None)


def speak(translations: NullTranslations) -> None:
    """Choose the language of the whole program."""
    global _default
    _default = translations


@contextmanager
def speaking(translations: NullTranslations) -> Iterator[None]:
    """Choose the language for what runs inside, for example one request of the back office."""
    token = _of_this_request.set(translations)
    try:
        yield
    finally:
        _of_this_request.reset(token)


def _translations() -> NullTranslations:
    return _of_this_request.get() or _default


def spoken() -> str:
    """The code of the language that is spoken now; "en" for the source texts."""
    return str(_translations().info().get("language") or "en")


def N_(message: str) -> str:  # noqa: N802 - the customary name that Babel extracts
    """Mark a text for translation without translating it."""
    return message


def _(message: str) -> str:
    """The text in the language that is spoken now."""
    return _translations().gettext(message) if message else ""


def ngettext(singular: str, plural: str, n: int) -> str:
    """The text in the plural form that `n` needs."""
    return _translations().ngettext(singular, plural, n)


def pgettext(context: str, message: str) -> str:
    """The text where the same English word needs different translations."""
    return _translations().pgettext(context, message)
