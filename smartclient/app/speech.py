"""The language of the whole program: our sentences, Qt's own buttons, numbers and dates."""

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from smartclient import locale
from smartclient.domain.language import speak

_OURS = "translator of Qt's own words"


def speak_in(application: QApplication, language: str) -> None:
    """Speak the language everywhere; what was spoken before is forgotten."""
    speak(locale.load(language))
    QLocale.setDefault(QLocale(language))
    before = application.findChild(QTranslator, _OURS)
    if before is not None:
        application.removeTranslator(before)
        before.deleteLater()
        before.setObjectName("")
    translator = QTranslator(application)
    translator.setObjectName(_OURS)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(QLocale(language), "qtbase", "_", folder):
        application.installTranslator(translator)
