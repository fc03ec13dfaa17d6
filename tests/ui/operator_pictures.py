"""Takes the pictures of the guides for the help desk and the administrator.

    python -m tests.ui.operator_pictures --out docs/guides/pictures

A real server process and two laptops go through an evening, a lost right and a restore; each
command is typed for real, and what it printed is drawn as a terminal shows it. Besides, the window
that the help desk hears about when an activation was revoked.
"""

import argparse
import io
import json
import logging
import os
import tempfile
from contextlib import closing, redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from smartclient.app.speech import speak_in
from smartclient.backoffice.commands.export import PractisedClock
from smartclient.backoffice.commands.program import main as command
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations.judgements import Verdict
from smartclient.backoffice.operations.principals import ALL_CLASSES, Right
from smartclient.backoffice.operations.registers import rights
from smartclient.backoffice.practice_core import CoreSystem
from smartclient.domain.admission import REVOKED
from smartclient.domain.clock import SystemClock
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import ClientId
from smartclient.domain.lock_time import next_cutoff
from smartclient.domain.mode import Mode
from smartclient.store.client_rows import card_of
from smartclient.sync.exchange.http_transport import HttpTransport
from smartclient.ui.places import Place
from smartclient.ui.settings_page import SettingsPage, Tab
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import Scheme, dress
from smartclient.wire.messages import Json, JsonObject
from smartclient.wire.support_codes import shown
from smartclient.wire.transport import Request
from tests.simulators.journey_laptop import JourneyLaptop
from tests.simulators.office_process import OfficeProcess
from tests.ui.desk import Desk, opened_window
from tests.ui.pictures import Photographer

COLUMNS = 110
_PAPER, _INK, _TYPED = QColor("#1e2430"), QColor("#e6e9ef"), QColor("#8fd0a5")
_MARGIN, _SCALE = 16, 2
_BACKUP = "BACKUP-2026-11-22"
_REASON = "rodné číslo nesouhlasí s registrem obyvatel"
CLIENT: JsonObject = {
    "schema": 1,
    "kind": "person",
    "given_name": "Petr",
    "surname": "Vzor",
    "national_id": "8001014560",
    "birth_date": "1980-01-01",
    "city": "Pardubice",
    "phone": "+420601234567",
}


@dataclass(frozen=True, slots=True)
class Terminal:
    """Types commands of one home and draws what they printed."""

    home: Path
    out: Path

    def run(self, *words: str) -> str:
        """What the command printed."""
        printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        handlers = logging.getLogger().handlers[:]
        with redirect_stdout(printed):
            command(["--home", str(self.home), *words])
        logging.getLogger().handlers[:] = handlers
        printed.flush()
        printed.seek(0)
        return printed.read()

    def take(self, name: str, *typed: tuple[str, ...], only: tuple[str, ...] = ()) -> None:
        """Type commands one after the other into one picture; JSON is shown as `jq` lays it out.

        Of the first answer `only` these fields are shown, where they are named.
        """
        lines: list[tuple[str, QColor]] = []
        for words in typed:
            told = self.run(*words)
            asked = " ".join(("smartclient-backoffice", *map(_quoted, words)))
            if told.startswith("{"):
                answer = json.loads(told)
                answer = {field: answer[field] for field in only} if only else answer
                told = json.dumps(answer, ensure_ascii=False, indent=2)
                asked += f" | jq '{{{', '.join(only)}}}'" if only else " | jq ."
                only = ()
            lines += [(each, _TYPED) for each in _wrapped(f"$ {asked}")]
            lines += [(each, _INK) for line in told.splitlines() for each in _wrapped(line)]
            lines.append(("", _INK))
        self.draw(name, lines[:-1])

    def draw(self, name: str, lines: list[tuple[str, QColor]]) -> None:
        """Draw lines that a terminal shows."""
        format_, way = QImage.Format.Format_Indexed8, Qt.ImageConversionFlag.ThresholdDither
        picture = _drawn(lines).convertToFormat(format_, way)
        assert picture.save(str(self.out / f"{name}.png"))


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


def _wrapped(line: str) -> list[str]:
    """The line as a terminal of so many columns breaks it."""
    return [line[start : start + COLUMNS] for start in range(0, len(line), COLUMNS)] or [""]


def _drawn(lines: list[tuple[str, QColor]]) -> QImage:
    font = QFont("DejaVu Sans Mono")
    font.setPixelSize(13 * _SCALE)
    font.setStyleHint(QFont.StyleHint.Monospace)
    metrics = QFontMetricsF(font)
    longest = max(len(line) for line, _ in lines)
    width, height = metrics.horizontalAdvance("0") * longest, metrics.lineSpacing()
    margin = _MARGIN * _SCALE
    size = (int(width) + 2 * margin, int(height * len(lines)) + 2 * margin)
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(_PAPER)
    painter = QPainter(image)
    painter.setFont(font)
    for place, (line, colour) in enumerate(lines):
        painter.setPen(colour)
        box = QRectF(margin, margin + place * height, width, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, line)
    painter.end()
    return image


