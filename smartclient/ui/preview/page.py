"""The preview: the frozen pages, all of which must be seen before the client signs.

For a document on the digital way one press leads from here to the signing.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QVBoxLayout, QWidget

from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import DocumentId
from smartclient.domain.language import _, ngettext
from smartclient.services.forms import Forms, Shown
from smartclient.ui.announce import announce
from smartclient.ui.pages.strip import PageStrip
from smartclient.ui.preview.printing import ChoosePrinter, Printing, choose_printer
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import look
from smartclient.ui.widgets.banner import Banner
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Surface, row
from smartclient.ui.widgets.text import ElidedText, Role, Text
from smartclient.ui.widgets.tick import Tick

ChooseFile = Callable[[QWidget, str], Path | None]
"""Where to save, given the proposed name; None when the person changed their mind."""
NoteSeen = Callable[[DocumentId, frozenset[int]], None]
_NARROW_BELOW = 1080
NOT_HERE = "SC-STORE-022"
"""The signed pages are at the server, because another computer signed them."""


def choose_file(parent: QWidget, proposed: str) -> Path | None:
    """Ask by the system's own dialog."""
    name, _kind = QFileDialog.getSaveFileName(
        parent, _("Save as PDF"), str(Path.home() / proposed), "PDF (*.pdf)"
    )
    return Path(name) if name else None


