"""Making a home, or completing one: settings, keys, database. Nothing that is there is replaced
but what is copied from the insurer's keys."""

from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from smartclient.backoffice.export_settings import ExportSettings
from smartclient.backoffice.home import (
    CORE,
    HAND_IN_KEY,
    NEEDED,
    OFFICE_KEY,
    ONLINE,
    ONLINE_KEYS,
    OPTIONAL,
    Home,
    Settings,
    replace_file,
    require_allowed,
)
from smartclient.backoffice.mail_settings import MailSettings, MailWay
from smartclient.backoffice.operations.at_rest import KEY_BYTES, Random
from smartclient.backoffice.storage_settings import BlobPlace, unhurried
from smartclient.backoffice.tables.engine import open_database, reaching
from smartclient.backoffice.tables.upgrade import upgrade
from smartclient.domain.errors import BadInput
from smartclient.domain.mode import Mode
from smartclient.wire.sealed_files import require_reader

SERVER_NAME = "localhost"


@dataclass(frozen=True, slots=True)
class Founding:
    """What a home is made from."""

    certificates: Path
    online_keys: Path | None
    to_core: Path | None
    server_name: str = SERVER_NAME
    storage: "Storage | None" = None
    core_certificate: Path | None = None
    """Batches are sealed for it from now on."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Where rows and blobs are to be kept; None leaves what the settings say."""

    database: str | None = None
    partitions: int | None = None
    blobs: BlobPlace | None = None
    direct_database: str | None = None

    def in_settings(self, settings: Settings) -> Settings:
        """The settings with what was told."""
        return replace(
            settings,
            database=settings.database if self.database is None else self.database,
            partitions=settings.partitions if self.partitions is None else self.partitions,
            blobs=settings.blobs if self.blobs is None else self.blobs,
            direct_database=settings.direct_database
            if self.direct_database is None
            else self.direct_database,
        )


def found(home: Home, founding: Founding, mode: Mode, random: Random) -> Settings:
    """Make the home, or complete it; the settings that stand afterwards.

    Raises BadInput SC-SERV-044 naming a file that is missing, NotAllowed SC-SERV-043 for practice
    certificates in production mode; then nothing was written. Unreachable SC-SERV-062 when the
    database is away or used by others; then it was not changed.
    """
    files = _files(founding, mode)
    home.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home.keys / ONLINE).mkdir(mode=0o700, exist_ok=True)
    for name, content in files.items():
        replace_file(home.keys / name, content)
    if not (home.keys / OFFICE_KEY).exists():
        replace_file(home.keys / OFFICE_KEY, random(KEY_BYTES))
    if not (home.keys / HAND_IN_KEY).exists():
        replace_file(home.keys / HAND_IN_KEY, _new_hand_in_key())
    settings = (founding.storage or Storage()).in_settings(_settings(home, founding, mode))
    home.write_settings(settings)
    engine = open_database(home.direct_database(settings), unhurried(settings.connections))
    try:
        with reaching():
            upgrade(engine, settings.partitions)
    finally:
        engine.dispose()
    return settings


def _new_hand_in_key() -> bytes:
    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _files(founding: Founding, mode: Mode) -> dict[str, bytes]:
    files = {name: _read(founding.certificates / name) for name in NEEDED}
    there = [name for name in OPTIONAL if (founding.certificates / name).exists()]
    files.update({name: _read(founding.certificates / name) for name in there})
    if founding.online_keys is not None:
        online = {f"{ONLINE}/{name}": founding.online_keys / name for name in ONLINE_KEYS}
        files.update({name: _read(path) for name, path in online.items()})
    if founding.core_certificate is not None:
        files[CORE] = _read(founding.core_certificate)
        _require_reader(files[CORE])
    for name, content in files.items():
        if b"BEGIN CERTIFICATE" in content:
            require_allowed(x509.load_pem_x509_certificate(content), name, mode)
    return files


def _require_reader(content: bytes) -> None:
    try:
        require_reader(x509.load_pem_x509_certificate(content))
    except ValueError as broken:
        raise BadInput("SC-EXP-014") from broken


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as missing:
        raise BadInput("SC-SERV-044", file=path.name) from missing


def _settings(home: Home, founding: Founding, mode: Mode) -> Settings:
    """The settings that are there, only the core's folder may be told anew; else the first ones."""
    to_core = "" if founding.to_core is None else str(founding.to_core.resolve())
    sealed_for = "" if founding.core_certificate is None else CORE
    if (home.folder / "settings.json").exists():
        kept = home.settings(mode)
        export = replace(kept.export, core_certificate=sealed_for or kept.export.core_certificate)
        return replace(kept, to_core=to_core or kept.to_core, export=export)
    return Settings(
        mode=mode,
        server_name=founding.server_name,
        crl_url=f"https://{founding.server_name}/crl",
        database="",
        to_core=to_core,
        mail=MailSettings(MailWay.FILE, f"smartclient@{founding.server_name}"),
        export=ExportSettings(core_certificate=sealed_for),
    )
