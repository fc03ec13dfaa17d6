"""Documents: an offer as PDF beside its floor.

The offer and the keys are those of the tests. Each run draws an offer of its own, because typst
remembers what it has drawn.
"""

import json
from collections.abc import Iterator
from itertools import count

from benchmarks.measure import Row, in_turn, middle, seconds
from smartclient.documents import rendering
from smartclient.documents.rendering import render
from smartclient.documents.signing import issue
from smartclient.documents.values import values_json
from smartclient.forms.session import FormSession
from smartclient.wire.messages import JsonObject
from tests.unit.documents.offers import add_cover, body_of, fill, offer, print_data
from tests.unit.documents.workshop import (
    NOW,
    seal_key,
    template,
)

_FINGERPRINT = "0123456789abcdef" * 4
_RUNS = 15


def rows() -> Iterator[Row]:
    """One row a figure."""
    yield from _offer_as_pdf()


def _offer_as_pdf() -> Iterator[Row]:
    """From print data to the issued PDF with its fields, beside typst alone on the same data."""
    session = _long_offer()
    numbers = count(7200000001)
    press = rendering._press_of(template())  # noqa: SLF001 - the floor uses the same compiler

    def frozen_input() -> tuple[JsonObject, JsonObject]:
        number = str(next(numbers))
        body = body_of(session) | {"number": number, "client_name": f"Petr Novák {number}"}
        return body, print_data(session) | {"number": number, "client": body["client_name"]}

    pages = render(template(), *frozen_input(), at=NOW).pages
    ready = [_typst_inputs(*frozen_input()) for _ in range(_RUNS + 1)]

    def bare() -> None:
        press._compiler.compile(  # noqa: SLF001
            format="pdf", sys_inputs=ready.pop(), pdf_standards=["a-3b", "ua-1"], timestamp=NOW
        )

    to_draw = [frozen_input() for _ in range(_RUNS + 1)]

    def ours() -> None:
        body, printed = to_draw.pop()
        rendered = render(template(), body, printed, at=NOW, authority_sha256=_FINGERPRINT)
        issue(rendered, seal_key(), NOW)

    taken, floors = in_turn(ours, bare, _RUNS)
    yield Row(
        f"offer of {pages} pages as PDF, issued with its fields",
        middle(taken) * 1e3,
        "ms",
        middle(floors) * 1e3,
        budget_ratio=1.25,
    )
    printing = seconds(lambda: print_data(session), _RUNS)
    yield Row("print data of a filled form", middle(printing) * 1e3, "ms")


def _long_offer() -> FormSession:
    """Two adults with many covers and two children: six pages."""
    session = offer()
    for cover in (("ADTH", "1 000 000", "60", ""), ("TNU", "500 000", "60", "progression_4")):
        add_cover(session, 0, cover)
        add_cover(session, 1, cover)
    for name in ("Adam", "Eliška"):
        path = f"insured.{session.add_row('insured')}"
        fill(session, path, {"role": "child", "relation": "child", "given_name": name})
        fill(session, path, {"surname": "Novák", "foreigner": True, "sex": "M"})
        session.set(f"{path}.birth_date", "4. 4. 2018")
        add_cover(session, int(path[-1]), ("TNU", "400 000", "18", "progression_4"))
    session.set("insured.1.beneficiary_way", "named")
    people = session.rows("insured.1.beneficiaries")
    for row in range(people) if people else [session.add_row("insured.1.beneficiaries")]:
        who = {"given_name": "Adam", "surname": "Novák", "relation": "child", "share": "100"}
        fill(session, f"insured.1.beneficiaries.{row}", who)
    return session


def _typst_inputs(body: JsonObject, printed: JsonObject) -> dict[str, str]:
    values = values_json(body, template().identity.sha256)
    stamp = rendering._stamp(template(), body, values, _FINGERPRINT)  # noqa: SLF001
    document = json.dumps({**printed, "stamp": stamp}, ensure_ascii=False)
    return {"document": document, "values": values.decode()}
