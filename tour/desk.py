"""The adviser at the desk: works in the real windows and takes a picture of each.

    python -m tour.desk PHASE --home DIR --out DIR --answers FILE

Writes `desk-PHASE.json` with the steps and the documents as they stand at the end.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from smartclient.app.configuration import read
from smartclient.app.desktop import Desktop, Surroundings, open_desktop
from smartclient.app.speech import speak_in
from smartclient.app.start import FIRST_LANGUAGE
from smartclient.domain.clock import SystemClock
from smartclient.domain.ids import RandomIds
from smartclient.domain.presentation import money
from smartclient.store.document_rows import DocumentFilter
from smartclient.ui.theme import dress
from smartclient.wire.messages import JsonObject
from tour.conflict import edit_without_a_network, hand_over_on_paper, meet_the_conflict
from tour.day import work_through_the_day
from tour.further import look_at_what_came_of_them, make_further_documents
from tour.hands import Camera, NotSeen
from tour.morning import look_in_the_morning
from tour.offline import work_without_a_network
from tour.restored import hear_the_answers_again, synchronise_with_the_restored_server
from tour.steps import timed


class Visit:
    """One run of the desktop program: what was done, what was seen."""

    def __init__(self, home: Path, out: Path, answers: JsonObject) -> None:
        self.out = out
        self.answers = answers
        self.camera = Camera(out / "screens")
        self.steps: list[JsonObject] = []
        self.application = QApplication(["tour"])
        self.application.setQuitOnLastWindowClosed(False)
        speak_in(self.application, FIRST_LANGUAGE)
        dress(self.application)
        question = self.camera.question(lambda _asked: True, "question-save-and-send")
        around = Surroundings(SystemClock(), RandomIds(), question, QWidget.show)
        self.desktop: Desktop = open_desktop(self.application, read(home), around)
        self.camera.is_idle = lambda: self.desktop.tasks.is_idle

    def step(self, name: str) -> AbstractContextManager[None]:
        """One step of the report."""
        return timed(self.steps, name)

    def documents(self) -> list[JsonObject]:
        """Every document with its number, premium and shown state."""
        with self.desktop.storage.db.read() as tx:
            rows = tx.documents.page(DocumentFilter(), 0, 100)
            return [
                {
                    "id": row.id,
                    "number": row.number,
                    "state": row.shown.value,
                    "premium": "" if row.premium is None else money(row.premium, row.currency),
                }
                for row in rows
            ]

    def hand_over(self) -> list[JsonObject]:
        """Write each signed PDF with its record to the report's folder."""
        handed: list[JsonObject] = []
        with self.desktop.storage.db.read() as tx:
            for row in tx.documents.page(DocumentFilter(), 0, 100):
                package = tx.appends.signed_package(row.id)
                if package is None:
                    continue
                pdf, record = self.out / f"{row.number}.pdf", self.out / f"{row.number}.json"
                pdf.write_bytes(tx.blobs.get(package.pdf))
                record.write_text(json.dumps(package.record, indent=2), encoding="utf-8")
                handed.append({"id": row.id, "pdf": pdf.name, "record": record.name})
        return handed

    def write(self, phase: str) -> None:
        """Write what this visit has to tell, whether it came to its end or not."""
        told = {
            "steps": self.steps,
            "documents": self.documents(),
            "signed": self.hand_over(),
            "screens": self.camera.taken,
        }
        text = json.dumps(told, indent=2, ensure_ascii=False)
        (self.out / f"desk-{phase}.json").write_text(text, encoding="utf-8")


PHASES: dict[str, Callable[[Visit], None]] = {
    "day": work_through_the_day,
    "morning": look_in_the_morning,
    "further": make_further_documents,
    "settled": look_at_what_came_of_them,
    "paper": hand_over_on_paper,
    "edit": edit_without_a_network,
    "conflict": meet_the_conflict,
    "restored": synchronise_with_the_restored_server,
    "answered": hear_the_answers_again,
    "offline": work_without_a_network,
}


def main() -> int:
    """Run one phase; exit 1 when a step failed, with the reason on stderr."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("phase", choices=PHASES)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--answers", type=Path, required=True)
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    answers: JsonObject = json.loads(chosen.answers.read_text(encoding="utf-8"))
    visit = Visit(chosen.home, chosen.out, answers)
    try:
        PHASES[chosen.phase](visit)
    except AssertionError as unseen:
        print(f"{visit.steps[-1]['name']}: {unseen}", file=sys.stderr)
        window = visit.application.activeWindow()
        if window is not None:
            # It may close meanwhile; the reason is told in any case.
            with suppress(RuntimeError, NotSeen):
                visit.camera.take(window, "failed", at_once=True)
        return 1
    finally:
        visit.write(chosen.phase)
        visit.desktop.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
