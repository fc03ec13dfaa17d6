"""A window comes up inside its screen."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from smartclient.ui.screen_room import show_fitted


def test_that_a_window_never_comes_up_larger_than_its_screen(qtbot: QtBot) -> None:
    room = QGuiApplication.primaryScreen().availableGeometry().size()
    for asked in (QSize(room.width() * 2, 300), QSize(300, room.height() * 2), QSize(300, 300)):
        window = QWidget()
        qtbot.addWidget(window)
        window.resize(asked)
        show_fitted(window)
        assert window.isVisible()
        assert window.size() == asked.boundedTo(room)
