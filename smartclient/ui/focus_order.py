"""The way of the Tab key through what is shown anew: as the eye goes, not as widgets were made."""

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget


def follow(before: QWidget, steps: Iterable[QWidget]) -> None:
    """Let the Tab key reach these one after the other, behind `before`, which takes the focus."""
    for step in steps:
        QWidget.setTabOrder(before, step)
        before = step
