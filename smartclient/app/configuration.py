"""Where this installation lives and whom it trusts; written by the setup, read once at start.

`smartclient.json` in the home folder names the server, the certificates that are pinned and the
pads that may be used. A real installation has it from its setup; the practice site writes its own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from smartclient.domain.errors import Damaged
from smartclient.domain.mode import Mode
from smartclient.wire.encoding import parse
from smartclient.wire.values import JsonObject, chosen, listed, mapping, text

FILE = "smartclient.json"
HOME_VARIABLE = "SMARTCLIENT_HOME"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the setup decided. Paths are absolute; in the file they may be relative to the home."""

    home: Path
    mode: Mode
    server: str
    """Base address of the back office, https."""
    server_ca: Path
    """The only authority the connection to the server accepts."""
    catalogue_root: Path
    """The TUF root that the first refresh begins from."""
    document_root: Path
    """The root under which signed documents are verified."""
    pads: tuple[str, ...]
    """Kinds of pads in the order they are looked for, as `app.pads` reads them."""
    seal_key: str = ""
    """Where the seal key is made: empty for the key ring, "windows" or a PKCS#11 URI."""
    pad_serial: str = ""
    """The serial number of the pad to sign on where several are plugged in; empty for the first."""

    @property
    def database(self) -> Path:
        """The folder of the encrypted database and its blobs."""
        return self.home / "store"

    @property
    def catalogue(self) -> Path:
        """The folder of verified catalogue sets."""
        return self.home / "catalogue"

    @property
    def keys(self) -> Path:
        """The folder of the key ring."""
        return self.home / "keys"

    @property
    def log(self) -> Path:
        """The folder of the log."""
        return self.home / "log"

    def to_json(self) -> JsonObject:
        """What stands in the file."""
        return {
            "mode": self.mode.value,
            "server": self.server,
            "server_ca": str(self.server_ca),
            "catalogue_root": str(self.catalogue_root),
            "document_root": str(self.document_root),
            "pads": list(self.pads),
            **({"seal_key": self.seal_key} if self.seal_key else {}),
            **({"pad_serial": self.pad_serial} if self.pad_serial else {}),
        }

    def write(self) -> None:
        """Write the file into the home folder."""
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / FILE).write_text(json.dumps(self.to_json(), indent=2), encoding="utf-8")


def default_home(environment: Mapping[str, str]) -> Path:
    """The folder that the environment names, or the user's own data folder."""
    if named := environment.get(HOME_VARIABLE):
        return Path(named)
    import platformdirs

    return platformdirs.user_data_path("SmartClient", appauthor=False)


def read(home: Path) -> Configuration:
    """The configuration of a home folder; raises Damaged SC-PROG-004 where there is none."""
    try:
        source = mapping(parse((home / FILE).read_bytes()))
    except OSError as absent:
        raise Damaged("SC-PROG-004") from absent

    def path(name: str) -> Path:
        return home / text(source, name, 4096)

    return Configuration(
        home=home,
        mode=Mode(chosen(source, "mode", Mode)),
        server=text(source, "server"),
        server_ca=path("server_ca"),
        catalogue_root=path("catalogue_root"),
        document_root=path("document_root"),
        pads=listed(source, "pads", lambda entry: str(entry), 10),
        seal_key=text(source, "seal_key", 4096) if "seal_key" in source else "",
        pad_serial=text(source, "pad_serial") if "pad_serial" in source else "",
    )
