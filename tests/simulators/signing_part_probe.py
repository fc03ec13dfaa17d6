"""What an installed SmartClient says of its signing part; run by the Python it is installed in.

    python signing_part_probe.py CATALOGUE_FOLDER

It knows nothing of the repository: whatever it imports comes from what is installed.
"""

import json
import sys
from datetime import date
from pathlib import Path

from smartclient import app
from smartclient.app.pads import PLUGGED, pad_chooser
from smartclient.app.signing_part import is_installed, unusable_kinds
from smartclient.domain.errors import SmartClientError
from smartclient.domain.mode import Mode
from smartclient.services.forms.library import Library
from smartclient.sync.updates.store import CatalogueStore
from smartclient.ui.onscreen_pad import OnScreenPad


def main(folder: Path) -> None:
    """Print it as JSON."""
    catalogue = CatalogueStore(folder, unusable_kinds())
    current = catalogue.current
    choose = pad_chooser([PLUGGED], lambda: {"component.json": b"{}"}, Mode.PRODUCTION)
    try:
        choose(OnScreenPad(640, 200))
        refusal = ""
    except SmartClientError as told:
        refusal = told.code
    said = {
        "place": str(Path(app.__file__).parents[1]),
        "installed": is_installed(),
        "components": [] if current is None else [each.name for each in current.components],
        "choice": Library(catalogue).has_signing(date(2026, 11, 22)),
        "refusal": refusal,
    }
    sys.stdout.write(json.dumps(said))


main(Path(sys.argv[1]))
