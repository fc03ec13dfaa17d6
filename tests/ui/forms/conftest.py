"""Forms in a window that has the focus."""

import pytest
from pytestqt.qtbot import QtBot

from smartclient.forms.session import FormSession
from smartclient.ui.forms.view import FormView
from tests.ui import household_form
from tests.ui.forms.fields import Shown


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    """Shows a session in a window that has the focus."""

    def show(session: FormSession) -> FormView:
        view = FormView(session)
        qtbot.addWidget(view)
        view.resize(900, 700)
        with qtbot.waitExposed(view):
            view.show()
        view.activateWindow()
        return view

    return show


@pytest.fixture
def view(shown: Shown) -> FormView:
    """A new form."""
    return shown(household_form.session())
