"""The package's own sentences, filled with the answers they speak of."""

from collections.abc import Callable
from dataclasses import dataclass

from smartclient.forms.asked_names import ROW_NUMBER
from smartclient.forms.binding import Place
from smartclient.forms.guards import Value
from smartclient.forms.model import FieldSpec, Key
from smartclient.forms.package import FormPackage
from smartclient.forms.rules import Rule
from smartclient.forms.showing import Showing
from smartclient.forms.texts import Texts, filled


@dataclass(frozen=True, slots=True)
class Wording:
    """Speaks for one form in one language."""

    package: FormPackage
    language: str
    value: Callable[[Key], Value]
    """The answer of a key as it stands."""

    @property
    def texts(self) -> Texts:
        """The package's texts in the language."""
        return self.package.texts[self.language]

    @property
    def showing(self) -> Showing:
        """Writes single answers in the language."""
        return Showing(self.package.lists, self.language)

    def message(self, rule: Rule, indices: tuple[int, ...]) -> str:
        """What a rule says at a row."""
        return self._filled(self.texts.messages[rule.message], rule.place, indices)

    def row_title(self, rule: Rule, name: str, indices: tuple[int, ...]) -> str:
        """The title of a row by the name of its text."""
        name = rule.inclusion.text(name) if rule.inclusion else name
        return self._filled(self.texts.rows.get(name, ""), rule.place, indices)

    def answer(self, key: Key) -> str:
        """One answer as people write it."""
        spec = self.package.model.specs[key[0]]
        return self.showing.text(spec, self.value(key)) if isinstance(spec, FieldSpec) else ""

    def _filled(self, text: str, place: Place, indices: tuple[int, ...]) -> str:
        def value(name: str) -> str:
            asked = place.asked(ROW_NUMBER if name == "row" else name)
            if asked is None:
                return ""
            if name == "row":
                return str(indices[asked.depth - 1] + 1)
            return self.answer(asked.key(indices))

        return filled(text, value)
