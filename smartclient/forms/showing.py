"""How answers are shown: the text of a widget, of a title, of a printed page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from smartclient.domain import presentation
from smartclient.domain.identifiers import IdentifierKind
from smartclient.domain.language import _
from smartclient.forms.choices import CodeList
from smartclient.forms.guards import Value
from smartclient.forms.model import FieldSpec, FieldType
from smartclient.forms.reading import shown_number


@dataclass(frozen=True, slots=True)
class Showing:
    """Writes answers for people who read one language."""

    lists: Mapping[str, CodeList]
    language: str

    def text(self, spec: FieldSpec, value: Value) -> str:
        """The answer as people write it; empty when there is none."""
        match value:
            case None:
                return ""
            case bool():
                return _("Yes") if value else _("No")
            case int() | Decimal():
                return shown_number(spec, value)
            case datetime():
                return f"{presentation.day(value)} {presentation.clock_time(value)}"
            case date():
                return presentation.day(value)
            case tuple():
                return ", ".join(self._label(spec, str(code)) for code in value)
            case str():
                return self._label(spec, value)

    def _label(self, spec: FieldSpec, value: str) -> str:
        match spec.type:
            case FieldType.CHOICE | FieldType.MULTI_CHOICE:
                found = self.lists.get(spec.choices)
                return found.label(value, self.language) if found else value
            case FieldType.IDENTIFIER:
                return shown_identifier(spec.identifier, value)
        return value


def shown_identifier(kind: str, value: str) -> str:
    """An identifier in the groups people know: 845612/1234, +420 777 123 456, CZ65 0800 …"""
    grouped = _GROUPED.get(kind)
    return grouped(value) if grouped else value


def _birth_number(value: str) -> str:
    return f"{value[:6]}/{value[6:]}"


def _telephone(value: str) -> str:
    for prefix in ("+420", "+421", "+48"):
        if value.startswith(prefix):
            return f"{prefix} {_by(3, value.removeprefix(prefix))}"
    return value


def _by(size: int, value: str) -> str:
    return " ".join(value[at : at + size] for at in range(0, len(value), size))


_GROUPED: Mapping[str, Callable[[str], str]] = {
    IdentifierKind.CZ_RC: _birth_number,
    IdentifierKind.PHONE: _telephone,
    IdentifierKind.MOBILE: _telephone,
    IdentifierKind.IBAN: lambda value: _by(4, value),
}
