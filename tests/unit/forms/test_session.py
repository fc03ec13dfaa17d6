"""A form being filled in: what is asked, required, calculated, wrong, missing, undone."""

import pytest

from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.forms.layout import RepeatLayout
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.forms.states import Changes, SectionStanding, Severity
from smartclient.wire.messages import Json, JsonObject
from tests.unit.forms.household import MANIFEST, TODAY, files, household, opened, with_rule


def test_that_a_new_form_begins_with_its_defaults_and_smallest_number_of_rows() -> None:
    answers = opened().answers
    assert answers["begins"] == "2026-12-01"
    assert answers["persons"] == [{"kind": "adult", "lines": [], "total": "0.00"}]


def test_that_stored_answers_get_no_defaults() -> None:
    answers = opened({"persons": [{}]}).answers
    assert "begins" not in answers
    assert answers["persons"] == [{"lines": [], "total": "0.00"}]


def test_that_answers_laid_over_a_new_form_keep_its_other_defaults() -> None:
    given: JsonObject = {"holder": {"name": "Eva"}, "begins": "2027-02-01"}
    session = FormSession.begun_with(household(), given, today=TODAY, language="en")
    assert session.field("holder.name").value == "Eva"
    assert session.field("begins").value == "2027-02-01"
    assert session.field("persons.0.kind").value == "adult"


def test_that_a_calculated_value_follows_and_cannot_be_typed() -> None:
    session = opened()
    changes = session.set("holder.birth_number", "850412/1208")
    assert changes.paths == {"holder.birth_number", "holder.born"}
    born = session.field("holder.born")
    assert (born.value, born.typed, born.readonly) == ("1985-04-12", "12.\u00a04.\u00a01985", True)


def test_that_a_typed_value_comes_back_when_it_is_calculated_no_more() -> None:
    session = opened()
    session.set("holder.born", "1. 2. 1980")
    session.set("holder.birth_number", "850412/1208")
    assert session.field("holder.born").value == "1985-04-12"
    session.set("holder.birth_number", "")
    assert session.field("holder.born").value == "1980-02-01"
    assert not session.field("holder.born").readonly


def test_that_what_was_calculated_when_stored_is_no_typed_answer_later() -> None:
    session = opened()
    session.set("holder.birth_number", "850412/1208")
    again = opened(session.answers)
    assert again.answers == session.answers
    again.set("holder.birth_number", None)
    assert again.field("holder.born").value is None


def test_that_an_irrelevant_answer_is_kept_but_neither_required_nor_in_force() -> None:
    session = opened()
    session.set("holder.employed", True)
    session.set("holder.employer", "much too long a name")
    assert session.field("holder.employer").problems
    session.set("holder.employed", False)
    state = session.field("holder.employer")
    assert (state.relevant, state.required, state.problems) == (False, False, ())
    assert session.answers["holder"] == {
        "employed": False,
        "employer": "much too long a name",
    }
    assert session.answers_in_force["holder"] == {"employed": False}


def test_that_everything_inside_an_irrelevant_group_of_rows_is_irrelevant() -> None:
    session = opened()
    session.add_row("persons.0.lines")
    session.set("persons.0.lines.0.amount", "300")
    assert session.field("persons.0.lines.0.note").required
    assert session.field("persons.0.total").value == "300.00"
    changes = session.set("persons.0.kind", "child")
    assert {"persons.0.lines", "persons.0.lines.0.note", "everything"} <= changes.paths
    assert not session.field("persons.0.lines.0.note").relevant
    assert not session.field("persons.0.lines.0").relevant
    assert session.field("persons.0.total").value == "0.00"
    assert session.answers_in_force["persons"] == [{"kind": "child", "total": "0.00"}]
    session.set("persons.0.kind", "adult")
    assert session.field("everything").value == "300.00"


def test_that_a_required_answer_is_missing_until_it_is_there() -> None:
    session = opened()
    assert [item.path for item in session.missing()] == ["holder.name", "persons.0.name"]
    session.set("holder.name", "Eva")
    session.set("persons.0.name", "Adam")
    assert session.missing() == ()
    assert session.is_complete


def test_that_a_missing_answer_is_named_with_its_section_and_row() -> None:
    session = opened()
    session.set("persons.0.name", "Adam")
    session.add_row("persons.0.lines")
    session.set("persons.0.lines.0.amount", "300")
    item = session.missing()[-1]
    assert (item.path, item.label, item.section) == ("persons.0.lines.0.note", "Note", "persons")
    assert item.about == "1. Adam · 1."


def test_that_the_reason_of_a_requirement_is_said_at_the_field() -> None:
    session = opened()
    session.set("count", "3")
    phone = session.field("holder.phone")
    assert phone.required
    assert [(each.severity, each.message) for each in phone.problems] == [
        (Severity.WARNING, "With 3 persons we need a phone.")
    ]
    session.set("holder.phone", "777 123 456")
    assert session.field("holder.phone").problems == ()


