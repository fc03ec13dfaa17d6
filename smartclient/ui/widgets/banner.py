"""A calm line across a page: what happened, what is safe, and one step."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _
from smartclient.ui.icons import IconView
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, row
from smartclient.ui.widgets.text import Role, Text

_ICON = {
    Surface.CARD: ("information", "muted"),
    Surface.ACCENT: ("information", "accent_text"),
    Surface.ATTENTION: ("attention", "attention"),
    Surface.BAD: ("attention", "bad"),
    Surface.GOOD: ("check", "good"),
}


class Banner(Card):
    """Hidden until it has something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Surface.ATTENTION, padding=4, spacing=1, parent=parent)
        line = row(spacing=3)
        self._icon = IconView("attention")
        self._headline = Text("", Role.STRONG, wrap=True)
        self._detail = Text("", Role.BODY, wrap=True)
        self._step = Button("", ButtonKind.SECONDARY)
        self._pressed: Callable[[], object] | None = None
        self._step.clicked.connect(self._take_step)
        self._step.hide()
        words = QVBoxLayout()
        words.setSpacing(look().px(2))
        words.addWidget(self._headline)
        words.addWidget(self._detail)
        line.addWidget(self._icon)
        line.addLayout(words, 1)
        line.addWidget(self._step)
        self.content.addLayout(line)
        self.hide()

    def tell(
        self,
        headline: str,
        detail: str = "",
        surface: Surface = Surface.ATTENTION,
        *,
        step: str = "",
        pressed: Callable[[], object] | None = None,
    ) -> None:
        """Say it, with at most one step that a person can take."""
        self.set_surface(surface)
        self._icon.show_icon(*_ICON[surface])
        self._headline.setText(headline)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self._step.rename(step)
        self._step.setVisible(bool(step))
        self._pressed = pressed
        self.setAccessibleName(f"{headline} {detail}".strip())
        self.show()

    def refuse(
        self,
        error: SmartClientError,
        surface: Surface = Surface.BAD,
        *,
        step: str = "",
        pressed: Callable[[], object] | None = None,
    ) -> None:
        """Say the sentence of a refusal, with its code for the help desk."""
        from smartclient.domain.sentences import sentence_for

        spoken = sentence_for(error)
        told = " ".join(part for part in (spoken.safe, spoken.do) if part)
        code = _("Code for the help desk: {code}").format(code=error.code)
        detail = f"{told}\n{code}" if told else code
        self.tell(spoken.happened, detail, surface, step=step, pressed=pressed)

    @property
    def words(self) -> str:
        """All that it says now."""
        return f"{self._headline.text()} {self._detail.text()}".strip()

    def _take_step(self) -> None:
        if self._pressed is not None:
            self._pressed()
