"""The language of expressions: exact, None-safe, and closed to a hostile package."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.lock_time import PRAGUE
from smartclient.domain.sentences import text_for
from smartclient.forms.expression import compile_expression
from smartclient.forms.faults import ExpressionRefused
from smartclient.forms.functions import FUNCTIONS, ROW_FUNCTIONS, Surroundings
from smartclient.forms.guards import Value
from smartclient.forms.translating import Scope
from tests.unit.forms.household import TODAY

Row = Mapping[str, Value]


class Answers(Scope):
    """Answers by dotted name, and rows by name."""

    def __init__(self, values: Row, rows: Mapping[str, list[Row]]) -> None:
        self.values = values
        self.rows_by_name = rows

    def has_value(self, name: str) -> bool:
        return name in self.values

    def rows(self, name: str) -> "Answers | None":
        rows = self.rows_by_name.get(name)
        return None if rows is None else Answers(rows[0], {})


VALUES: Row = {
    "a": 2,
    "b": Decimal("0.1"),
    "nothing": None,
    "word": "Žlutý",
    "born": date(1984, 2, 29),
    "met": datetime(2026, 3, 9, 14, 30, tzinfo=PRAGUE),
    "yes": True,
    "group.field": 7,
    "likes": ("red", "blue"),
    "#row": 3,
}
ROWS: Mapping[str, list[Row]] = {
    "rows": [
        {"x": 1, "y": Decimal("2.5"), "code": "A"},
        {"x": 3, "y": None, "code": "B"},
        {"x": None, "y": Decimal("0.5"), "code": "A"},
    ]
}
AROUND = Surroundings(TODAY, lists={"covers": {"DTH": {"limit": 85, "adult": True, "note": None}}})


def value_of(source: str, values: Row = VALUES) -> Value:
    expression = compile_expression(source, Answers(values, ROWS))
    answers = [values[name] for name in expression.names]
    rows = [
        [tuple(row[name] for name in asked.names) for row in ROWS[asked.repeat]]
        for asked in expression.rows
    ]
    return expression.function(AROUND, *answers, *rows)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("0.1 + 0.2", Decimal("0.3")),
        ("1_000.50 * 3", Decimal("3001.50")),
        ("a + group.field", 9),
        ("7 / 2", Decimal("3.5")),
        ("-7 % 3", 2),
        ("-7.5 % 3", Decimal("1.5")),
        ("a - b", Decimal("1.9")),
        ("-a", -2),
        ("'a' + 'b'", "ab"),
        ("1 < a <= 2 < 3", True),
        ("1 < a > 5", False),
        ("a == 2 and not nothing", True),
        ("nothing or yes", True),
        ("word if yes else 1", "Žlutý"),
        ("if_(yes, 'left', a / 0)", "left"),
        ("word in ('Žlutý', 'x')", True),
        ("a not in (1, 2)", False),
        ("'red' in likes", True),
        ("yes == 1", False),
        ("a == 2.0", True),
        ("born == '1984-02-29'", False),
        ("born == date('1984-02-29')", True),
        ("born < today()", True),
        ("date(met) < today()", True),
        ("date(met) == date('2026-03-09')", True),
        ("met == date('2026-03-09')", False),
        ("met <= met", True),
        ("age(born, met)", 42),
        ("row()", 3),
        ("sum(rows, x * a)", 8),
        ("sum(rows.y)", Decimal("3.0")),
        ("count(rows)", 3),
        ("count(rows, x > 1)", 1),
        ("any(rows, x == own.a + 1)", True),
        ("all(rows, x != None)", False),
        ("first(rows, y)", Decimal("2.5")),
        ("distinct(rows, code)", False),
        ("distinct(rows, x)", True),
        ("age(born, today())", 42),
        ("age(born, date('2026-02-28'))", 41),
        ("age(born, date('2026-03-01'))", 42),
        ("age(born, date('2026-01-01'), 'calendar')", 42),
        ("years_between(born, date('2027-02-28'))", 42),
        ("add_months(date('2026-01-31'), 1)", date(2026, 2, 28)),
        ("add_months(date('2026-01-31'), -2)", date(2025, 11, 30)),
        ("first_of_next_month(date('2026-12-15'))", date(2027, 1, 1)),
        ("day_of_month(born)", 29),
        ("coalesce(nothing, a)", 2),
        ("min(a, nothing, 1)", 1),
        ("max(born, today())", TODAY),
        ("round_half_up(2.345, 2)", Decimal("2.35")),
        ("round_half_up(-0.5)", Decimal("-1")),
        ("number('12') * 2", 24),
        ("number('1.5')", Decimal("1.5")),
        ("number('x')", None),
        ("len(word)", 5),
        ("len(nothing)", 0),
        ("lower(word)", "žlutý"),
        ("join(' ', nothing, 'Eva', word)", "Eva Žlutý"),
        ("matches('digits', '0123')", True),
        ("matches('digits', '٣')", False),
        ("lookup('covers', 'DTH', 'limit')", 85),
        ("lookup('covers', 'XXX', 'limit')", None),
        ("is_valid('cz_rc', '8504121208')", True),
        ("is_valid('cz_rc', '8504121209')", False),
        ("birth_date('cz_rc', '8504121208')", date(1985, 4, 12)),
        ("sex('cz_rc', '8759231206')", "F"),
    ],
)
def test_that_an_expression_has_its_exact_value(source: str, expected: Value) -> None:
    found = value_of(source)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "source",
    [
        *("nothing + 1", "1 - nothing", "nothing * nothing", "a / nothing", "nothing % 2"),
        *("-nothing", "a / 0", "a % 0", "1 / 0.0", "min(nothing, nothing)", "lower(nothing)"),
        *("age(nothing, today())", "add_months(nothing, 1)", "add_months(today(), nothing)"),
        *("add_months(today(), 999999)", "round_half_up(nothing, 2)", "number(nothing)"),
        *("is_valid('iban', nothing)", "birth_date('cz_rc', nothing)", "date('31. 2. 2026')"),
        *("lookup('covers', nothing, 'limit')", "matches('digits', nothing)", "join(' ', nothing)"),
        *("first_of_next_month(nothing)", "day_of_month(nothing)", "nothing + 'x'"),
    ],
)
def test_that_what_is_not_answered_stays_unanswered(source: str) -> None:
    assert value_of(source) is None


@pytest.mark.parametrize(
    "source", ["nothing < 1", "nothing >= nothing", "1 < nothing < 3", "nothing in (1, 2)"]
)
def test_that_nothing_compares_with_what_is_not_answered(source: str) -> None:
    assert value_of(source) is False


@pytest.mark.parametrize(
    ("source", "code", "named"),
    [
        ("1 + " * 501 + "1", "SC-FORM-101", "2000"),
        ("(" + ",".join("1" * 201) + ")", "SC-FORM-102", "200"),
        ("-" * 60 + "1", "SC-FORM-103", "50"),
        ("-" * 1900 + "1", "SC-FORM-103", "50"),
        ("(" * 900 + "1" + ")" * 900, "SC-FORM-104", "parenthes"),
        ("a +", "SC-FORM-104", "syntax"),
        ("", "SC-FORM-104", "syntax"),
        ("a; b", "SC-FORM-104", "syntax"),
        ("a\x00b", "SC-FORM-104", ""),
        ("a ** 9", "SC-FORM-105", "**"),
        ("a // 2", "SC-FORM-105", "//"),
        ("a ^ 2", "SC-FORM-105", "^"),
        ("a << 9", "SC-FORM-105", "LShift"),
        ("~a", "SC-FORM-105", "Invert"),
        ("+a", "SC-FORM-105", "UAdd"),
        ("f'{a}'", "SC-FORM-105", "f-string"),
        ("b'x'", "SC-FORM-105", "bytes"),
        ("1j", "SC-FORM-105", "complex"),
        ("...", "SC-FORM-105", "ellipsis"),
        ("'\\x41'", "SC-FORM-105", "\\"),
        ("[1]", "SC-FORM-105", "List"),
        ("{1: 2}", "SC-FORM-105", "Dict"),
        ("likes[0]", "SC-FORM-105", "Subscript"),
        ("[x for x in likes]", "SC-FORM-105", "ListComp"),
        ("(lambda: a)", "SC-FORM-105", "Lambda"),
        ("(a := 2)", "SC-FORM-105", ":="),
        ("a is a", "SC-FORM-105", "Is"),
        ("len(*likes)", "SC-FORM-105", "*"),
        ("len(value=a)", "SC-FORM-105", "keyword"),
        ("word.upper()", "SC-FORM-105", "call"),
        ("(a, b).count(1)", "SC-FORM-105", "call"),
        ("open('/etc/passwd')", "SC-FORM-106", "open"),
        ("__import__('os')", "SC-FORM-106", "__import__"),
        ("eval('1')", "SC-FORM-106", "eval"),
        ("len()", "SC-FORM-107", "len"),
        ("sum(rows)", "SC-FORM-107", "sum"),
        ("sum(rows.x, y)", "SC-FORM-107", "sum"),
        ("unknown", "SC-FORM-108", "unknown"),
        ("sum(unknown, 1)", "SC-FORM-108", "unknown"),
        ("9" * 40, "SC-FORM-109", "34"),
        ("0x" + "f" * 30, "SC-FORM-109", "34"),
        ("1e30", "SC-FORM-109", "34"),
        ("1e-99", "SC-FORM-109", "34"),
        ("'" + "x" * 201 + "'", "SC-FORM-109", "200"),
        ("rows", "SC-FORM-110", "rows"),
        ("word * 3", "SC-FORM-111", "*"),
        ("word < 1", "SC-FORM-111", "<"),
        ("born < 1", "SC-FORM-111", "<"),
        ("yes + 1", "SC-FORM-111", "+"),
        ("a in word", "SC-FORM-111", "in"),
        ("word + 1", "SC-FORM-111", "+"),
        ("number(yes)", "SC-FORM-111", "number"),
        ("round_half_up(1, 400)", "SC-FORM-111", "round_half_up"),
        ("99999999999999 * 999999999999999", "SC-FORM-112", "*"),
        ("a.__class__", "SC-FORM-114", "__class__"),
        ("_add", "SC-FORM-114", "_add"),
        ("ÀBC", "SC-FORM-114", "ÀBC"),
        ("matches('(a+)+$', word)", "SC-FORM-115", "(a+)+$"),
        ("is_valid('passport', word)", "SC-FORM-115", "passport"),
        ("lookup('secrets', 'a', 'b')", "SC-FORM-116", "secrets"),
        ("lookup('covers', 'DTH', 'b')", "SC-FORM-117", "b"),
        ("sum(rows, sum(rows, x))", "SC-FORM-118", "sum"),
        ("sum(a, 1)", "SC-FORM-119", "a"),
        ("changed(missing)", "SC-FORM-108", "changed(missing)"),
        ("any(rows, x > before(own.missing))", "SC-FORM-108", "before(missing)"),
        ("changes()", "SC-FORM-108", "changes()"),
        ("premium()", "SC-FORM-108", "premium()"),
        ("premium(a)", "SC-FORM-107", "premium"),
        ("changed(a + 1)", "SC-FORM-105", "BinOp"),
        ("before()", "SC-FORM-107", "before"),
    ],
)
def test_that_what_is_not_allowed_is_refused_by_name(source: str, code: str, named: str) -> None:
    with pytest.raises(ExpressionRefused) as refusal:
        value_of(source)
    assert refusal.value.code == code
    assert named in text_for(refusal.value)


def grown(source: str, value: Value) -> Value:
    """The value put back into its own expression thirty times."""
    for _step in range(30):
        value = value_of(source, {"it": value})
    return value


@pytest.mark.parametrize(
    ("source", "value", "code"), [("it + it", "x", "SC-FORM-113"), ("it * it", 10, "SC-FORM-112")]
)
def test_that_no_chain_of_steps_can_grow_without_end(source: str, value: Value, code: str) -> None:
    with pytest.raises(ExpressionRefused, match=code):
        grown(source, value)


def test_that_a_chained_comparison_does_not_multiply_the_work() -> None:
    source = "a"
    for _level in range(20):
        source = f"(1 < {source} < 2)"
    with pytest.raises(ExpressionRefused, match="SC-FORM-111"):
        value_of(source)


def test_that_the_bytecode_reaches_nothing_but_the_guards() -> None:
    expression = compile_expression("a + b", Answers(VALUES, {}))
    reachable = expression.function.__globals__
    assert reachable["__builtins__"] == {}
    assert not any(name in reachable for name in ("open", "eval", "__import__", "getattr"))


NUMBERS = st.one_of(
    st.integers(-(10**9), 10**9),
    st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=4),
)


@given(NUMBERS, NUMBERS)
def test_that_sums_and_remainders_are_exact(left: int | Decimal, right: int | Decimal) -> None:
    values: Row = {"p": left, "q": right}
    assert value_of("p + q - q", values) == left
    assert value_of("p < q", values) == (left < right)
    rest = value_of("p % 7", values)
    assert isinstance(rest, int | Decimal)
    assert 0 <= rest < 7
    assert (Decimal(left) - rest) % 7 == 0


ANY_VALUE = st.one_of(
    st.none(),
    st.booleans(),
    NUMBERS,
    st.text(max_size=30),
    st.dates(),
    st.datetimes(timezones=st.just(PRAGUE)),
    st.tuples(st.text(max_size=3)),
)


def tried(source: str, values: Row = VALUES) -> str:
    """The value, or the sentence of the refusal, in words."""
    try:
        return str(value_of(source, values))
    except ExpressionRefused as refusal:
        return text_for(refusal)


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(ANY_VALUE, min_size=0, max_size=3))
def test_that_no_value_crashes_a_function(name: str, arguments: list[Value]) -> None:
    function = FUNCTIONS[name]
    count = max(function.least, min(len(arguments), function.most))
    padded = [*arguments, None, None, None][:count]
    values = {f"v{index}": value for index, value in enumerate(padded)}
    assert tried(f"{name}({', '.join(values)})", values) is not None


@given(
    st.sampled_from(["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "in", "and", "or"]),
    ANY_VALUE,
    ANY_VALUE,
)
def test_that_no_value_crashes_an_operation(operator: str, left: Value, right: Value) -> None:
    assert tried(f"p {operator} q", {"p": left, "q": right}) is not None


@given(st.text(alphabet="ab01.+-*/()'\"<>=, \nifnotand_[]{}:\\", max_size=60))
def test_that_any_text_is_a_value_or_a_refusal(source: str) -> None:
    assert tried(source) is not None


@given(
    st.sampled_from(sorted(ROW_FUNCTIONS)),
    st.sampled_from(["x", "x + y", "x < y", "x in y", "x == own.p", "round_half_up(x, 2)"]),
    st.lists(st.fixed_dictionaries({"x": ANY_VALUE, "y": ANY_VALUE}), max_size=4),
    ANY_VALUE,
)
def test_that_no_value_crashes_a_function_over_rows(
    name: str, taken: str, rows: list[Row], outer: Value
) -> None:
    answers = Answers({"p": outer}, {"rows": [{"x": None, "y": None}]})
    expression = compile_expression(f"{name}(rows, {taken})", answers)
    (asked,) = expression.rows
    given_rows = [tuple(row[each] for each in asked.names) for row in rows]
    outers: list[Value] = [outer for _name in expression.names]
    try:
        found = str(expression.evaluate(AROUND, outers, [given_rows]))
    except ExpressionRefused as refusal:
        found = text_for(refusal)
    assert found