def test_that_a_constraint_is_an_error_and_a_warning_is_none() -> None:
    session = opened({"holder": {"name": "E"}, "persons": [{"name": "A", "lines": [{}]}]})
    session.set("persons.0.kind", "adult")
    session.set("persons.0.lines.0.amount", "55")
    assert [each.rule for each in session.field("persons.0.lines.0.amount").problems] == [
        "rather-round"
    ]
    assert [session.is_complete, session.wrong()] == [True, ()]
    session.set("persons.0.lines.0.amount", "6000")
    problem = session.field("persons.0.lines.0.amount").problems[0]
    assert (problem.severity, problem.rule) == (Severity.ERROR, "not-too-much")
    assert problem.message == "6\u00a0000\u00a0Kč is too much."
    assert not session.is_complete
    assert [item.path for item in session.wrong()] == ["persons.0.lines.0.amount"]


def test_that_a_constraint_is_skipped_while_nothing_is_answered() -> None:
    session = opened({"persons": [{"kind": "adult", "lines": [{}]}]})
    assert session.field("persons.0.lines.0.amount").problems == ()


def test_that_a_rule_over_rows_stands_at_the_rows() -> None:
    session = opened()
    session.add_row("persons")
    session.add_row("persons")
    assert [each.rule for each in session.field("persons").problems] == ["two-adults"]
    changes = session.set("persons.2.kind", "child")
    assert "persons" in changes.paths
    assert session.field("persons").problems == ()


def test_that_unreadable_text_is_an_error_and_kept_in_the_answers() -> None:
    session = opened()
    session.set("begins", "31. 2. 2026")
    state = session.field("begins")
    assert state.value == {"$typed": "31. 2. 2026"}
    assert state.typed == "31. 2. 2026"
    assert state.problems[0].severity is Severity.ERROR
    assert opened(session.answers).field("begins") == state
    assert "begins" not in session.answers_in_force


def test_that_only_offered_options_may_be_chosen() -> None:
    session = opened()
    assert [each.code for each in session.field("persons.0.kind").choices] == ["adult", "child"]
    session.set("count", "7")
    state = session.field("persons.0.kind")
    assert [each.code for each in state.choices] == ["child"]
    assert "cannot be chosen" in state.problems[0].message


def test_that_a_read_only_field_says_so() -> None:
    session = opened()
    session.set("share", "12,5 %")
    changes = session.set("count", "9")
    assert "share" in changes.paths
    assert session.field("share").readonly
    assert session.field("share").value == "12.50"


def test_that_sections_tell_how_far_they_are() -> None:
    session = opened()
    states = {each.id: (each.state, each.errors, each.missing) for each in session.sections()}
    assert states == {
        "holder": (SectionStanding.OPEN, 0, 1),
        "persons": (SectionStanding.OPEN, 0, 1),
        "rest": (SectionStanding.DONE, 0, 0),
    }
    session.set("begins", "x")
    assert session.sections()[2].state is SectionStanding.ERRORS
    assert session.section_of("persons.0.lines") == "persons"


def test_that_rows_are_added_to_the_most_and_removed_to_the_least() -> None:
    session = opened()
    assert [session.add_row("persons"), session.add_row("persons")] == [1, 2]
    with pytest.raises(NotAllowed, match="SC-FORM-202"):
        session.add_row("persons")
    session.remove_row("persons", 0)
    session.remove_row("persons", 0)
    with pytest.raises(NotAllowed, match="SC-FORM-203"):
        session.remove_row("persons", 0)
    assert session.rows("persons") == 1


def test_that_a_row_is_called_by_its_name() -> None:
    session = opened()
    assert session.row_title("persons", 0) == "Person 1"
    session.set("persons.0.name", "Adam")
    assert session.row_title("persons", 0) == "1. Adam"
    session.add_row("persons.0.lines")
    assert session.row_title("persons.0.lines", 0) == "1."


def test_that_removing_a_row_moves_the_following_ones_whole() -> None:
    session = opened()
    session.add_row("persons")
    session.set("persons.1.name", "Eva")
    session.add_row("persons.1.lines")
    session.set("persons.1.lines.0.amount", "milion")
    changes = session.remove_row("persons", 0)
    assert changes.structure
    assert session.field("persons.0.name").value == "Eva"
    assert session.field("persons.0.lines.0.amount").value == {"$typed": "milion"}


def test_that_every_edit_can_be_undone_and_made_again() -> None:
    session = opened()
    before = [session.answers]
    session.set("holder.name", "Eva")
    before.append(session.answers)
    session.add_row("persons")
    before.append(session.answers)
    session.set("persons.1.name", "Adam")
    before.append(session.answers)
    session.remove_row("persons", 0)
    after = session.answers
    for expected in reversed(before):
        session.undo()
        assert session.answers == expected
    assert not session.can_undo
    for expected in (*before[1:], after):
        session.redo()
        assert session.answers == expected
    assert not session.can_redo


def test_that_typing_in_one_field_is_one_step_until_it_is_left() -> None:
    session = opened()
    for typed in ("E", "Ev", "Eva"):
        session.set("holder.name", typed)
    session.finish_typing()
    session.set("holder.name", "Evan")
    session.undo()
    assert session.field("holder.name").value == "Eva"
    session.undo()
    assert session.field("holder.name").value is None
    assert not session.can_undo


