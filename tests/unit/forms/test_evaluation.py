"""Only dependants are evaluated, the order of input does not matter, no value crashes a form."""

from collections.abc import Callable, Iterator
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from smartclient.forms.answers import Answers
from smartclient.forms.dependencies import Aspect
from smartclient.forms.evaluation import Evaluation
from smartclient.forms.functions import Surroundings
from smartclient.forms.model import FieldSpec, FieldType, Key
from smartclient.forms.package import FormPackage
from smartclient.forms.reading import Reader, Typed
from smartclient.forms.session import FormSession
from smartclient.wire.messages import JsonObject
from tests.unit.forms.household import TODAY, family, files, flexi_offer, household
from tests.unit.premium.flexi import flexi

THREE_PERSONS: JsonObject = {
    "persons": [
        {"lines": [{}, {}]},
        {"kind": "adult", "lines": [{}]},
        {"kind": "child", "lines": []},
    ]
}


def typed_for(spec: FieldSpec) -> st.SearchStrategy[Typed]:
    """What people type into a field, and what they should not."""
    anything = st.one_of(st.none(), st.text(max_size=12), st.lists(st.text(max_size=4), max_size=2))
    usual: dict[FieldType, st.SearchStrategy[Typed]] = {
        FieldType.INTEGER: st.integers(-5, 12).map(str),
        FieldType.MONEY: st.integers(0, 9000).map(str),
        FieldType.DECIMAL: st.integers(0, 120).map(str),
        FieldType.DATE: st.dates().map(lambda day: f"{day.day}. {day.month}. {day.year}"),
        FieldType.DATETIME: st.sampled_from(["9. 3. 2026 14:30", "2026-03-09T08:00", "9. 3. 2026"]),
        FieldType.BOOL: st.booleans(),
        FieldType.CHOICE: st.sampled_from(["adult", "child", "DTH", "DNL", "4", "law", "sipo"]),
        FieldType.MULTI_CHOICE: st.lists(st.sampled_from(["red", "blue"]), max_size=2),
        FieldType.IDENTIFIER: st.sampled_from(["850412/1208", "1706151205", "777123456", "x@y.cz"]),
    }
    return st.one_of(usual.get(spec.type, st.text(max_size=12)), anything, st.booleans())


def edits(package: FormPackage, session: FormSession) -> st.SearchStrategy[tuple[str, Typed]]:
    """An edit of any field that is there."""
    paths = [
        (path, spec)
        for path in session.paths()
        if isinstance(spec := package.model.specs[package.model.key_of(path)[0]], FieldSpec)
    ]
    return st.sampled_from(paths).flatmap(
        lambda found: st.tuples(st.just(found[0]), typed_for(found[1]))
    )


def small(answers: JsonObject | None = None) -> FormSession:
    return FormSession(household(), answers or THREE_PERSONS, today=TODAY, language="en")


SMALL_EDITS = edits(household(), small())
FEWER = settings(max_examples=40)


def states(session: FormSession) -> list[object]:
    """Everything a view could show."""
    return [
        session.answers,
        session.answers_in_force,
        session.sections(),
        session.missing(),
        *(session.field(path) for path in session.paths()),
    ]


@FEWER
@given(st.lists(SMALL_EDITS, max_size=12, unique_by=lambda edit: edit[0]), st.randoms())
def test_that_the_order_of_input_does_not_matter(
    edits: list[tuple[str, Typed]], chance: Random
) -> None:
    one, other = small(), small()
    for path, typed in edits:
        one.set(path, typed)
    chance.shuffle(edits)
    for path, typed in edits:
        other.set(path, typed)
    assert states(one) == states(other)


@FEWER
@given(st.lists(SMALL_EDITS, max_size=12))
def test_that_step_by_step_is_the_same_as_all_at_once(edits: list[tuple[str, Typed]]) -> None:
    session = small()
    for path, typed in edits:
        session.set(path, typed)
    assert states(small(session.answers)) == states(session)


@FEWER
@given(st.lists(SMALL_EDITS, max_size=6), SMALL_EDITS)
def test_that_what_is_not_reported_as_changed_has_not_changed(
    edits: list[tuple[str, Typed]], last: tuple[str, Typed]
) -> None:
    session = small()
    for path, typed in edits:
        session.set(path, typed)
    before = {path: session.field(path) for path in session.paths()}
    changes = session.set(*last)
    changed = {path for path in session.paths() if session.field(path) != before[path]}
    inside = {path for path in changed if any(path.startswith(f"{at}.") for at in changes.paths)}
    assert changed - inside <= changes.paths


@FEWER
@given(st.lists(SMALL_EDITS, max_size=8))
def test_that_undoing_everything_brings_the_beginning_back(
    edits: list[tuple[str, Typed]],
) -> None:
    session = small()
    begun = states(session)
    for path, typed in edits:
        session.set(path, typed)
        session.finish_typing()
    ended = states(session)
    while session.can_undo:
        session.undo()
    assert states(session) == begun
    while session.can_redo:
        session.redo()
    assert states(session) == ended


