"""What the insurer may take: complete, priced as computed, signed as required."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartclient.documents.values import values_json
from smartclient.domain.ids import Sha256
from smartclient.domain.sentences import SENTENCES
from smartclient.dossier.judgement import changes_json, judge, premium_json
from smartclient.dossier.verdict import DossierVerdict, SignedFacts
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.wire.catalogue import ComponentKind
from smartclient.wire.encoding import canonical
from smartclient.wire.messages import Json, JsonObject
from tests.simulators.catalogue_sources import component_files
from tests.unit.forms.contract_change import SETTINGS, change_request
from tests.unit.forms.contract_change import files as change_files
from tests.unit.forms.contract_change import package as change_package
from tests.unit.forms.household import TODAY, family, flexi_offer
from tests.unit.premium.flexi import flexi

SIGNERS = ("policyholder", "insured_2", "adviser")
TEMPLATE = Sha256("ab" * 32)
HEADER: JsonObject = {
    "schema": 1,
    "document_kind": "offer",
    "number": "7200041870",
    "form_id": "flexi-offer",
    "form_version": 1,
    "set_id": "set",
    "tariff_id": "flexi",
    "tariff_version": 1,
    "template_id": "flexi-offer",
    "hr": "90012345",
    "adviser": {"name": "Jana Veselá", "identification": "1", "cnb_number": "2"},
    "created_at": "2026-11-20T23:30:00.000Z",
}


def body(*edits: tuple[str, str | bool | None], **changed: Json) -> JsonObject:
    """The body of the family's offer as the adviser completed it."""
    session = FormSession(flexi_offer(), family(), today=TODAY, tariff=flexi())
    for path, typed in edits:
        session.set(path, typed)
    return {
        **HEADER,
        "answers": session.answers_in_force,
        "premium": premium_json(session.premium),
        "digital": session.is_digital,
        **changed,
    }


def signed(of: JsonObject, *fields: str) -> SignedFacts:
    given = fields or SIGNERS
    return SignedFacts(given, frozenset(given), values_json(of, TEMPLATE))


def verdict(of: JsonObject, facts: SignedFacts | None = None) -> DossierVerdict:
    found = judge(of, flexi_offer(), flexi(), signed=facts)
    assert found.exportable == (found.code == "")
    assert found.code == "" or found.code in SENTENCES
    return found


def test_that_an_offer_signed_in_another_order_than_its_form_gives_is_not_exported() -> None:
    offer = body()
    assert verdict(offer, signed(offer, *SIGNERS[::-1])).code == "SC-FORM-311"


def test_that_a_form_that_leaves_the_order_open_takes_any() -> None:
    files = component_files(ComponentKind.FORM, "flexi-offer", 1)
    said = json.loads(files["signatures.json"])
    free = FormPackage.from_files(
        {**files, "signatures.json": json.dumps({**said, "order": "free"}).encode()}
    )
    offer = body()
    assert judge(offer, free, flexi(), signed=signed(offer, *SIGNERS[::-1])).exportable


def test_that_a_complete_priced_and_signed_offer_may_be_exported() -> None:
    offer = body()
    found = verdict(offer, signed(offer))
    assert found == DossierVerdict(True, True, (), "")
    assert found.to_json() == {"exportable": True, "missing": [], "code": ""}


def test_that_an_offer_on_paper_needs_no_signature_here() -> None:
    assert verdict(body(("signing.digital", None))).exportable


def test_that_the_day_of_the_judgement_is_the_day_in_prague_when_it_was_begun() -> None:
    late = body(
        ("signing.digital", None),
        ("contract.start", "1. 12. 2026"),
        created_at="2026-12-01T08:00:00Z",
    )
    assert verdict(late).code == "SC-FORM-302"
    assert verdict(late).missing == ("contract.start",)


def test_that_what_is_missing_or_wrong_is_named() -> None:
    offer = body(("policyholder.surname", None), ("insured.0.height", "2"))
    found = verdict(offer)
    assert (found.complete, found.code) == (False, "SC-FORM-302")
    assert set(found.missing) == {"policyholder.surname", "insured.0.height"}


@pytest.mark.parametrize(
    "change",
    [
        lambda premium: {**premium, "payable": "1649"},
        lambda premium: {**premium, "frequency": 4},
        lambda premium: {**premium, "currency": "EUR"},
        lambda premium: {**premium, "lines": premium["lines"][1:]},
        lambda premium: {**premium, "lines": premium["lines"][::-1]},
        lambda _premium: None,
    ],
)
def test_that_another_premium_than_computed_is_seen(change: Callable[[Json], Json]) -> None:
    offer = body(("signing.digital", None))
    found = verdict({**offer, "premium": change(offer["premium"])})
    assert found.code == "SC-FORM-303"


def test_that_a_signature_that_is_missing_is_named() -> None:
    offer = body()
    assert verdict(offer).missing == SIGNERS
    assert verdict(offer).code == "SC-FORM-304"
    assert verdict(offer, signed(offer, "policyholder", "adviser")).missing == ("insured_2",)


def test_that_a_signature_without_its_biometrics_is_none() -> None:
    offer = body()
    facts = replace(signed(offer), biometric=frozenset({"policyholder", "adviser"}))
    assert (verdict(offer, facts).code, verdict(offer, facts).missing) == (
        "SC-FORM-304",
        ("insured_2",),
    )


