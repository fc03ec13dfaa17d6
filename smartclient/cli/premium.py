"""`smartclient premium`: a contract, one line, or a projection, with the tariff of a folder."""

import argparse
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.cli.console import parse_json, print_json, read_folder, read_json
from smartclient.domain.command_line import print_refusal
from smartclient.domain.errors import BadInput
from smartclient.domain.language import _
from smartclient.premium import (
    ChangeReason,
    Premium,
    PricedLine,
    Projection,
    Step,
    Tariff,
    changes,
    price,
    price_line,
    project,
)
from smartclient.premium.projection import YearValue
from smartclient.premium.request_reading import read_projection, read_request
from smartclient.premium.single_reading import read_charge, read_single
from smartclient.wire.messages import Json, JsonObject

if TYPE_CHECKING:
    from smartclient.cli.console import Subparsers


_EXAMPLES = """\
CONTRACT.json:
  {"frequency": 12, "payment_way": "postal", "lines": [{"id": "1", "person": "insured",
    "cover": "DTH", "age": 35, "term": 25, "amount": "2000000", "premium_term": 25,
    "variant": "constant", "occupation_class": 1, "loading_percent": "25", "flat_extra": "0",
    "income": "32000"}],
   "projection": {"start_age": 35, "months": 300, "regular": "1000", "single": "0"}}
PROJECTION.json:
  {"start_age": 35, "months": 300, "regular": "1000", "frequency": 12, "single": "50000",
   "charges": [{"cover": "DTHN", "age": 35, "sum_insured": "1000000", "loading": "0.25"}]}
--line:
  {"method": "LEVEL", "table": "death", "loadings": "standard", "age": 35, "term": 25,
    "amount": "2000000", "shape": "linear", "loading_percent": "25", "frequency": 12}
  {"method": "LEVEL", "table": {"first_age": 35, "rates": ["0.001037", "0.001098"]},
    "loadings": {"alpha": "0.02", "beta": "0.06", "gamma1": "0.0004", "gamma2": "0"},
    "interest": "0.0125", "age": 35, "term": 2, "amount": "2000000"}
  {"method": "RATE", "rate": "1.05", "unit": "1000", "class_factor": "1.30", "amount": "1000000"}
  {"method": "NATURAL", "table": "death", "age": 40, "amount": "1000000", "value": "0"}
  {"cover": "INV3", "variant": "pension", "age": 35, "term": 25, "amount": "10000"}
All fields are explained in docs/tariff-authoring.md."""


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "premium",
        help=_("compute a premium"),
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--tariff", type=Path, required=True, help=_("folder of the tariff"))
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--input", type=Path, help=_("JSON file with the contract"))
    source.add_argument("--line", help=_("one line as JSON, on tables and loadings of the tariff"))
    source.add_argument(
        "--projection", type=Path, help=_("JSON file with what is paid into the contract")
    )
    parser.add_argument(
        "--before", type=Path, help=_("JSON file with an earlier contract, to tell what changed")
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.before is not None and arguments.input is None:
        problem = _("--before is compared with --input only")
        usage = "smartclient premium --tariff DIR --input FILE --before FILE"
        raise BadInput("SC-CMD-001", problem=problem, usage=usage)
    tariff = Tariff.from_files(read_folder(arguments.tariff))
    if arguments.line is not None:
        return _run_line(tariff, parse_json(arguments.line, "--line"))
    if arguments.projection is not None:
        file: Path = arguments.projection
        projected = project(tariff, read_projection(read_json(file), str(file)))
        print_json({"tariff": _tariff(tariff), **_projection(projected)})
        return 0
    return _run_contract(tariff, arguments.input, arguments.before)


def _run_contract(tariff: Tariff, file: Path, earlier: Path | None) -> int:
    asked = read_request(read_json(file), str(file))
    compared = None if earlier is None else read_request(read_json(earlier), str(earlier))
    try:
        premium = price(tariff, asked.request)
        before = None if compared is None else price(tariff, compared.request)
        projected = None if asked.projection is None else project(tariff, asked.projection)
    except BadInput as refusal:
        print_refusal(refusal, about=_named(refusal))
        return 2
    found = _contract(tariff, premium)
    if projected is not None:
        found["projection"] = _projection(projected)
    if before is not None:
        found["changes"] = [_change(reason) for reason in changes(before, premium)]
    print_json(found)
    return 1 if premium.is_below_minimum else 0


def _run_line(tariff: Tariff, fields: Json) -> int:
    charge = read_charge(tariff, fields, "--line")
    if charge is None:
        single, request = read_single(tariff, fields, "--line")
        print_json(_line(price_line(single, request.lines[0], request.frequency)))
    else:
        print_json({"method": "NATURAL", "monthly_charge": _text(charge)})
    return 0


def _named(refusal: BadInput) -> str:
    """The line that was refused; the sentence itself stands at its field in a form."""
    named = "line" in refusal.values
    return _("Line {line}, cover {cover}:").format_map(refusal.values) if named else ""


def _contract(tariff: Tariff, premium: Premium) -> JsonObject:
    return {
        "tariff": _tariff(tariff),
        "currency": premium.currency,
        "frequency": premium.frequency,
        "lines": [_line(line) for line in premium.lines],
        "total": _text(premium.total),
        "discount_percent": _text(premium.discount_percent),
        "discount": _text(premium.discount),
        "fee": _text(premium.fee),
        "collection": _text(premium.collection),
        "payable": _text(premium.payable),
        "annual": _text(premium.annual),
        "minimum": _text(premium.minimum),
        "below_minimum": premium.is_below_minimum,
        "steps": _steps(premium.steps),
    }


def _line(priced: PricedLine) -> JsonObject:
    return {
        "id": priced.line.id,
        "person": priced.line.person,
        "cover": priced.line.cover,
        "annuity": _text(priced.annuity),
        "assurance": _text(priced.assurance),
        "endowment": _text(priced.endowment),
        "gross": _text(priced.gross),
        "gross_loaded": _text(priced.gross_loaded),
        "instalment": _text(priced.instalment),
        "steps": _steps(priced.steps),
    }


def _tariff(tariff: Tariff) -> JsonObject:
    return {"id": tariff.id, "version": tariff.version, "label": tariff.label}


def _projection(projected: Projection) -> JsonObject:
    return {
        "currency": projected.currency,
        "scenarios": [
            {
                "name": scenario.name,
                "rate": _text(scenario.rate),
                "exhausted_in": scenario.exhausted_in,
                "years": [_year(year) for year in scenario.years],
            }
            for scenario in projected.scenarios
        ],
    }


def _year(year: YearValue) -> JsonObject:
    return {
        "year": year.year,
        "age": year.age,
        "paid": _text(year.paid),
        "costs": _text(year.costs),
        "fees": _text(year.fees),
        "charges": _text(year.charges),
        "gain": _text(year.gain),
        "value": _text(year.value),
        "surrender": _text(year.surrender),
        "paid_in_all": _text(year.paid_in_all),
    }


def _change(reason: ChangeReason) -> JsonObject:
    return {
        "causes": [cause.value for cause in reason.causes],
        "line": None if reason.line is None else reason.line.line_id,
        "cover": None if reason.line is None else reason.line.line.cover,
        "text": reason.text,
        "difference": _text(reason.difference),
    }


def _steps(steps: tuple[Step, ...]) -> list[Json]:
    return [{"text": step.text, "amount": _text(step.amount)} for step in steps]


def _text(value: Decimal | None) -> str | None:
    """The number with all its digits and no exponent."""
    return None if value is None else f"{value:f}"
