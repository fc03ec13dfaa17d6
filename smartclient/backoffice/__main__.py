"""`python -m smartclient.backoffice` and `smartclient-backoffice`."""

import sys

from smartclient.backoffice.commands.program import main

if __name__ == "__main__":
    sys.exit(main())
