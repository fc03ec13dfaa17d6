"""Every field of the offer with what people mistype: nothing breaks, nothing typed is lost."""

from collections.abc import Iterator
from functools import cache

import pytest

from smartclient.forms.model import FieldSpec, FieldType
from smartclient.forms.session import FormSession
from smartclient.forms.states import Severity
from tests.unit.forms.household import TODAY
from tests.unit.forms.published import answers, form
from tests.unit.premium.flexi import flexi

ABSURD = ("\u0000", "🙂", "1" * 40, "' OR 1=1 --", "{surname}", "Ivan\nMalý", "-", "0", "9" * 15)
MISTYPED = {
    FieldType.TEXT: ("x" * 300,),
    FieldType.MULTILINE: ("x" * 2_500,),
    FieldType.INTEGER: ("dva", "1,5", "-1", "99999", "1 2", "12 let"),
    FieldType.DECIMAL: ("půl", "100,001", "-5", "1e3", "5 %"),
    FieldType.MONEY: ("milion", "1,5 mil.", "-100", "100,005", "1.500.000,-", "100 EUR"),
    FieldType.DATE: ("31. 2. 2030", "zítra", "2030", "1/13/2030", "00.00.0000", "12. 4."),
    FieldType.BOOL: ("možná",),
    FieldType.CHOICE: ("něco jiného",),
    FieldType.MULTI_CHOICE: ("něco jiného",),
    FieldType.IDENTIFIER: ("123", "abc", "850412/1209", "@", "+420", "CZ00"),
}


@cache
def whole() -> FormSession:
    return FormSession.begun_with(
        form("flexi-offer", 2),
        answers("flexi-offer", "full", 2),
        today=TODAY,
        tariff=flexi(2),
        header={"signing_installed": True},
    )


def first_places(session: FormSession) -> Iterator[tuple[FieldSpec, str]]:
    """Each field of the form once, where it is asked and can be typed."""
    seen: set[str] = set()
    for path in session.paths():
        schema_path = ".".join(part for part in path.split(".") if not part.isdigit())
        spec = session.package.model.by_path.get(schema_path)
        if not isinstance(spec, FieldSpec) or schema_path in seen:
            continue
        state = session.field(path)
        if state.relevant and not state.readonly:
            seen.add(schema_path)
            yield spec, path


@pytest.mark.parametrize("kind", list(MISTYPED))
def test_that_what_is_mistyped_is_told_and_never_lost(kind: FieldType) -> None:
    session = whole()
    tried = 0
    for spec, path in list(first_places(session)):
        if spec.type is not kind:
            continue
        before = session.field(path).value
        for typed in (*MISTYPED[kind], *ABSURD):
            session.set(path, typed)
            state = session.field(path)
            told = any(each.severity is Severity.ERROR for each in state.problems)
            if isinstance(state.value, dict):
                assert state.value == {"$typed": typed}, path
                assert told, path
            tried += 1
        while session.field(path).value != before:
            session.undo()
    assert tried > 0
    assert session.is_complete
