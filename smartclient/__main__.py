"""`smartclient`: the desktop program without arguments, a command without a window with them."""

import sys


def main() -> int:
    """Start what was asked for; returns the exit code."""
    if len(sys.argv) > 1:
        from smartclient.cli import main as run_command

        return run_command(sys.argv[1:])
    from smartclient.app.desktop import main as run_desktop

    return run_desktop()


if __name__ == "__main__":
    sys.exit(main())
