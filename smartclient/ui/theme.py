"""The one place that decides how the program looks: colours, sizes, fonts and the stylesheet.

`dress` is called once at the start. Whoever paints by hand reads `look()` and repaints on its
`changed`; nobody else names a colour. Lengths are device-independent pixels before scaling.
"""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from smartclient.ui.stylesheet import stylesheet

STYLE = "fusion"
_STYLED = "style given by name"
FAMILY = "Inter"
FACES = ("Regular", "Medium", "SemiBold", "Bold")

SPACE = 4
"""All distances are whole multiples of it."""
RADIUS_CARD = 12
RADIUS_FIELD = 8
FIELD_HEIGHT = 42
ROW_HEIGHT = 49
BODY = 15
LABEL = 13
HEADING = 17
TITLE = 24
FIGURE = 36
LARGEST_SCALE = 2.0


class Scheme(StrEnum):
    """Light as paper or dark for the evening."""

    LIGHT = "light"
    DARK = "dark"


class Colours(NamedTuple):
    """The tokens of one scheme. `…_ground` lies under text, `…_line` frames such a ground."""

    text: str
    muted: str
    faint: str
    """Only for what is disabled."""
    ground: str
    surface: str
    raised: str
    """A quiet step on a surface: table heads, read-only fields, hover."""
    line: str
    edge: str
    """The frame of a field: a line that means something."""
    accent: str
    accent_strong: str
    on_accent: str
    accent_ground: str
    accent_text: str
    good: str
    good_ground: str
    good_line: str
    attention: str
    attention_ground: str
    attention_line: str
    bad: str
    bad_ground: str
    bad_line: str
    tip_ground: str
    tip_text: str
    tip_muted: str
    scroll: str
    bar_in_progress: str
    bar_waiting: str
    bar_to_send: str
    bar_backed_up: str
    bar_exported: str
    bar_accepted: str


LIGHT = Colours(
    text="#1c2430",
    muted="#5b6776",
    faint="#8a95a3",
    ground="#f4f6f8",
    surface="#ffffff",
    raised="#f7f9fb",
    line="#dfe4ea",
    edge="#7f8c9c",
    accent="#0b63b0",
    accent_strong="#084b87",
    on_accent="#ffffff",
    accent_ground="#e3effa",
    accent_text="#0a4f8f",
    good="#1f7a45",
    good_ground="#eef8f1",
    good_line="#a5d8b7",
    attention="#b26a00",
    attention_ground="#fff7e6",
    attention_line="#f2d49b",
    bad="#b3261e",
    bad_ground="#fdeeed",
    bad_line="#f0b9b5",
    tip_ground="#1c2430",
    tip_text="#ffffff",
    tip_muted="#b6c1cd",
    scroll="#b4bec9",
    bar_in_progress="#7e8b9a",
    bar_waiting="#c77f12",
    bar_to_send="#2b8c96",
    bar_backed_up="#2b9a5c",
    bar_exported="#0b63b0",
    bar_accepted="#123f6e",
)
DARK = Colours(
    text="#e8edf3",
    muted="#a7b3c0",
    faint="#6f7d8c",
    ground="#12171d",
    surface="#1a2129",
    raised="#202831",
    line="#2c3642",
    edge="#66758a",
    accent="#5aa9ec",
    accent_strong="#83c0f4",
    on_accent="#0c1722",
    accent_ground="#1d3349",
    accent_text="#9ccdf7",
    good="#58c58a",
    good_ground="#16291f",
    good_line="#2f6346",
    attention="#e9b04f",
    attention_ground="#2c2413",
    attention_line="#6b5423",
    bad="#ff8a80",
    bad_ground="#331c1c",
    bad_line="#7a3a36",
    tip_ground="#e8edf3",
    tip_text="#12171d",
    tip_muted="#47525f",
    scroll="#465463",
    bar_in_progress="#8795a5",
    bar_waiting="#e0a33a",
    bar_to_send="#4fb7c2",
    bar_backed_up="#46b97b",
    bar_exported="#5aa9ec",
    bar_accepted="#a9d3f8",
)
COLOURS = {Scheme.LIGHT: LIGHT, Scheme.DARK: DARK}


