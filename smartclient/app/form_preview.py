"""The window of `smartclient form preview`: puts together what only this layer knows."""

from PySide6.QtWidgets import QApplication

from smartclient.app.speech import speak_in
from smartclient.ui.forms.preview_window import FormPreviewWindow, ReadForm
from smartclient.ui.screen_room import show_fitted
from smartclient.ui.theme import Scheme, dress


def show_form(read_form: ReadForm, language: str, dark: bool) -> int:
    """Show the form until its window is closed; the exit code of the process."""
    running = QApplication.instance()
    application = running if isinstance(running, QApplication) else QApplication(["smartclient"])
    application.setApplicationName("SmartClient")
    window = preview_window(application, read_form, language, dark=dark)
    show_fitted(window)
    return application.exec()


def preview_window(
    application: QApplication, read_form: ReadForm, language: str, *, dark: bool
) -> FormPreviewWindow:
    """The window, dressed and speaking."""

    def wear(is_dark: bool) -> None:
        dress(application, Scheme.DARK if is_dark else Scheme.LIGHT)

    wear(dark)
    return FormPreviewWindow(
        read_form,
        language,
        speak=lambda spoken: speak_in(application, spoken),
        wear=wear,
        dark=dark,
    )