class PreviewPage(QWidget):
    """Shows one document; open it with `open`."""

    left = Signal()
    """The person goes back to the documents."""
    edit_requested = Signal(str)
    """The person wants to change something. Carries the document's id."""
    signing_requested = Signal(str)
    """All pages were seen and the client is to sign. Carries the document's id."""

    def __init__(
        self,
        forms: Forms,
        tasks: Tasks,
        note_seen: NoteSeen,
        choose: ChooseFile = choose_file,
        choose_printer: ChoosePrinter = choose_printer,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choose_printer = choose_printer
        self.setProperty("surface", "ground")
        self._forms, self._tasks = forms, tasks
        self._note_seen, self._choose = note_seen, choose
        self._shown: Shown | None = None
        self._noted: frozenset[int] = frozenset()
        self._to_sign = False
        self.printing = Printing(tasks, self)
        self.printing.progressed.connect(self._show_printed)
        self.printing.finished.connect(self._tell_printed)
        self._wanted: DocumentId | None = None
        self.printing.refused.connect(self._refuse_printing)
        self._put_together()

    @property
    def shown(self) -> Shown | None:
        """The document in sight."""
        return self._shown

    @property
    def sign_button(self) -> Button:
        """Leads to the signing."""
        return self._sign

    def open(self, document_id: DocumentId, *, to_sign: bool = False) -> None:
        """Show a document; `to_sign` goes on to the signing when all pages were seen before."""
        self._shown, self._to_sign = None, to_sign
        self._wanted = document_id
        self.banner.hide()
        self._tasks.run(lambda: self._forms.show(document_id), self._take, self._refuse_showing)

    def save_as_pdf(self) -> None:
        """Write the bytes that are shown into a file of the person's choice."""
        shown = self._shown
        if shown is None:
            return
        path = self._choose(self, f"{shown.title} {shown.number}.pdf".strip())
        if path is None:
            return

        def told(is_there: bool) -> None:
            if is_there:
                self.banner.tell(_("Saved as {name}.").format(name=path.name), "", Surface.GOOD)
                return
            self.banner.tell(
                _("The PDF could not be saved there."),
                _("The document itself is safe. Choose another folder."),
                Surface.BAD,
                step=_("Choose again"),
                pressed=self.save_as_pdf,
            )

        # A folder of the network may keep whoever writes into it waiting.
        self._tasks.run(lambda: _written(path, shown.pdf), told, self._refuse, queue="network")

    def print_pages(self) -> None:
        """Print what is shown, on a printer of the person's choice."""
        shown = self._shown
        if shown is None or self.printing.is_running or not self.pages.count:
            return
        title = f"{shown.title} {shown.number}".strip()
        printer = self._choose_printer(self, title, self.pages.count)
        if printer is not None:
            self.printing.start(shown.pdf, printer)

    def show_unseen(self) -> None:
        """Go to the first page nobody has seen."""
        unseen = self.pages.unseen
        if unseen:
            self.pages.show_page(unseen[0])
            self.pages.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Come back to the same document."""
        super().showEvent(event)
        if self._shown is not None and self.pages.count == 0 and not event.spontaneous():
            self.pages.open(self._shown.pdf, self._noted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On small screens the title needs the room: two buttons show only their signs."""
        super().resizeEvent(event)
        narrow = self.width() < look().px(_NARROW_BELOW)
        for button, keys in ((self._print, "Ctrl+P"), (self._save, "Ctrl+S")):
            words = button.accessibleName()
            button.setText("" if narrow else words)
            button.setToolTip(f"{words} ({keys})" if narrow else keys)

    def hideEvent(self, event: QHideEvent) -> None:
        """Remember what was seen; the file is opened again with the next document."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._keep_seen()
            self.pages.close_file()

    def _take(self, shown: Shown) -> None:
        self._shown, self._noted = shown, shown.seen
        self._title.setText(_("{title} {number}").format(title=shown.title, number=shown.number))
        self._about.setText(_("{client} · {state}").format(client=shown.client, state=shown.state))
        self._edit.setVisible(not shown.is_signed)
        self._edit.allow(shown.editing.allowed, _(shown.editing.reason))
        self._sign.setVisible(shown.may_sign)
        self._sign.hold(_(shown.signing.reason))
        self._seen.setVisible(shown.may_sign)
        self.pages.open(shown.pdf, shown.seen)
        self.pages.setFocus()
        self._show_progress()

    def _take_pages(self) -> None:
        """The number of pages is known."""
        self._show_progress()
        shown = self._shown
        if self._to_sign and shown is not None and shown.signing.allowed and not self.pages.unseen:
            self._to_sign = False
            self._ask_to_sign()

    def _show_printed(self, done: int, count: int) -> None:
        self.banner.tell(
            _("Printing page {page} of {count}").format(page=done, count=count),
            "",
            Surface.CARD,
            step=_("Stop printing"),
            pressed=self._stop_printing,
        )

    def _stop_printing(self) -> None:
        self.printing.cancel()
        self.banner.tell(_("Printing was stopped."), "", Surface.CARD)

    def _tell_printed(self, count: int) -> None:
        told = ngettext(
            "{count} page was given to the printer.",
            "{count} pages were given to the printer.",
            count,
        )
        self.banner.tell(told.format(count=count), "", Surface.GOOD)

    def _refuse_printing(self, error: SmartClientError) -> None:
        self.banner.refuse(error, step=_("Print again"), pressed=self.print_pages)

    def _refuse_showing(self, error: SmartClientError) -> None:
        """Pages signed on another computer are fetched once; everything else is told."""
        document_id = self._wanted
        if error.code != NOT_HERE or document_id is None:
            self._refuse(error)
            return
        self._wanted = None
        self.banner.tell(_("The signed pages are being fetched…"), "", Surface.CARD)

        def show(_brought: None) -> None:
            self.banner.hide()
            self._tasks.run(lambda: self._forms.show(document_id), self._take, self._refuse)

        self._tasks.run(
            lambda: self._forms.bring_pages(document_id), show, self._refuse, queue="network"
        )

    def _refuse(self, error: SmartClientError) -> None:
        self.banner.refuse(error, step=_("Back to the documents"), pressed=self.left.emit)

    def _show_progress(self) -> None:
        count = self.pages.count
        if not count:
            self._where.setText("")
            return
        self._where.setText(
            _("page {page} of {count}").format(page=self.pages.page + 1, count=count)
        )
        self._zoom.setText(f"{round(self.pages.zoom * 100)} %")
        unseen = self.pages.unseen
        if unseen:
            words = ngettext(
                "{count} page not seen yet", "{count} pages not seen yet", len(unseen)
            ).format(count=len(unseen))
        else:
            words = _("all pages shown ✓")
        if self._seen.text() != words:
            self._seen.rename(words)
            announce(self, words)
        self._seen.setEnabled(bool(unseen))
        self._sign.allow(not unseen, _("The client should see all pages first."))

    def _page_seen(self) -> None:
        self._show_progress()
        if not self.pages.unseen:
            self._keep_seen()

    def _keep_seen(self) -> None:
        shown, seen = self._shown, self.pages.seen
        if shown is None or not shown.may_sign or seen <= self._noted:
            return
        self._noted = seen
        self._tasks.run(lambda: self._note_seen(shown.document_id, seen), _nothing, self._refuse)

    def _ask_to_sign(self) -> None:
        if self._shown is not None:
            self._keep_seen()
            self.signing_requested.emit(self._shown.document_id)

    def _ask_to_edit(self) -> None:
        if self._shown is not None:
            self.edit_requested.emit(self._shown.document_id)

    def _put_together(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.banner = Banner()
        around = QVBoxLayout()
        around.setContentsMargins(look().px(24), look().px(8), look().px(24), 0)
        around.addWidget(self.banner)
        self.pages = PageStrip(self._tasks)
        self.pages.page_changed.connect(lambda _page: self._show_progress())
        self.pages.pages_seen.connect(self._page_seen)
        self.pages.zoom_changed.connect(self._show_progress)
        self.pages.opened.connect(self._take_pages)
        self.pages.refused.connect(self._refuse)
        outer.addWidget(self._make_head())
        outer.addLayout(around)
        outer.addWidget(self.pages, 1)
        outer.addWidget(self._make_foot())
        self._add_shortcuts()

    def _make_head(self) -> QFrame:
        head = QFrame()
        head.setProperty("surface", "top")
        line = row(head, spacing=3)
        line.setContentsMargins(look().px(24), look().px(10), look().px(24), look().px(10))
        back = Button(
            "",
            ButtonKind.ICON,
            icon_name="chevron-left",
            name=_("Back to the documents"),
            pressed=self.left.emit,
        )
        self._title = ElidedText("", Role.HEADING)
        self._about = ElidedText("", Role.MUTED)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._about)
        self._edit = Button(_("Edit"), pressed=self._ask_to_edit)
        self._save = Button(_("Save as PDF…"), icon_name="download", pressed=self.save_as_pdf)
        self._print = Button(_("Print…"), icon_name="print", pressed=self.print_pages)
        self._sign = Button(_("Go on to signing"), ButtonKind.PRIMARY, pressed=self._ask_to_sign)
        line.addWidget(back)
        line.addLayout(words, 1)
        line.addWidget(self._edit)
        line.addWidget(self._print)
        line.addWidget(self._save)
        line.addWidget(self._sign)
        return head

    def _make_foot(self) -> QFrame:
        foot = QFrame()
        foot.setProperty("surface", "foot")
        line = row(foot, spacing=2)
        line.setContentsMargins(look().px(24), look().px(6), look().px(24), look().px(6))
        self._where = Text("", Role.MUTED)
        self._seen = Button("", ButtonKind.LINK, pressed=self.show_unseen)
        self._zoom = Text("100 %", Role.MUTED)
        self._zoom.setMinimumWidth(look().px(48))
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        smaller = Button(
            "",
            ButtonKind.ICON,
            icon_name="zoom-out",
            name=_("Smaller"),
            pressed=lambda: self.pages.zoom_by(-1),
        )
        larger = Button(
            "",
            ButtonKind.ICON,
            icon_name="zoom-in",
            name=_("Larger"),
            pressed=lambda: self.pages.zoom_by(1),
        )
        self._in_words = Tick(_("Pages in words"))
        self._in_words.toggled.connect(self.pages.show_words)
        fit = Button(_("Fit the width"), ButtonKind.LINK, pressed=lambda: self.pages.fit_width())
        line.addWidget(self._where)
        line.addSpacing(look().px(12))
        line.addWidget(self._seen)
        line.addStretch(1)
        line.addWidget(self._in_words)
        for widget in (smaller, self._zoom, larger, fit):
            line.addWidget(widget)
        return foot

    def _add_shortcuts(self) -> None:
        for sequence, way in (
            ("Ctrl++", lambda: self.pages.zoom_by(1)),
            ("Ctrl+-", lambda: self.pages.zoom_by(-1)),
            ("Ctrl+0", self.pages.fit_width),
            ("Ctrl+S", self.save_as_pdf),
            ("Ctrl+P", self.print_pages),
        ):
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(way)


def _nothing(_value: None) -> None:
    """Remembering has no answer."""


def _written(path: Path, content: bytes) -> bool:
    """Write a file; tells whether it is there."""
    try:
        path.write_bytes(content)
    except OSError:
        return False
    return True