def main() -> None:
    """Take all pictures into a folder."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ |= {"SMARTCLIENT_MODE": "practice", "SMARTCLIENT_LANGUAGE": "cs"}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out: Path = parser.parse_args().out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    application = QApplication(["pictures"])
    application.setQuitOnLastWindowClosed(False)
    speak_in(application, "cs")
    dress(application, Scheme.LIGHT)
    with tempfile.TemporaryDirectory(prefix="smartclient-pictures-") as folder:
        _commands(Path(folder), out)
        speak_in(application, "cs")
        _revoked(Path(folder), out)


def _commands(folder: Path, out: Path) -> None:
    with OfficeProcess(folder / "site") as office:
        terminal = Terminal(office.home.folder, out)
        jana = JourneyLaptop(office, folder / "jana")
        petr = JourneyLaptop(office, folder / "petr")
        _one_office(office, terminal, jana, petr)
        jana.synchronise()
        petr.synchronise()
        terminal.run("backup", str(folder / _BACKUP))
        _an_evening(office, terminal, jana)
        _a_lost_right(terminal, jana, petr)
        _the_code_that_was_read_out(terminal, jana)
        _health(office, terminal)
        _a_restore(office, terminal, folder)
        jana.close()
        petr.close()


def _an_evening(office: OfficeProcess, terminal: Terminal, laptop: JourneyLaptop) -> None:
    """One document accepted, one rejected, one signed after the lock."""
    rejected, late = laptop.write("rejected"), laptop.write("signed late")
    laptop.write("a draft", Stage.DRAFT)
    laptop.write("accepted")
    laptop.synchronise()
    laptop.sign_off_line(late)
    number = str(laptop.rows()[rejected].number)
    clock = PractisedClock(next_cutoff(datetime.now(UTC)), SystemClock())
    with opened(office.home, Mode.PRACTICE, clock) as found:
        exporter = found.exporter()
        exporter = replace(exporter, judge=lambda _case: Verdict(exportable=True))
        day = exporter.due()
        assert day is not None
        exporter.export(day)
        trusted = office.home.certificate("export-manifest.pem")
        core = CoreSystem(exporter.places.to_core, trusted, {number: _REASON})
        for batch in core.waiting():
            core.take(batch)
        exporter.read_answers()
    laptop.synchronise()
    terminal.take("operator-reconcile", ("export", "reconcile", day.isoformat(), "--table"))
    terminal.take("operator-late", ("late", "list"))


def _one_office(office: OfficeProcess, terminal: Terminal, *laptops: JourneyLaptop) -> None:
    terminal.run("office", "create", "brno", "--name", "Kancelář Brno")
    right = Right("office:brno", ALL_CLASSES, may_write=True)
    with office.office() as found, found.office.writing() as desk:
        for laptop in laptops:
            rights.give(desk, laptop.installed.reply.person, right, "contract")


def _a_lost_right(terminal: Terminal, jana: JourneyLaptop, petr: JourneyLaptop) -> None:
    """Jana leaves the office while an edit waits on her laptop; Petr has changed the client."""
    with jana.database.write() as tx:
        client = tx.clients.create(card_of(CLIENT), CLIENT).id
    for laptop in (jana, petr, jana):
        laptop.synchronise()
    _change(jana, client, phone="+420777000111", city="Chrudim")
    _change(petr, client, city="Hradec Králové")
    petr.synchronise()
    person = jana.installed.reply.person
    terminal.run("office", "take", "brno", person, "--reason", "výpověď k 30. 11.")
    jana.synchronise()
    (edit,) = json.loads(terminal.run("handed-in", "list"))["handed_in"]
    by = ("--by", "Karel Vrba", "--reason", "telefon je nový")
    showing = ("handed-in", "show", edit["op"])
    accepting = ("handed-in", "accept", edit["op"], "--field", "phone", *by)
    fields = ("differences", "would_be")
    terminal.take("operator-handed-in", showing, accepting, only=fields)


def _change(laptop: JourneyLaptop, client: ClientId, **fields: Json) -> None:
    with laptop.database.write() as tx:
        body = {**tx.clients.get(client).body, **fields}
        tx.clients.update(client, card_of(body), body)


def _the_code_that_was_read_out(terminal: Terminal, laptop: JourneyLaptop) -> None:
    with laptop.database.read() as tx:
        last = tx.sync_history.last()
    assert last is not None
    asked = ("helpdesk", "sync", shown(last.code))
    while not terminal.run(*asked):  # the server writes its history beside the requests
        QTest.qWait(200)
    terminal.take("operator-sync", asked)


def _health(office: OfficeProcess, terminal: Terminal) -> None:
    """What watches the office asks every minute."""
    with closing(HttpTransport(office.address, office.root)) as transport:
        said = transport.send(Request("GET", "/health", {}))
    told = json.dumps(json.loads(said.body), ensure_ascii=False, indent=2)
    asked = [("$ curl --silent https://office.example/health | jq .", _TYPED)]
    terminal.draw("operator-health", asked + [(line, _INK) for line in told.splitlines()])


def _a_restore(office: OfficeProcess, terminal: Terminal, folder: Path) -> None:
    """From a backup of before the evening, and of before somebody left the office."""
    office.kill()
    os.chdir(folder)  # the guide names the folder alone
    terminal.take("operator-restore", ("restore", _BACKUP), ("restore", "status"))


def _revoked(folder: Path, out: Path) -> None:
    """The activation was revoked while work waits: it is handed in as a file."""
    tasks = Tasks()
    desk = Desk(folder / "desk")
    desk.language = "cs"
    desk.fill()
    with desk.db.write() as tx:
        tx.feed.set_notice(REVOKED)
    with opened_window(desk, tasks) as window:
        window.show()
        camera = Photographer(out, tasks)
        page = window.open_page(Place.SETTINGS)
        assert isinstance(page, SettingsPage)
        page.open_tab(Tab.HELP)
        camera.take(window, "settings-revoked")
        camera.settle()
    desk.close()
    tasks.close()


if __name__ == "__main__":
    main()
