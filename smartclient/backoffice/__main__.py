"""`python -m smartclient.backoffice` and `smartclient-backoffice`."""

import sys

from smartclient.backoffice.commands import program
from smartclient.domain.log_lines import log_what_nobody_caught


def main() -> int:
    """Run one command as a process of its own; a fault nobody caught is a line of the log."""
    log_what_nobody_caught()
    return program.main()


if __name__ == "__main__":
    sys.exit(main())
