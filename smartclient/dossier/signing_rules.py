"""What the signing component decides: `component.json` of "PČS SignoSoft", as it is published.

    pads           models of pads that may be signed on
    on_screen_pad  whether this screen may be signed on in production
    allow_plain    whether a pad may be signed on whose cable is not encrypted; no by default
    limits         the least a signature must have: width_mm, points, seconds, strokes
    drivers        drivers of other makers: name → file of the component

Everything but `id` and `version` may be left out. Laptop, publisher and commands read it here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from smartclient.domain.errors import BadInput
from smartclient.ink.quality import Limits
from smartclient.wire.encoding import parse
from smartclient.wire.values import Json, JsonObject, bad_field, listed, mapping, text, truth, whole

FILE: Final = "component.json"
_MOST_MODELS: Final = 50
_MOST_DRIVERS: Final = 20
_LARGEST: Final = {"width_mm": 50.0, "points": 1_000, "seconds": 10.0, "strokes": 20}


@dataclass(frozen=True, slots=True)
class SigningRules:
    """The rules of one version of the component."""

    id: str = ""
    version: int = 0
    pads: tuple[str, ...] | None = None
    """None for the models that the driver allows by itself."""
    on_screen_pad: bool = False
    allow_plain: bool = False
    limits: Limits = field(default_factory=Limits)
    drivers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> "SigningRules":
        """The rules of the component's files; BadInput SC-CAT-060 names field, value and rule."""
        try:
            return cls._read(mapping(parse(files.get(FILE, b"{}")), FILE))
        except BadInput as wrong:
            found = {"field": FILE, "value": "…", "rule": "readable JSON"} | wrong.values
            raise BadInput("SC-CAT-060", **found) from wrong

    @classmethod
    def _read(cls, said: JsonObject) -> "SigningRules":
        drivers = mapping(said.get("drivers", {}), "drivers")
        if len(drivers) > _MOST_DRIVERS:
            raise bad_field("drivers", len(drivers), f"at most {_MOST_DRIVERS}")
        return cls(
            id=text(said, "id", 60) if "id" in said else "",
            version=whole(said, "version", 1) if "version" in said else 0,
            pads=listed(said, "pads", _model, _MOST_MODELS) if "pads" in said else None,
            on_screen_pad=truth(said, "on_screen_pad") if "on_screen_pad" in said else False,
            allow_plain=truth(said, "allow_plain") if "allow_plain" in said else False,
            limits=_limits(mapping(said.get("limits", {}), "limits")),
            drivers={name: text(drivers, name) for name in drivers},
        )


def _model(value: Json) -> str:
    return text({"pads": value}, "pads", 40)


def _limits(said: JsonObject) -> Limits:
    """The limits that are named, the usual ones for the rest."""
    unknown = sorted(set(said) - set(_LARGEST))
    if unknown:
        raise bad_field("limits", unknown[0], "one of " + ", ".join(_LARGEST))
    usual = Limits()
    return Limits(
        width_mm=_measure(said, "width_mm", usual.width_mm),
        points=round(_measure(said, "points", usual.points)),
        seconds=_measure(said, "seconds", usual.seconds),
        strokes=round(_measure(said, "strokes", usual.strokes)),
    )


def _measure(said: JsonObject, name: str, usual: float) -> float:
    value = said.get(name, usual)
    most, counts = _LARGEST[name], name in ("points", "strokes")
    kind = "whole number" if counts else "number"
    wrong = bad_field(f"limits.{name}", value, f"{kind} from 0 to {most:g}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong
    if not 0 <= value <= most or (counts and value != round(value)):
        raise wrong
    return float(value)
