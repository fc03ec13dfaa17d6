"""What a copy takes along: everything but what the package keeps back.

Health answers, signatures and consents stay with the document in which they were given; the
package marks them, so that a new form needs no code. A copy is made in the newest version of the
form, and follows the same steps as a draft that moves there; so no answer gets lost on the way
because its field is called otherwise now.
"""

from collections.abc import Iterator, Mapping

from smartclient.domain.errors import BadInput, Damaged, NotAllowed
from smartclient.forms.carrying import leaves
from smartclient.forms.migration import Migrated, migrate
from smartclient.forms.model import FieldSpec, GroupSpec, Model, RepeatSpec
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.services.forms.body import day_of, rates_of_contract, versions_of
from smartclient.services.forms.variants import answers_by_letter
from smartclient.services.forms.workshop import Workshop
from smartclient.wire.messages import Json, JsonObject


class Copies:
    """The answers of documents, and of edits in conflict, on their way into new documents."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    def answers(self, source: JsonObject, into: FormPackage) -> dict[str, JsonObject]:
        """What goes along, by the letter of the variant; empty for what has no variants.

        Where the older version of the form is not here, what stands at the same place goes along.
        """
        try:
            found = {letter: each.answers for letter, each in self._moved(source, into).items()}
        except (NotAllowed, Damaged):
            found = answers_by_letter(source)
        return {letter: copied_answers(into.model, each) for letter, each in found.items()}

    def left_behind(self, source: JsonObject) -> tuple[str, ...]:
        """The chapters with answers that a copy does not take along, in the order of the form.

        Raises as the catalogue where the version of the form is not here.
        """
        package = self._workshop.form_for_new(versions_of(source)[0])
        language = self._workshop.language()
        named: dict[str, None] = {}
        for moved in self._moved(source, package).values():
            body = self._in_form(source, package, moved.answers)
            named |= dict.fromkeys(_kept_back(self._workshop.session(body, language)))
            if moved.lost:
                before = self._workshop.session(source, language)
                places = (_chapter(before, each.path) or each.label for each in moved.lost)
                named |= dict.fromkeys(places)
        return tuple(named)

    def _moved(self, source: JsonObject, into: FormPackage) -> Mapping[str, Migrated]:
        old = self._workshop.package_of(source)
        found = answers_by_letter(source)
        if old.version == into.version:
            return {letter: Migrated(answers, 0) for letter, answers in found.items()}
        language, day = self._workshop.language(), day_of(source, self._workshop.today())
        return {
            letter: migrate(old, into, answers, language=language, today=day)
            for letter, answers in found.items()
        }

    def _in_form(self, source: JsonObject, package: FormPackage, answers: JsonObject) -> JsonObject:
        if versions_of(source)[1] == package.version:
            return {**source, "answers": answers}
        rates = self._workshop.origin(package, rates_of_contract(source)).tariff_version
        newer: JsonObject = {"form_version": package.version, "tariff_id": package.tariff_id}
        return {**source, **newer, "tariff_version": rates, "answers": answers}


def copied_answers(model: Model, answers: JsonObject) -> JsonObject:
    """The answers that may be copied into a new document of this form, as they were typed."""
    return _group(model.root, answers)


def _group(spec: GroupSpec, answers: JsonObject) -> JsonObject:
    copied: JsonObject = {}
    for name, child in spec.children.items():
        value = answers.get(name)
        if value is None:
            continue
        match child:
            case RepeatSpec() if isinstance(value, list):
                rows: list[Json] = [_group(child, row) for row in value if isinstance(row, dict)]
                copied[name] = rows
            case GroupSpec() if isinstance(value, dict):
                inside = _group(child, value)
                if inside:
                    copied[name] = inside
            case FieldSpec() if child.copied:
                copied[name] = value
    return copied


def _kept_back(session: FormSession) -> Iterator[str]:
    """The chapters with an answer that somebody gave and that the package keeps back."""
    asked = {section.id: section.title for section in session.layout}
    kept_back = {
        section
        for leaf in leaves(session.package, session.answers_in_force)
        if isinstance(leaf.spec, FieldSpec) and not leaf.spec.copied
        if not session.field(leaf.path).readonly and session.field(leaf.path).typed
        if (section := session.section_of(leaf.path))
    }
    return (title for section, title in asked.items() if section in kept_back)


def _chapter(session: FormSession, path: str) -> str:
    try:
        section = session.section_of(path)
    except BadInput:
        return ""  # a row, or what the form never asked
    return next((each.title for each in session.layout if each.id == section), "")
