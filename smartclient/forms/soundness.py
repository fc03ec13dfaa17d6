"""Faults that only show when the files of a package are seen together."""

from collections.abc import Mapping
from datetime import date

from smartclient.forms.asked_names import ROW_NUMBER
from smartclient.forms.binding import Place
from smartclient.forms.choices import FOLDER, CodeList
from smartclient.forms.model import FILE as MODEL_FILE
from smartclient.forms.model import FieldSpec, FieldType, GroupSpec, Model
from smartclient.forms.reading import Reader
from smartclient.forms.rules import FILE as RULES_FILE
from smartclient.forms.rules import RuleKind, RulesOf
from smartclient.forms.signing_roles import SigningRole
from smartclient.forms.source import Faults
from smartclient.forms.texts import Texts, placeholders

_CHOICES = (FieldType.CHOICE, FieldType.MULTI_CHOICE)


def check_fields(model: Model, lists: Mapping[str, CodeList], faults: Faults) -> None:
    """Every choice has its list, every default can be read, no container is empty."""
    reader = Reader(date.max, {name: frozenset(each.options) for name, each in lists.items()})
    for spec in model.specs[1:]:
        if isinstance(spec, GroupSpec) and not spec.children:
            faults.note("SC-FORM-004", MODEL_FILE, spec.path, "a place with fields")
        if not isinstance(spec, FieldSpec):
            continue
        if spec.type in _CHOICES and spec.choices not in lists:
            rule = f"a list of {FOLDER}"
            faults.note(
                "SC-FORM-007", MODEL_FILE, f"{spec.path}.choices", rule, unknown=spec.choices
            )
        elif spec.default is not None and reader.stored(spec, spec.default).value is None:
            faults.note("SC-FORM-004", MODEL_FILE, f"{spec.path}.default", "an answer of the field")


def check_rules(model: Model, rules: Mapping[int, RulesOf], faults: Faults) -> None:
    """What is always calculated has neither a default nor a rule of its own for read-only."""
    for spec, found in rules.items():
        always = found.calculate is not None and found.calculate.when is None
        if always and (found.default or found.readonly):
            rule = "calculated, or given a default or read-only"
            faults.note("SC-FORM-004", RULES_FILE, model.specs[spec].path, rule)


def check_texts(texts: Texts, rules: Mapping[int, RulesOf], faults: Faults) -> None:
    """Every message that a rule names is there, and every placeholder in it is an answer."""
    titled: list[Place] = []
    for found in rules.values():
        for rule in (*found.checks, *filter(None, (found.required, found.title))):
            if rule.kind is RuleKind.TITLE:
                titled.append(rule.place)
            elif rule.message:
                _check_text(texts.messages, rule.message, [rule.place], texts.file, faults)
    for name in texts.rows:
        _check_text(texts.rows, name, titled, texts.file, faults)


def check_roles(texts: Texts, roles: tuple[SigningRole, ...], faults: Faults) -> None:
    """Every role of signing has its texts."""
    for role in roles:
        if role.role not in texts.signatures:
            faults.note("SC-FORM-010", texts.file, f"signatures.{role.role}", "there")


def _check_text(
    among: Mapping[str, str], name: str, places: list[Place], file: str, faults: Faults
) -> None:
    if name not in among:
        faults.note("SC-FORM-010", file, name, "there")
        return
    for placeholder in placeholders(among[name]):
        asked = ROW_NUMBER if placeholder == "row" else placeholder
        if not any(place.has_value(asked) for place in places):
            rule = "an answer that the rule sees"
            faults.note("SC-FORM-007", file, name, rule, unknown=placeholder)
