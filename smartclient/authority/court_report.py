"""The report that an expert can hand to a court: one page of HTML that needs nothing else.

Pictures and plots stand inside it, so that it stays whole when it is copied, and it prints. It says
of each signature what was checked, what the pad was, how the ink looks and how the pen moved.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from smartclient.authority.dynamics import WINDOW, Moment
from smartclient.authority.plots import plot
from smartclient.documents.reading import IN_THE_WINDOW
from smartclient.domain.language import _
from smartclient.ink.envelope import PAD_TIME
from smartclient.wire.messages import Json, JsonObject

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#1c2430}
body{max-width:820px;margin:32px auto;padding:0 20px}
h1{font-size:24px}h2{font-size:18px;margin-top:36px;border-top:1px solid #dfe4ea;padding-top:20px}
h3{font-size:14px;margin:18px 0 4px}table{border-collapse:collapse;width:100%}
td{padding:4px 12px 4px 0;vertical-align:top;border-bottom:1px solid #eef1f4}
td:first-child{color:#5b6776;white-space:nowrap}code{word-break:break-all;font-size:13px}
img{max-width:100%;border:1px solid #dfe4ea;border-radius:8px}.bad{color:#b3261e}
section{break-inside:auto}svg,img{break-inside:avoid}.note{color:#5b6776;font-size:13px}
"""


@dataclass(frozen=True, slots=True)
class OpenedPicture:
    """What an opened signature shows."""

    png: bytes
    moments: tuple[Moment, ...]


def court_report(report: JsonObject, pictures: dict[int, OpenedPicture], language: str) -> bytes:
    """The report as HTML; `pictures` go by the number of the signature."""
    signatures = report["signatures"]
    lines = signatures if isinstance(signatures, list) else []
    title = _words(_("Opening of sealed biometrics"))
    body = [
        f"<h1>{title}</h1>",
        _table(
            [
                (_("Signed file"), report["file"]),
                (_("SHA-256 of the file"), report["sha256"]),
                (_("Opened with the key (SHA-256)"), report["key_sha256"]),
                (_("Opened at"), report["opened_at"]),
            ]
        ),
    ]
    for line in lines:
        if isinstance(line, dict):
            number = line["number"]
            body.append(_signature(line, pictures.get(number if isinstance(number, int) else 0)))
    note = _(
        "Speed and acceleration are central differences within one stroke, of places averaged over "
        "{window} reports. Between strokes the pen was off the pad. The CSV files hold the same "
        "numbers, the ISO/IEC 19794-7 records what the pad reported."
    ).format(window=WINDOW)
    body.append(f'<p class="note">{_words(note)}</p>')
    page = (
        f'<!doctype html><html lang="{escape(language)}"><meta charset="utf-8">'
        f"<title>{title}</title><style>{_STYLE}</style><body>{''.join(body)}</body></html>\n"
    )
    return page.encode()


def _signature(line: JsonObject, picture: OpenedPicture | None) -> str:
    heading = _("Signature {number}: {field}").format(number=line["number"], field=line["field"])
    parts = [f"<section><h2>{_words(heading)}</h2>"]
    if line["state"] == "refused":
        refused = _("Not opened ({code}). {reason}").format(
            code=line["code"], reason=line["reason"]
        )
        parts.append(f'<p class="bad">{_words(refused)}</p>')
    elif picture is None:
        none = _("This signature carries no biometrics.")
        parts.append(f"<p>{_words(none)}</p>")
    parts.append(_table(_facts(line)))
    if picture is not None:
        parts.append(_drawn(picture))
    parts.append("</section>")
    return "".join(parts)


def _facts(line: JsonObject) -> list[tuple[str, Json]]:
    pad = line.get("pad")
    model = ""
    if isinstance(pad, dict):
        told = ("model", "serial", "firmware", "driver")
        model = " · ".join(str(pad[name]) for name in told if pad[name])
    facts: list[tuple[str, Json]] = [
        (_("Claimed time of signing"), line.get("claimed_at")),
        (_("Certificate (SHA-256)"), line.get("certificate_sha256")),
        (_("Digest of the signed bytes"), line.get("byte_range_sha256")),
    ]
    if line["state"] == "opened":
        facts += [
            (_("Bound to this signature"), _("yes: the digest inside is the one above")),
            (_("Captured at"), line.get("captured_at")),
            (_("Pad"), model),
            *_how_reported(pad if isinstance(pad, dict) else {}),
            (_("Record (SHA-256)"), line.get("record_sha256")),
            (_("Points"), line.get("points")),
            (_("Width in mm"), line.get("width_mm")),
            (_("Seconds"), line.get("seconds")),
            (_("Ink on the page"), _page_ink(line)),
        ]
    facts += _before_the_eyes(line.get("reading"))
    return [(label, value) for label, value in facts if value not in (None, "")]


def _before_the_eyes(reading: Json) -> list[tuple[str, Json]]:
    """What the record says was shown to the person; the adviser's computer tells it."""
    if not isinstance(reading, dict):
        return []
    pages = reading.get("pages")
    shown = [each for each in pages if isinstance(each, dict)] if isinstance(pages, list) else []
    told = ", ".join(
        _("page {page} since {time}").format(page=each.get("page"), time=each.get("at"))
        for each in shown
    )
    read_at, read_on = reading.get("read_at"), reading.get("read_on")
    where = _("in the adviser's window") if read_on == IN_THE_WINDOW else read_on
    read = _("{time}, {where}").format(time=read_at, where=where) if read_at else _("not recorded")
    return [
        (_("Pages shown (by the record)"), told or _("not recorded")),
        (_("Summary confirmed as read (by the record)"), read),
    ]


def _page_ink(line: JsonObject) -> str:
    if line.get("page_ink") == "equal":
        return _("equal to the sealed signature")
    return _("different from the sealed signature")


def _how_reported(pad: JsonObject) -> list[tuple[str, Json]]:
    """How far the pad's reports carry: their times, what is missing, whether pressure was told."""
    time_source = pad.get("time_source")
    if time_source == PAD_TIME:
        times = _("by the pad's own clock")
    else:
        times = _("not by a clock of the pad: {source}").format(source=time_source)
    measured = _("yes") if pad.get("pressure_measured") else _("no, the pad tells none")
    return [
        (_("Times"), times if time_source else None),
        (_("Reports that the pad lost"), pad.get("lost_reports")),
        (_("Pressure measured"), measured),
    ]


def _drawn(picture: OpenedPicture) -> str:
    moments, time = picture.moments, _("milliseconds")
    image = b64encode(picture.png).decode()
    alternative = _words(_("The ink, width by pressure"))
    plots = (
        (_("Pressure, % of the pad's largest"), lambda m: m.pressure * 100),
        (_("Speed, mm/s"), lambda m: m.speed),
        (_("Acceleration, mm/s²"), lambda m: m.acceleration),
        (_("Place across, mm"), lambda m: m.x_mm),
        (_("Place down, mm"), lambda m: m.y_mm),
    )
    drawn = [
        f"<h3>{_words(title)}</h3>{plot(moments, value, title, time)}" for title, value in plots
    ]
    return f'<p><img alt="{alternative}" src="data:image/png;base64,{image}"></p>' + "".join(drawn)


def _table(rows: Sequence[tuple[str, Json]]) -> str:
    cells = (
        f"<tr><td>{_words(label)}</td><td><code>{_words(str(value))}</code></td></tr>"
        for label, value in rows
    )
    return f"<table>{''.join(cells)}</table>"


def _words(text: str) -> str:
    return escape(text)
