"""From print data to the frozen PDF that will be signed: PDF/A-3b and PDF/UA-1, by typst.

Only the template's own fonts are used, no package is fetched, and the time stamp is the caller's:
the same input gives the same bytes. Print data reach typst in memory; on disk lies only the
template, unpacked once for a process. typst and the code of dots are imported with the first
document, not with the program.
"""

import atexit
import json
import shutil
import tempfile
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import cast

from smartclient.documents.record import ExpectedField, FieldBox, TemplateIdentity
from smartclient.documents.template import FONTS, Template
from smartclient.documents.values import values_json
from smartclient.domain.errors import BadInput, Damaged
from smartclient.domain.ids import Sha256
from smartclient.wire.encoding import sha256
from smartclient.wire.messages import Json, JsonObject, mapping, text, truth, whole

_PRESSES_KEPT = 4
_SHORT = 8
"""Characters of a digest that people compare."""


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where one person signs. Lengths in points (1/72 inch), origin top left of the page."""

    name: str
    role: str
    """In words, for example "Pojistník"; the heading of its place on the page."""
    signer: str
    """The name of the person."""
    page: int
    """From 1."""
    x: float
    y: float
    width: float
    height: float
    meaning: str
    """What the signature says, as printed above it."""
    biometric: bool

    @property
    def field_box(self) -> FieldBox:
        """The place as the signing record keeps it."""
        left, top, width, height = (
            round(side * 100) for side in (self.x, self.y, self.width, self.height)
        )
        return FieldBox(self.page, (left, top, width, height))


@dataclass(frozen=True, slots=True)
class Rendered:
    """A frozen document: these bytes are shown, then signed, and never made again."""

    pdf: bytes
    """PDF/A-3b and PDF/UA-1 with `values` attached as values.json."""
    places: tuple[FieldPlace, ...]
    """In signing order."""
    pages: int
    values: bytes
    template: TemplateIdentity
    issue_name: str
    seal_name: str
    """How the two invisible fields are read aloud, in the language of the document."""

    @property
    def expected_fields(self) -> tuple[ExpectedField, ...]:
        """The fields of people in signing order, for the signing record."""
        return tuple(
            ExpectedField(place.name, place.biometric, place.field_box) for place in self.places
        )


def render(
    template: Template,
    body: JsonObject,
    printed: JsonObject,
    *,
    at: datetime,
    authority_sha256: str = "",
) -> Rendered:
    """Draw the pages of a document; the same input gives the same bytes.

    `printed` comes from `printing.printed`; `authority_sha256` is the fingerprint of the
    certificate that biometrics will be sealed for ("" on the paper way). Raises Damaged SC-DOC-004
    when the template cannot draw it.
    """
    values = values_json(body, template.identity.sha256)
    data = {**printed, "stamp": _stamp(template, body, values, authority_sha256)}
    inputs = {
        "document": json.dumps(data, ensure_ascii=False),
        "values": values.decode(),
    }
    press = _press_of(template)
    whole_second = at.astimezone(UTC).replace(microsecond=0)  # typst takes no others
    try:
        pdf, places, ending = press.print(inputs, whole_second)
        return Rendered(
            # Without the line end an appended revision would start behind %%EOF on the same line,
            # which PDF/A forbids.
            pdf + b"\n",
            tuple(_place(mapping(place, "place")) for place in places),
            whole(ending, "pages", 1),
            values,
            template.identity,
            text(ending, "issue"),
            text(ending, "seal"),
        )
    except (*press.faults, BadInput) as fault:
        raise Damaged("SC-DOC-004", template=template.identity.id, problem=fault) from fault


def _stamp(
    template: Template, body: JsonObject, values: bytes, authority_sha256: str
) -> JsonObject:
    """What ties a page to its document: in the footer, in the metadata and as a code."""
    digest = sha256(values)
    identity = template.identity
    return {
        "template": f"{identity.id} {identity.version}",
        "template_sha256": identity.sha256[:_SHORT],
        "values_sha256": digest[:_SHORT],
        "authority_sha256": authority_sha256,
        # Capitals and digits fit into the smallest code, whose dots survive a bad copy best.
        "code": _code(f"{body['number']}:{digest[:_SHORT].upper()}"),
        "keywords": [
            f"template={identity.id}/{identity.version}",
            f"template-sha256={identity.sha256}",
            f"values-sha256={digest}",
        ],
    }


def _place(found: JsonObject) -> FieldPlace:
    """A place as the template states it; lengths come as points in decimal text."""
    x, y, width, height = (float(text(found, name)) for name in ("x", "y", "width", "height"))
    return FieldPlace(
        text(found, "name", 80),
        text(found, "role"),
        text(found, "signer"),
        whole(found, "page", 1),
        x,
        y,
        width,
        height,
        text(found, "meaning", 2_000),
        truth(found, "biometric"),
    )


def _code(content: str) -> str:
    """A QR code as SVG: number and digest for whoever holds the paper."""
    import segno

    drawn = BytesIO()
    segno.make(content, error="m", micro=False).save(
        drawn, kind="svg", border=0, dark="#1c2430", xmldecl=False, svgclass=None, lineclass=None
    )
    return drawn.getvalue().decode()


class _Press:
    """A template unpacked and ready; typst keeps its fonts and parsed files between documents."""

    def __init__(self, template: Template) -> None:
        import typst

        folder = Path(tempfile.mkdtemp(prefix="smartclient-template-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        for name, content in template.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(folder / FONTS)],
        )
        # A compiler made from bytes fails when it compiles again after a query; from a path not.
        self._compiler = typst.Compiler(str(folder / template.main), font_paths=fonts)
        self._lock = Lock()
        self.faults = (typst.TypstError,)

    def print(self, inputs: dict[str, str], at: datetime) -> tuple[bytes, list[Json], JsonObject]:
        """The PDF, the places of its fields, and what stands at its end."""
        with self._lock:
            pdf = self._compiler.compile(
                format="pdf", sys_inputs=inputs, pdf_standards=["a-3b", "ua-1"], timestamp=at
            )
            places = json.loads(self._compiler.query("<sig>", field="value"))
            (ending,) = json.loads(self._compiler.query("<ending>", field="value"))
        return cast("bytes", pdf), places, mapping(ending, "ending")


_presses: OrderedDict[Sha256, _Press] = OrderedDict()
_presses_lock = Lock()


def _press_of(template: Template) -> _Press:
    """The press of a template; the last few are kept."""
    key = template.identity.sha256
    with _presses_lock:
        press = _presses.pop(key, None) or _Press(template)
        _presses[key] = press
        while len(_presses) > _PRESSES_KEPT:
            _presses.popitem(last=False)
    return press