def test_that_typing_and_taking_it_back_leaves_no_step() -> None:
    session = opened()
    session.set("count", "1")
    session.finish_typing()
    session.set("holder.name", "E")
    session.set("holder.name", "")
    session.set("holder.name", "Eva")
    session.undo()
    assert session.field("holder.name").value is None
    session.undo()
    assert session.field("count").value is None


def test_that_a_new_edit_forgets_what_was_undone() -> None:
    session = opened()
    session.set("holder.name", "Eva")
    session.undo()
    session.set("count", "1")
    assert not session.can_redo
    assert session.redo() == Changes()


def test_that_nothing_to_undo_changes_nothing() -> None:
    assert opened().undo() == Changes()


@pytest.mark.parametrize(
    "path",
    ["nobody", "holder", "persons", "persons.0", "persons.7.name", "persons.name", "holder.0.name"],
)
def test_that_only_a_field_that_is_there_can_be_answered(path: str) -> None:
    with pytest.raises(BadInput, match="SC-FORM-201"):
        opened().set(path, "x")


def test_that_rows_are_asked_only_of_repeats() -> None:
    session = opened()
    for path in ("holder", "persons.0", "persons.9.lines"):
        with pytest.raises(BadInput, match="SC-FORM-201"):
            session.rows(path)
    with pytest.raises(BadInput, match="SC-FORM-201"):
        session.remove_row("persons", 5)


@pytest.mark.parametrize(
    "answers",
    [
        {"holder": "Eva"},
        {"persons": {"name": "Adam"}},
        {"persons": ["Adam"]},
        {"persons": [{"lines": [{}] * 5}]},
    ],
)
def test_that_answers_of_another_shape_are_refused(answers: JsonObject) -> None:
    with pytest.raises(BadInput, match="SC-FORM-204"):
        opened(answers)


def test_that_what_the_form_does_not_know_is_kept() -> None:
    answers: JsonObject = {"future": {"x": [1]}, "holder": {"nick": "Evka"}, "persons": [{"q": 1}]}
    kept = opened(answers).answers
    assert kept["future"] == {"x": [1]}
    assert kept["holder"] == {"nick": "Evka"}


def test_that_the_layout_speaks_and_points_into_rows() -> None:
    session = opened()
    repeat = session.layout[1].elements[0]
    assert isinstance(repeat, RepeatLayout)
    assert (repeat.title, repeat.add_label, repeat.min, repeat.max) == ("Persons", "Add", 1, 3)
    paths = [getattr(each, "path", "") for each in repeat.elements]
    assert paths == ["name", "kind", "likes", "lines", "total", "secret"]
    shown_again = session.layout[2].elements[-1]
    assert isinstance(shown_again, RepeatLayout)
    assert shown_again.add_label == ""
    assert session.rows_shown(repeat) == (0,)
    assert session.rows_shown(shown_again) == ()


def test_that_a_meaning_leads_to_its_field() -> None:
    assert household().path_of("holder.name") == "holder.name"
    assert household().path_of("unheard") is None


def test_that_an_expression_refused_for_these_answers_is_an_error_at_the_field() -> None:
    given = with_rule(
        path="share",
        kind="constraint",
        expression="holder.name < 1",
        message="adults",
        id="bad",
    )
    package = FormPackage.from_files(given)
    session = FormSession(package, {}, today=TODAY, language="en")
    session.set("share", "1")
    session.set("holder.name", "Eva")
    problem = session.field("share").problems[0]
    assert (problem.severity, problem.rule) == (Severity.ERROR, "bad")
    assert "does not fit what it was given" in problem.message
    assert not session.is_complete


def test_that_a_package_knows_from_when_to_when_it_may_be_used() -> None:
    manifest = {**MANIFEST, "valid_to": "2026-12-31"}
    package = FormPackage.from_files(files(manifest=manifest))
    assert package.is_valid(TODAY)
    assert not package.is_valid(TODAY.replace(year=2027))
    assert not package.is_valid(TODAY.replace(year=2025))


def test_that_answers_nested_without_end_are_refused() -> None:
    deep: JsonObject = {}
    for _level in range(5_000):
        deep = {"more": deep}
    with pytest.raises(BadInput, match="SC-FORM-204"):
        opened({"unknown": deep})


@pytest.mark.parametrize("path", ["holder.name", "holder.phone", "begins", "count", "share"])
def test_that_a_text_of_millions_is_kept_and_is_an_error(path: str) -> None:
    session = opened()
    session.set(path, "x" * 3_000_000)
    (problem,) = session.field(path).problems
    assert "too long" in problem.message
    assert len(session.field(path).typed) == 3_000_000
    assert not session.is_complete


@pytest.mark.parametrize("value", [10**4_000, float("nan"), float("inf"), [[]], {"a": []}, True])
def test_that_no_stored_value_of_another_kind_harms_a_number(value: Json) -> None:
    session = opened({"count": value, "share": value, "begins": value})
    assert {item.path for item in session.wrong()} >= {"count", "share", "begins"}
    assert {"count", "share", "begins"} <= session.answers.keys()