def evaluated(package: FormPackage, tree: JsonObject, path: str, typed: Typed) -> list[str]:
    """Which places are evaluated after one edit, with what of them."""
    reader = Reader.of_lists(TODAY, package.lists)
    answers = Answers(package.model, reader, tree)
    evaluation = Evaluation(package, answers, Surroundings(TODAY), None, package.languages[0])
    evaluation.everything()
    key = package.model.key_of(path)
    spec = package.model.specs[key[0]]
    assert isinstance(spec, FieldSpec)
    answers.put(key, reader.typed(spec, typed))
    taken: list[str] = []

    def noted(aspect: Aspect, step: Callable[[Key], bool]) -> Callable[[Key], bool]:
        def take(of: Key) -> bool:
            taken.append(f"{aspect.name.lower()} {package.model.path_of(of)}")
            return step(of)

        return take

    evaluation._steps = {aspect: noted(aspect, step) for aspect, step in evaluation._steps.items()}
    evaluation.after(key)
    return taken


def test_that_only_dependants_are_evaluated_and_each_once() -> None:
    steps = evaluated(household(), THREE_PERSONS, "persons.1.lines.0.amount", "300")
    assert sorted(steps) == [
        "relevant persons.1.lines.0.note",
        "state everything",
        "state persons.1.lines.0.amount",
        "state persons.1.lines.0.note",
        "state persons.1.total",
        "value everything",
        "value persons.1.total",
    ]


def test_that_a_value_that_stays_the_same_wakes_nobody() -> None:
    tree: JsonObject = {"persons": [{"kind": "adult", "lines": [{"amount": "150.00"}]}]}
    steps = evaluated(household(), tree, "persons.0.lines.0.note", "a note")
    assert steps == ["state persons.0.lines.0.note"]


def test_that_a_fact_of_all_rows_wakes_the_rows_that_ask_for_it() -> None:
    steps = evaluated(household(), THREE_PERSONS, "count", "7")
    offered = [f"state persons.{row}.kind" for row in range(3)]
    assert sorted(steps) == sorted(["state count", "state holder.phone", "state share", *offered])


def readers(package: FormPackage, spec: int) -> Iterator[tuple[Aspect, int]]:
    """Every step that may follow from a field, by the package's own dependencies."""
    waiting = [(Aspect.VALUE, spec)]
    seen: set[tuple[Aspect, int]] = set()
    while waiting:
        for reader in package.dependencies.readers.get(waiting.pop(), ()):
            node = (reader.step.aspect, reader.step.spec)
            if node not in seen:
                seen.add(node)
                waiting.append(node)
                yield node


@given(SMALL_EDITS)
def test_that_no_step_is_taken_that_does_not_follow(edit: tuple[str, Typed]) -> None:
    package = household()
    spec = package.model.key_of(edit[0])[0]
    allowed = {
        f"{aspect.name.lower()} {package.model.specs[of].path}"
        for aspect, of in readers(package, spec)
    }
    steps = evaluated(package, THREE_PERSONS, *edit)
    plain = [".".join(part for part in step.split(".") if not part.isdigit()) for step in steps]
    assert set(plain) <= allowed
    assert len(steps) == len(set(steps))


def offer() -> FormSession:
    return FormSession(
        flexi_offer(), family(), today=TODAY, tariff=flexi(), header={"signing_installed": True}
    )


OFFER_EDITS = edits(flexi_offer(), offer())


@settings(max_examples=25)
@given(st.lists(OFFER_EDITS, min_size=1, max_size=5))
def test_that_no_value_in_any_field_crashes_the_offer(edits: list[tuple[str, Typed]]) -> None:
    session = offer()
    for path, typed in edits:
        session.set(path, typed)
    shown = states(session)
    again = FormSession(
        flexi_offer(),
        session.answers,
        today=TODAY,
        tariff=flexi(),
        header={"signing_installed": True},
    )
    assert states(again) == shown
    assert again.premium == session.premium
    assert again.premium_problems == () or [
        problem.code for problem in session.premium_problems
    ] == [problem.code for problem in again.premium_problems]
    flexi_offer().require_shape(session.answers)
    while session.can_undo:
        session.undo()
    assert session.is_complete


def test_that_the_largest_number_a_rule_can_make_is_kept_exactly() -> None:
    rules: JsonObject = {
        "rules": [
            {
                "path": "everything",
                "kind": "calculate",
                "expression": "9999999999999999999999999999 * 0.1 + 0.005 * count",
            },
            {"path": "persons", "kind": "title", "expression": "'somebody'"},
        ]
    }
    package = FormPackage.from_files(files(rules=rules))
    session = FormSession(package, {}, today=TODAY, language="en")
    session.set("count", "17")
    assert session.field("everything").value == "999999999999999999999999999.99"
    assert session.field("everything").typed.endswith(",99\u00a0Kč")


def test_that_a_broken_calculation_is_an_error_and_not_a_crash() -> None:
    rules: JsonObject = {
        "rules": [
            {"path": "everything", "kind": "calculate", "expression": "share * 10000000000"},
            {"path": "persons", "kind": "title", "expression": "if_(name == 'x', 1, 2)"},
            {"path": "holder.employer", "kind": "relevant", "expression": "holder.name < 1"},
        ]
    }
    model_rules = files(rules=rules)
    package = FormPackage.from_files(model_rules)
    session = FormSession(package, {}, today=TODAY, language="en")
    session.set("holder.name", "Eva")
    assert session.field("holder.employer").relevant
    assert not session.is_complete
    assert session.row_title("persons", 0) == "1."