class Look(QObject):
    """The look that is worn now. `changed` follows every change of scheme or text size."""

    changed = Signal()

    def __init__(self, application: QApplication, scheme: Scheme, scale: float) -> None:
        super().__init__(application)
        self._application = application
        self.scheme = scheme
        self.scale = scale
        self.colours = COLOURS[scheme]
        self._put_on()

    def wear(self, scheme: Scheme, scale: float = 1.0) -> None:
        """Change scheme and text size (1.0 is the drawn size) in all open windows at once."""
        scale = min(max(scale, 1.0), LARGEST_SCALE)
        if (scheme, scale) == (self.scheme, self.scale):
            return
        self.scheme, self.scale, self.colours = scheme, scale, COLOURS[scheme]
        self._put_on()
        self.changed.emit()

    def px(self, length: float) -> int:
        """A length of the drawing at the worn text size."""
        return round(length * self.scale)

    def colour(self, token: str) -> QColor:
        """The colour of a token by its name in `Colours`."""
        return QColor(getattr(self.colours, token))

    def font(self, size: float = BODY, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The program's font with tabular figures."""
        font = QFont(FAMILY)
        font.setPixelSize(self.px(size))
        font.setWeight(weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _put_on(self) -> None:
        application, colours = self._application, self.colours
        application.setFont(self.font())
        application.setPalette(_qt_palette(colours))
        application.setStyleSheet(stylesheet(colours._asdict(), self.px))


def _qt_palette(colours: Colours) -> QPalette:
    role = QPalette.ColorRole
    given = {
        role.Window: colours.ground,
        role.WindowText: colours.text,
        role.Base: colours.surface,
        role.AlternateBase: colours.raised,
        role.Text: colours.text,
        role.Button: colours.surface,
        role.ButtonText: colours.text,
        role.PlaceholderText: colours.muted,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.on_accent,
        role.Link: colours.accent,
        role.LinkVisited: colours.accent,
        role.ToolTipBase: colours.tip_ground,
        role.ToolTipText: colours.tip_text,
    }
    palette = QPalette()
    for part, colour in given.items():
        palette.setColor(part, QColor(colour))
    for part in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, part, QColor(colours.faint))
    return palette


_worn: Look | None = None


def styled_application(arguments: Sequence[str]) -> QApplication:
    """The application with its style given by name.

    `dress` then need not set it: Qt's class of styles takes longer to make than a list.
    """
    application = QApplication([*arguments, "-style", STYLE])
    application.setProperty(_STYLED, True)
    return application


def dress(application: QApplication, scheme: Scheme = Scheme.LIGHT, scale: float = 1.0) -> Look:
    """Give the application its fonts, colours and stylesheet; a second call changes them."""
    global _worn
    if _worn is not None:
        _worn.wear(scheme, scale)
        return _worn
    if not application.property(_STYLED):
        application.setStyle(STYLE)
    _load_fonts()
    application.setEffectEnabled(Qt.UIEffect.UI_AnimateTooltip, False)
    _worn = Look(application, scheme, scale)
    return _worn


def dress_again(widget: QWidget) -> None:
    """Dress a widget by what its properties say now; one that was never shown is dressed then."""
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def look() -> Look:
    """The look that is worn; `dress` comes first."""
    if _worn is None:
        raise RuntimeError("the application is not dressed yet")
    return _worn


def font_folder() -> Path:
    """Where the bundled font files lie."""
    return Path(__file__).with_name("fonts")


def _load_fonts() -> None:
    for face in FACES:
        QFontDatabase.addApplicationFont(str(font_folder() / f"{FAMILY}-{face}.otf"))
