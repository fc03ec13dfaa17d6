"""`smartclient premium`: prices a contract, or one line, with the tariff of a folder."""

import argparse
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.cli.console import parse_json, print_json, print_refusal, read_folder, read_json
from smartclient.domain.errors import BadInput
from smartclient.domain.language import _
from smartclient.premium import Premium, PricedLine, Step, Tariff, price
from smartclient.premium.request_reading import read_charge, read_request, read_single
from smartclient.wire.messages import Json, JsonObject

if TYPE_CHECKING:
    from smartclient.cli.console import Subparsers


_EXAMPLES = """\
CONTRACT.json:
  {"frequency": 12, "lines": [{"id": "1", "person": "insured", "cover": "DTH", "age": 35,
    "term": 25, "amount": "2000000", "premium_term": 25, "variant": "constant",
    "occupation_class": 1, "loading_percent": "25", "flat_extra": "0"}]}
--line:
  {"method": "LEVEL", "table": "death", "loadings": "standard", "age": 35, "term": 25,
    "amount": "2000000", "shape": "linear", "loading_percent": "25", "frequency": 12}
  {"method": "RATE", "rate": "1.05", "unit": "1000", "class_factor": "1.30", "amount": "1000000"}
  {"method": "NATURAL", "table": "death", "age": 40, "amount": "1000000", "value": "0"}
All fields are explained in docs/guides/tariff.md."""


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
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    tariff = Tariff.from_files(read_folder(arguments.tariff))
    if arguments.line is not None:
        return _run_line(tariff, parse_json(arguments.line, "--line"))
    request = read_request(read_json(arguments.input), str(arguments.input))
    try:
        premium = price(tariff, request)
    except BadInput as refusal:
        print_refusal(refusal, about=_named(refusal))
        return 2
    print_json(_contract(tariff, premium))
    return 1 if premium.is_below_minimum else 0


def _run_line(tariff: Tariff, fields: Json) -> int:
    charge = read_charge(tariff, fields, "--line")
    if charge is None:
        single, request = read_single(tariff, fields, "--line")
        print_json(_line(price(single, request).lines[0]))
    else:
        print_json({"monthly_charge": _text(charge)})
    return 0


def _named(refusal: BadInput) -> str:
    """The line that was refused; the sentence itself stands at its field in a form."""
    named = "line" in refusal.values
    return _("Line {line}, cover {cover}:").format_map(refusal.values) if named else ""


def _contract(tariff: Tariff, premium: Premium) -> JsonObject:
    return {
        "tariff": {"id": tariff.id, "version": tariff.version, "label": tariff.label},
        "currency": premium.currency,
        "frequency": premium.frequency,
        "lines": [_line(line) for line in premium.lines],
        "total": _text(premium.total),
        "discount_percent": _text(premium.discount_percent),
        "discount": _text(premium.discount),
        "fee": _text(premium.fee),
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


def _steps(steps: tuple[Step, ...]) -> list[Json]:
    return [{"text": step.text, "amount": _text(step.amount)} for step in steps]


def _text(value: Decimal | None) -> str | None:
    """The number with all its digits and no exponent."""
    return None if value is None else f"{value:f}"
