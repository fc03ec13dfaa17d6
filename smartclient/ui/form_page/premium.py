"""The premium beside the form: the one number, its lines by person, and what is still missing."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from smartclient.domain.document_life import DocumentKind
from smartclient.domain.language import _, ngettext
from smartclient.forms.states import MissingItem
from smartclient.services.forms import CoverLine, PremiumPerson, PremiumSummary
from smartclient.ui.form_page.changes import ChangesCard, unnumbered
from smartclient.ui.form_page.links import ElidedLink
from smartclient.ui.page import scrolling
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, column, row
from smartclient.ui.widgets.text import ElidedText, FlowingText, Role, Text, rule

MISSING_SHOWN = 6
"""More than these are told by their number; filling in the first brings the next."""


class AmountLine(QWidget):
    """A label at the left, an amount at the right."""

    def __init__(self, label: str, amount: str, role: Role = Role.BODY) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, look().px(3), 0, look().px(3))
        line.setSpacing(look().px(8))
        self._label = ElidedText(label, role)
        self._amount = Text(amount, role)
        self._amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._label, 1)
        line.addWidget(self._amount)

    def show_line(self, label: str, amount: str) -> None:
        """Show other words in the same place."""
        if self._label.text() != label:
            self._label.setText(label)
        if self._amount.text() != amount:
            self._amount.setText(amount)


class CoverRow(QWidget):
    """A cover with the amount insured below it and its instalment at the right."""

    def __init__(self) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, look().px(3), 0, look().px(3))
        line.setSpacing(look().px(8))
        self._cover = FlowingText("")
        self._insured = Text("", Role.SMALL)
        self._instalment = Text("")
        words = column()
        words.addWidget(self._cover)
        words.addWidget(self._insured)
        line.addLayout(words, 1)
        line.addWidget(self._instalment, 0, Qt.AlignmentFlag.AlignTop)

    def show_line(self, line: CoverLine) -> None:
        """Show other words in the same place."""
        for text, words in (
            (self._cover, line.cover),
            (self._insured, line.insured),
            (self._instalment, line.instalment),
        ):
            if text.text() != words:
                text.setText(words)


class PersonLines(QWidget):
    """One insured person with the covers."""

    def __init__(self) -> None:
        super().__init__()
        self._name = FlowingText("", Role.STRONG)
        self._lines: list[CoverRow] = []
        box = column(self, spacing=1)
        box.addWidget(self._name)
        box.addWidget(rule())
        self._box = column()
        box.addLayout(self._box)

    def show_person(self, person: PremiumPerson) -> None:
        """Show the covers there are now."""
        self._name.setText(person.name)
        while len(self._lines) > len(person.lines):
            self._lines.pop().deleteLater()
        for at, line in enumerate(person.lines):
            if at == len(self._lines):
                self._lines.append(CoverRow())
                self._box.addWidget(self._lines[at])
            self._lines[at].show_line(line)


class Missing(Card):
    """What is missing, as links that go to the field."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(Surface.ATTENTION, padding=4, spacing=1)
        self._items: tuple[MissingItem, ...] = ()
        self._head = FlowingText("", Role.STRONG)
        self._links: list[ElidedLink] = []
        self._more = FlowingText("", Role.SMALL)
        self.content.addWidget(self._head)
        self._box = column()
        self.content.addLayout(self._box)
        self._faults = FlowingText("", Role.BODY)
        self.content.addWidget(self._more)
        self.content.addWidget(self._faults)

    @property
    def links(self) -> list[ElidedLink]:
        """The links in sight."""
        return [link for link in self._links if not link.isHidden()]

    def show_missing(self, items: tuple[MissingItem, ...], faults: tuple[str, ...] = ()) -> None:
        """Show the first of them, and what is wrong with the premium; nothing hides the card."""
        self.setVisible(bool(items or faults))
        self._faults.setText("\n".join(faults))
        self._faults.setVisible(bool(faults))
        told = ngettext(
            "{count} thing is missing to complete it",
            "{count} things are missing to complete it",
            len(items),
        ).format(count=len(items))
        self._head.setText(told if items else _("The premium stands in the way"))
        if items == self._items:
            return
        self._items = items
        shown = items[:MISSING_SHOWN]
        for at, item in enumerate(shown):
            if at == len(self._links):
                self._links.append(self._link(at))
            words = _words_of(item)
            self._links[at].say(words)
            self._links[at].show()
        for link in self._links[len(shown) :]:
            link.hide()
        rest = len(items) - len(shown)
        self._more.setVisible(rest > 0)
        self._more.setText(
            ngettext("and {count} more", "and {count} more", rest).format(count=rest)
        )

    def _link(self, at: int) -> ElidedLink:
        link = ElidedLink(lambda: self.chosen.emit(self._items[at].path))
        self._box.addWidget(link)
        return link