def test_that_signed_values_must_be_those_of_the_body_byte_for_byte() -> None:
    offer = body()
    other = {**offer, "number": "7200041871"}
    assert verdict(offer, signed(other)).code == "SC-FORM-305"
    facts = signed(offer)
    assert verdict(offer, replace(facts, values=facts.values + b" ")).code == "SC-FORM-305"
    for broken in (b"", b"[]", b"{", canonical({"template_sha256": 1})):
        assert verdict(offer, replace(facts, values=broken)).code == "SC-FORM-307"


def test_that_a_document_says_nothing_that_its_form_does_not_ask() -> None:
    offer = body(("signing.digital", None))
    answers = offer["answers"]
    assert isinstance(answers, dict)
    payment = answers["payment"]
    assert isinstance(payment, dict)
    for changed in (
        {**answers, "payment": {**payment, "sipo": "1234567890"}},
        {**answers, "note": "by hand"},
    ):
        assert verdict({**offer, "answers": changed}).code == "SC-FORM-308"
    assert verdict({**offer, "digital": True}).code == "SC-FORM-308"


def test_that_a_calculated_value_cannot_be_forged() -> None:
    offer = body(("signing.digital", None))
    answers = offer["answers"]
    assert isinstance(answers, dict)
    contract = answers["contract"]
    assert isinstance(contract, dict)
    forged = {**answers, "contract": {**contract, "end": "2099-01-01"}}
    assert verdict({**offer, "answers": forged}).code == "SC-FORM-308"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"form_version": 2}, "SC-FORM-301"),
        ({"form_id": "other"}, "SC-FORM-301"),
        ({"tariff_version": 2}, "SC-FORM-306"),
        ({"tariff_id": None}, "SC-FORM-306"),
        ({"answers": None}, "SC-FORM-307"),
        ({"answers": {"insured": "Petr"}}, "SC-FORM-307"),
        ({"created_at": "yesterday"}, "SC-FORM-307"),
        ({"created_at": None}, "SC-FORM-307"),
        ({"answers": {}}, "SC-FORM-302"),
    ],
)
def test_that_what_cannot_be_judged_is_not_exportable(changed: JsonObject, code: str) -> None:
    assert verdict(body(**changed)).code == code


def test_that_without_its_tariff_an_offer_cannot_be_judged() -> None:
    assert judge(body(), flexi_offer(), None, signed=None).code == "SC-FORM-306"
    other = replace(flexi(), version=9)
    assert judge(body(), flexi_offer(), other, signed=None).code == "SC-FORM-306"


ANSWERS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 99), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["insured", "contract", "start", "covers", "sum", "$typed", "code"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=40)
@given(st.sampled_from(["answers", "premium", "digital", "created_at", "form_id", "x"]), ANSWERS)
def test_that_no_body_crashes_the_judgement(name: str, content: Json) -> None:
    offer = body(("signing.digital", None))
    found = verdict({**offer, name: content})
    assert name == "x" or not found.exportable or offer[name] == content


def change_body(**changed: Json) -> JsonObject:
    session = change_request()
    session.set("holder.surname", "Nová")
    return {
        "form_id": "change",
        "form_version": 1,
        "created_at": "2026-11-21T09:00:00.000Z",
        "answers": session.answers_in_force,
        "baseline": dict(SETTINGS),
        "changes": changes_json(session),
        "premium": None,
        "digital": False,
        **changed,
    }


def judged(of: JsonObject) -> str:
    return judge(of, change_package(), None, signed=None).code


def test_that_a_change_request_says_exactly_what_it_changes() -> None:
    assert judged(change_body()) == ""
    assert changes_json(change_request()) == []
    found = judge(change_body(), change_package(), None, signed=None)
    assert found.record == {"SURNAME": "Nová"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"changes": []}, "SC-FORM-309"),
        ({"changes": [{"path": "holder.surname", "old": "Nový", "new": "Nová"}]}, "SC-FORM-309"),
        ({"changes": None}, "SC-FORM-309"),
        ({"baseline": {**SETTINGS, "holder": {"surname": "Nová"}}}, "SC-FORM-309"),
        ({"baseline": None}, "SC-FORM-307"),
        ({"baseline": {"persons": 7}}, "SC-FORM-307"),
        ({"digital": True}, "SC-FORM-308"),
    ],
)
def test_that_other_changes_than_the_answers_make_are_seen(changed: JsonObject, code: str) -> None:
    assert judged(change_body(**changed)) == code


def test_that_a_request_that_changes_nothing_is_not_taken() -> None:
    same = change_request().answers_in_force
    # The form of this test says so itself; the judge also knows it of a form that does not.
    rules = json.loads(change_files()["rules.json"])
    rules["rules"] = [rule for rule in rules["rules"] if rule.get("id") != "changes-something"]
    silent = FormPackage.from_files(change_files(rules=rules))
    found = judge(change_body(answers=same, changes=[]), silent, None, signed=None)
    assert found.code == "SC-FORM-310"


def test_that_a_row_of_the_contract_cannot_vanish_from_a_request() -> None:
    session = change_request()
    session.set("holder.surname", "Nová")
    answers = session.answers_in_force
    answers["persons"] = []
    assert judged(change_body(answers=answers)) == "SC-FORM-309"


@pytest.mark.parametrize(
    ("signature", "digital", "code"),
    [
        ("never", False, ""),
        ("never", True, "SC-FORM-308"),
        ("always", True, ""),
        ("always", False, ""),
        ("choice", True, "SC-FORM-308"),
    ],
)
def test_that_the_package_says_whether_a_document_is_signed_digitally(
    signature: str, digital: bool, code: str
) -> None:
    manifest = {**json.loads(change_files()["manifest.json"]), "signature": signature}
    package = FormPackage.from_files(change_files(manifest=manifest))
    assert judge(change_body(digital=digital), package, None, signed=None).code == code
