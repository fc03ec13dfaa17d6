"""What was found of a document, and what is known of its signatures."""

from dataclasses import dataclass, field

from smartclient.wire.messages import JsonObject


@dataclass(frozen=True, slots=True)
class SignedFacts:
    """What the verified PDF and its signing record say, for `judge`."""

    fields: tuple[str, ...]
    """Names of the fields that carry a valid signature of a person, in the order of signing."""
    biometric: frozenset[str]
    """Those of them that carry the pen's biometrics, sealed for the authority."""
    values: bytes
    """The exact bytes of the values attached to the first signed revision."""


@dataclass(frozen=True, slots=True)
class DossierVerdict:
    """Whether the insurer may take the document; `code` is the first reason why not, or empty."""

    exportable: bool
    complete: bool
    missing: tuple[str, ...]
    """Paths of answers that are missing or wrong, or names of fields that are unsigned."""
    code: str = ""
    record: JsonObject = field(default_factory=dict)
    """The outgoing record by the package's export map, of an exportable document; else empty."""

    def to_json(self) -> JsonObject:
        """The part that travels in a document status."""
        return {
            "exportable": self.exportable,
            "missing": list(self.missing),
            "code": self.code,
        }
