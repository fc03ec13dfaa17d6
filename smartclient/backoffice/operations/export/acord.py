"""ACORD TXLife 103 (new business): offers as XML, by the table `acord_103.csv`.

The table names every canonical field: with a place in the message, or without one. What has no
place stands under its own name in an OLifEExtension, so nothing is lost. Written after the public
descriptions of the standard; conformance is not claimed, and no schema was used (decision 0148).
Requests that are no offers are no new business and are left out.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement, tostring

from smartclient.backoffice.operations.export.csv_files import as_text, document_of, flattened
from smartclient.wire.batches import BLOBS
from smartclient.wire.messages import Json, JsonObject

TABLE = "acord_103.csv"
VERSION = "2.43.00"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COUNTED = re.compile(r"\[(\d+)\]")

Codes = Mapping[str, tuple[str, str]]
_CODES: Mapping[str, Codes] = MappingProxyType(
    {
        "sex": {"M": ("1", "Male"), "F": ("2", "Female")},
        "party": {
            "person": ("1", "Person"),
            "company": ("2", "Organization"),
        },
        "smoker": {"true": ("3", "Current"), "false": ("1", "Never")},
        "frequency": {
            "1": ("1", "Annual"),
            "2": ("2", "Semiannual"),
            "4": ("3", "Quarterly"),
            "12": ("4", "Monthly"),
        },
    }
)
"""Our codes as type codes of the standard; another value is written as text without a code."""
_KINDS = MappingProxyType(
    {
        "Address": ("AddressTypeCode", {"1": "Residence", "17": "Mailing"}),
        "Phone": ("PhoneTypeCode", {"1": "Home", "12": "Mobile"}),
    }
)
_ROLES = MappingProxyType(
    {
        "owner": ("8", "Owner"),
        "insured": ("32", "Insured"),
        "beneficiary": ("34", "Beneficiary"),
        "payer": ("31", "Payer"),
        "agent": ("37", "Primary Writing Agent"),
    }
)


@dataclass(frozen=True, slots=True)
class Mapped:
    """One row of the table: a canonical field and its place, or none."""

    field: str
    entity: str
    path: str
    code: str

    def names(self, name: str) -> bool:
        """Whether it is about the field of this name; `*` at its end stands for any rest."""
        if self.field.endswith("*"):
            return name.startswith(self.field[:-1])
        return name == self.field


@cache
def table() -> tuple[Mapped, ...]:
    """The rows of the table, in the order in which the message is written."""
    content = files(__package__).joinpath(TABLE).read_text(encoding="utf-8")
    return tuple(
        Mapped(row["field"], *_place(row["acord"]), row["code"])
        for row in csv.DictReader(content.splitlines())
    )


def _place(acord: str) -> tuple[str, str]:
    entity, _, path = acord.partition(":")
    return entity, path


@lru_cache(maxsize=4096)
def row_of(name: str) -> Mapped | None:
    """The row about a field; None for one that the table does not know."""
    return next((row for row in table() if row.names(name)), None)


def canonical_fields(line: JsonObject) -> Iterator[tuple[str, str]]:
    """Every field of a line with its value, in the names of the table, rows counted from 1."""
    about: JsonObject = {
        name: line.get(name) for name in ("id", "op", "version", "sha256", "stage", "hr", "late")
    }
    body = document_of(line)
    document: JsonObject = {name: body[name] for name in _OF_DOCUMENT if name in body}
    if isinstance(premium := document.get("premium"), dict):
        stated = ("payable", "frequency", "currency")
        document["premium"] = {name: premium.get(name) for name in stated}
    yield from flattened(about, "line")
    yield from flattened(document, "document")
    yield from flattened(_signed(line.get("signed")), "signed")
    yield from flattened(line.get("record"), "record")


_OF_DOCUMENT = (
    "document_kind",
    "number",
    "form_id",
    "form_version",
    "tariff_id",
    "tariff_version",
    "premium",
    "adviser",
    "digital",
    "client_name",
    "client_id",
)


def _signed(signed: Json) -> JsonObject:
    if not isinstance(signed, dict):
        return {}
    return {name: signed.get(name) for name in ("signed_at", "pdf_sha256", "values_sha256")}


@dataclass(frozen=True, slots=True)
class AcordFile:
    """txlife-103.xml: one TXLifeRequest an offer."""

    name: str = "txlife-103.xml.zst"

    @property
    def opening(self) -> bytes:
        """The beginning of the document."""
        space = "http://ACORD.org/Standards/Life/2"
        begun = f'<?xml version="1.0" encoding="UTF-8"?>\n<TXLife xmlns="{space}"'
        return f'{begun} Version="{VERSION}">\n'.encode()

    @property
    def closing(self) -> bytes:
        """Its end."""
        return b"</TXLife>\n"

    def entry(self, line: JsonObject) -> bytes:
        """The request of an offer; nothing for any other kind."""
        if document_of(line).get("document_kind") != "offer":
            return b""
        written: bytes = tostring(_request(line), encoding="utf-8", xml_declaration=False)
        return written + b"\n"


def _request(line: JsonObject) -> Element:
    message = _Message()
    found: dict[Mapped | None, list[tuple[str, str]]] = {}
    for name, value in canonical_fields(line):
        found.setdefault(row_of(_COUNTED.sub("[]", _uncounted(name))), []).append((name, value))
    for row in table():
        for name, value in found.get(row, ()):
            message.write(row, name, value)
    for name, value in found.get(None, ()):  # a field of a form that the table does not know yet
        message.extend(name, value)
    return message.whole()


def _uncounted(name: str) -> str:
    """The name of a choice of several, which is a list of codes, without the number at its end."""
    return re.sub(r"\[\d+\]$", "", name)


@dataclass(slots=True)
class _Message:
    """A request while it is put together; entities appear when their first value comes."""

    entities: dict[str, Element] = field(default_factory=dict)
    extension: Element = field(default_factory=lambda: Element("OLifEExtension"))

    def write(self, row: Mapped, name: str, value: str) -> None:
        """Put a value where its row says."""
        if not row.entity:
            self.extend(name, value)
            return
        key = "/".join((row.entity, *_COUNTED.findall(name)))
        element = self.entities.setdefault(key, Element(row.entity))
        for step in row.path.split("/"):
            element = _child(element, step)
        _fill(element, row.code, value)

    def extend(self, name: str, value: str) -> None:
        """A value that has no place in the standard."""
        SubElement(self.extension, "Value", {"name": _clean(name)}).text = _clean(value)

    def whole(self) -> Element:
        """The request."""
        request = Element("TXLifeRequest", {"PrimaryObjectID": "Holding_1"})
        request.extend(self._of("request"))
        SubElement(request, "TransType", {"tc": "103"}).text = "New Business Submission"
        life = SubElement(request, "OLifE", {"Version": VERSION})
        source = SubElement(life, "SourceInfo")
        SubElement(source, "SourceInfoName").text = "SmartClient"
        life.append(self._holding())
        relations = [self._party(life, key) for key in self.entities if _kind(key) in _ROLES]
        life.extend(relations)
        for number, key in enumerate(self._keys("form"), 1):
            form = SubElement(life, "FormInstance", {"id": f"FormInstance_{number}"})
            form.extend(self.entities[key])
        if len(self.extension):
            life.append(self.extension)
        return request

    def _holding(self) -> Element:
        holding = Element("Holding", {"id": "Holding_1"})
        SubElement(holding, "HoldingTypeCode", {"tc": "2"}).text = "Policy"
        holding.extend(self._of("holding"))
        policy = SubElement(holding, "Policy")
        policy.extend(self._of("policy"))
        SubElement(policy, "LineOfBusiness", {"tc": "1"}).text = "Life"
        life = SubElement(policy, "Life")
        for key in self._keys("coverage"):
            insured, cover = key.split("/")[1:]
            coverage = SubElement(life, "Coverage", {"id": f"Coverage_{insured}_{cover}"})
            coverage.extend(self.entities[key])
            party = {"PartyID": f"Party_insured_{insured}"}
            participant = SubElement(coverage, "LifeParticipant", party)
            SubElement(participant, "LifeParticipantRoleCode", {"tc": "1"}).text = "Primary Insured"
        SubElement(policy, "ApplicationInfo").extend(self._of("application"))
        if funds := self._keys("fund"):
            investment = SubElement(holding, "Investment")
            for key in funds:
                SubElement(investment, "SubAccount").extend(self.entities[key])
        if "banking" in self.entities:
            SubElement(holding, "Banking").extend(self._of("banking"))
        return holding

    def _party(self, life: Element, key: str) -> Element:
        """Write the party; its relation to the contract."""
        name = "Party_" + key.replace("/", "_")
        SubElement(life, "Party", {"id": name}).extend(self.entities[key])
        ends = {"OriginatingObjectID": "Holding_1", "RelatedObjectID": name}
        relation = Element("Relation", {"id": f"Relation_{name}", **ends})
        code, called = _ROLES[_kind(key)]
        SubElement(relation, "RelationRoleCode", {"tc": code}).text = called
        return relation

    def _of(self, key: str) -> list[Element]:
        return list(self.entities.get(key, ()))

    def _keys(self, kind: str) -> list[str]:
        return [key for key in self.entities if _kind(key) == kind]


def _kind(key: str) -> str:
    return key.partition("/")[0]


def _child(parent: Element, step: str) -> Element:
    """The child of that name, made where there is none; `Address#17` is the one of type 17."""
    name, _, kind = step.partition("#")
    if not kind:
        found = parent.find(name)
        return SubElement(parent, name) if found is None else found
    code, called = _KINDS[name]
    for each in parent.findall(name):
        if each.find(f"{code}[@tc='{kind}']") is not None:
            return each
    made = SubElement(parent, name)
    SubElement(made, code, {"tc": kind}).text = called[kind]
    return made


def _fill(element: Element, code: str, value: str) -> None:
    if code in _CODES:
        known = _CODES[code].get(value)
        if known is not None:
            element.set("tc", known[0])
        element.text = _clean(known[1] if known else value)
    elif code == "date":
        element.text = _clean(value[:10])
    elif code == "blob":
        element.text = f"{BLOBS}/{_clean(value)}"
    else:  # street and number share a line
        element.text = " ".join(filter(None, (element.text, _clean(value))))


def _clean(text: str) -> str:
    """Without characters that no XML document can hold."""
    return _NO_XML.sub("\ufffd", as_text(text))
