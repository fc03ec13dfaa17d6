"""`smartclient`: the desktop program without arguments, a command with them."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smartclient.cli.form import OpenForm


def main() -> int:
    """Start what was asked for; returns the exit code."""
    if len(sys.argv) > 1:
        from smartclient.cli import main as run_command

        return run_command(sys.argv[1:], _show_form)
    from smartclient.app.start import main as run_desktop

    return run_desktop()


def _show_form(open_form: "OpenForm", language: str, dark: bool) -> int:
    """The one command with a window; Qt is imported for it alone."""
    from smartclient.app.form_preview import show_form

    return show_form(open_form, language, dark)


if __name__ == "__main__":
    sys.exit(main())