class PremiumPanel(QFrame):
    """The right side of a form. A form without a premium shows only what is missing."""

    why = Signal()
    missing_chosen = Signal(str)
    completed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "right")
        self._persons: list[PersonLines] = []
        self.missing = Missing()
        self.changes = ChangesCard()
        self.amount = Text("", Role.FIGURE)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scrolling(self._make_content()), 1)
        foot = QWidget()
        foot_box = column(foot, padding=6)
        self.complete = Button(_("Complete and show it"), pressed=self.completed.emit)
        foot_box.addWidget(self.complete)
        outer.addWidget(foot)

    @property
    def caption(self) -> str:
        """What the amount is: "Premium monthly"."""
        return self._caption.text()

    @property
    def note(self) -> str:
        """What stands below the amount: the difference, what a year costs, or why there is none."""
        return self._note.text()

    def show_kind(self, kind: DocumentKind, *, priced: bool) -> None:
        """Show what belongs to a kind of document: changes of a contract, a premium or none."""
        is_offer = kind is DocumentKind.OFFER
        words = _("Complete and show the offer") if is_offer else _("Complete and show it")
        self.complete.rename(words)
        for part in (self.changes, self._gap):
            part.setVisible(kind is DocumentKind.CHANGE_REQUEST)
        for part in (self._premium_head, self.amount, self._note):
            part.setVisible(priced)

    def show_premium(self, summary: PremiumSummary) -> None:
        """Show the premium of what is answered now."""
        self._caption.setText(summary.caption)
        self.amount.setText(summary.amount)
        self._note.setText(summary.change or summary.note)
        self._note.set_role(Role.GOOD if summary.is_less else Role.MUTED)
        self._why.setVisible(summary.is_explained)
        while len(self._persons) > len(summary.persons):
            self._persons.pop().deleteLater()
        for at, person in enumerate(summary.persons):
            if at == len(self._persons):
                self._persons.append(PersonLines())
                self._persons_box.addWidget(self._persons[at])
            self._persons[at].show_person(person)
        self._show_sums(summary.sums)

    def show_missing(self, items: tuple[MissingItem, ...], faults: tuple[str, ...] = ()) -> None:
        """Show what is missing or wrong and keeps the document from being completed."""
        self.missing.show_missing(items, faults)
        if items:
            self._reason = _("Fill in what is missing first.")
        else:
            self._reason = _("The premium cannot be computed yet.")

    def allow_completion(self, allowed: bool) -> None:
        """Whether everything is there."""
        self.complete.allow(allowed, self._reason)
        self.complete.set_kind(ButtonKind.PRIMARY if allowed else ButtonKind.SECONDARY)

    def _make_content(self) -> QWidget:
        content = QWidget()
        box = QVBoxLayout(content)
        edge = look().px(24)
        box.setContentsMargins(edge, look().px(28), edge, look().px(8))
        box.setSpacing(look().px(2))
        self._reason = ""
        self._caption = Text("", Role.MUTED)
        self._note = FlowingText("", Role.MUTED)
        self._why = Button(_("why?"), ButtonKind.LINK, pressed=self.why.emit)
        self._persons_box = column(spacing=4)
        self._sums_box = column()
        self._sums: list[AmountLine] = []
        self.missing.chosen.connect(self.missing_chosen.emit)
        self._premium_head = QWidget()
        line = row(self._premium_head, spacing=1)
        line.addWidget(self._caption, 1)
        line.addWidget(self._why)
        box.addWidget(self._premium_head)
        box.addWidget(self.amount)
        box.addWidget(self._note)
        box.addSpacing(look().px(14))
        self.changes.chosen.connect(self.missing_chosen.emit)
        box.addWidget(self.changes)
        self._gap = QWidget()
        self._gap.setFixedHeight(look().px(14))
        box.addWidget(self._gap)
        box.addLayout(self._persons_box)
        box.addLayout(self._sums_box)
        box.addSpacing(look().px(18))
        box.addWidget(self.missing)
        box.addStretch(1)
        return content

    def _show_sums(self, sums: Sequence[tuple[str, str]]) -> None:
        while len(self._sums) > len(sums):
            self._sums.pop().deleteLater()
        for at, (label, amount) in enumerate(sums):
            if at == len(self._sums):
                self._sums.append(AmountLine(label, amount, Role.MUTED))
                self._sums_box.addWidget(self._sums[at])
            self._sums[at].show_line(label, amount)


def _words_of(item: MissingItem) -> str:
    if not item.about:
        return item.label
    return _("{field} · {person}").format(field=item.label, person=unnumbered(item.about))
