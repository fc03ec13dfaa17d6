"""Where a client stands besides the list: hidden, part of another one, to be erased, gone."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.services.clients import MergedClient, Whereabouts
from smartclient.ui.icons import IconView
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, clear, row
from smartclient.ui.widgets.text import FlowingText, Role

_Step = tuple[str, Callable[[], object], str]
"""Its words, what it does, and why it may not be taken now."""


class ClientStandingCard(Card):
    """Lines with one step each; hidden while there is nothing to say."""

    unhide_wanted = Signal()
    client_wanted = Signal(str)
    """Another client is to be opened. Carries its id."""
    undo_wanted = Signal(str)
    """A merging is to be taken back. Carries the loser's id."""
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Surface.ATTENTION, padding=4, spacing=2, parent=parent)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(look().px(8))
        self.content.addLayout(self._lines)
        self.hide()

    def show_gone(self) -> None:
        """The client was erased, or the right to it was lost, while it was open."""
        self._clear()
        self._put(
            _(
                "This client is not on this computer any more: the insurer erased it, or you no "
                "longer have the right to it. Nothing here can be saved to it."
            ),
            [(_("Back to clients"), self.left.emit, "")],
        )
        self._finish(Surface.ATTENTION)

    def show_standing(self, client_id: str, standing: Whereabouts, held: str = "") -> None:
        """Say everything that is out of the ordinary, with the step that leads on.

        `held` is why nothing may be changed now.
        """
        self._clear()
        if standing.survivor is not None:
            became = _(
                "This client is the same person as {name} and became part of that client. "
                "Work with {name}."
            )
            self._put_merging(became, standing.survivor, client_id, held)
        if standing.is_hidden:
            self._put(
                _("This client is hidden: it is not in the list of clients."),
                [(_("Show the client again"), self.unhide_wanted.emit, held)],
            )
        if standing.erasure_requested:
            self._put(
                _(
                    "The insurer was asked to erase this client. A person there decides; until "
                    "then everything works as usual."
                ),
                [],
            )
        for part in standing.parts:
            self._put_merging(_("{name} became part of this client."), part, part.id, held)
        serious = standing.survivor is not None or standing.is_hidden
        self._finish(Surface.ATTENTION if serious else Surface.CARD)

    @property
    def words(self) -> str:
        """All that it says now."""
        items = (self._lines.itemAt(place) for place in range(self._lines.count()))
        lines = (item.widget() for item in items if item is not None)
        found = (each for line in lines if line for each in line.findChildren(FlowingText))
        return " ".join(each.text() for each in found)

    def _put_merging(self, words: str, other: MergedClient, loser: str, held: str) -> None:
        """A line of a merging with another client; it can be opened, or the merging taken back."""
        opening = partial(self.client_wanted.emit, other.id)
        undoing = partial(self.undo_wanted.emit, loser)
        self._put(
            words.format(name=other.name),
            [
                (_("Open {name}").format(name=other.name), opening, ""),
                (_("Take the merging back"), undoing, held),
            ],
        )

    def _put(self, words: str, steps: list[_Step]) -> None:
        line = QWidget()
        layout: QHBoxLayout = row(line, spacing=3)
        layout.addWidget(IconView("information", 20, "muted"))
        layout.addWidget(FlowingText(words, Role.BODY), 1)
        for name, pressed, held in steps:
            step = Button(name, ButtonKind.SECONDARY, pressed=pressed)
            step.hold(held)
            layout.addWidget(step)
        self._lines.addWidget(line)

    def _clear(self) -> None:
        clear(self._lines)

    def _finish(self, surface: Surface) -> None:
        self.set_surface(surface)
        self.setVisible(bool(self._lines.count()))
