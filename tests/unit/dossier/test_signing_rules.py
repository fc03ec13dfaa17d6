"""The rules of the signing component, as the insurer publishes them."""

import json
from pathlib import Path

import pytest

from smartclient.domain.errors import BadInput
from smartclient.dossier.signing_rules import FILE, SigningRules
from smartclient.ink.quality import Limits, judge
from tests.unit.ink.pens import recorded

PUBLISHED = Path(__file__).parents[3] / "catalogue" / "signer" / "pcs-signosoft" / "1" / FILE


def rules(**said: object) -> SigningRules:
    return SigningRules.from_files({FILE: json.dumps(said).encode()})


def test_that_the_published_component_is_read() -> None:
    read = SigningRules.from_files({FILE: PUBLISHED.read_bytes()})
    assert (read.id, read.version, read.on_screen_pad) == ("pcs-signosoft", 1, False)
    assert read.pads is not None
    assert "STU-430" in read.pads
    assert read.limits == Limits()


def test_that_what_is_left_out_is_as_usual() -> None:
    assert rules() == SigningRules()
    assert rules(limits={"width_mm": 12}).limits == Limits(width_mm=12.0)


def test_that_the_limits_of_the_component_decide() -> None:
    strict = rules(limits={"strokes": 9}).limits
    assert judge(recorded("petr"), strict).limit == "strokes"
    loose = rules(limits={"width_mm": 0.1, "points": 1, "seconds": 0, "strokes": 1}).limits
    assert judge(recorded("dot"), loose).accepted


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"limits": {"width_mm": "ten"}}, "limits.width_mm"),
        ({"limits": {"width_mm": True}}, "limits.width_mm"),
        ({"limits": {"points": 2.5}}, "limits.points"),
        ({"limits": {"seconds": -1}}, "limits.seconds"),
        ({"limits": {"strokes": 500}}, "limits.strokes"),
        ({"limits": {"speed": 3}}, "limits"),
        ({"pads": "STU-430"}, "pads"),
        ({"pads": [430]}, "pads"),
        ({"on_screen_pad": "no"}, "on_screen_pad"),
        ({"allow_plain": 1}, "allow_plain"),
        ({"drivers": {"other": 3}}, "other"),
        ({"version": 0}, "version"),
    ],
)
def test_that_what_does_not_fit_is_named(said: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        rules(**said)
    assert (refusal.value.code, refusal.value.values["field"]) == ("SC-CAT-060", field)


def test_that_a_file_that_is_no_json_is_refused() -> None:
    with pytest.raises(BadInput) as refusal:
        SigningRules.from_files({FILE: b"{"})
    assert refusal.value.code == "SC-CAT-060"
