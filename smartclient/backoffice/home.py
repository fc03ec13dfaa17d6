"""The home of a back office: its settings, its keys and its folders.

    settings.json   mode, database, names          office.sqlite3   the embedded database
    keys/           what `init` copied and made     blobs/           large blobs, sealed
    catalogue/      what is published               export/          our copies of all batches
    core/           what the core takes (elsewhere if set)           mail/   mail as files

Practice certificates say so in their subject and are refused in production mode.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from smartclient.backoffice.export_settings import ExportSettings
from smartclient.backoffice.mail_settings import MailSettings
from smartclient.backoffice.storage_settings import (
    IN_THE_HOME,
    SERVED,
    BlobPlace,
    blobs_from_json,
    blobs_to_json,
    connections_from_json,
    connections_to_json,
    partitions_from_json,
)
from smartclient.backoffice.tables.engine import Connections
from smartclient.backoffice.tables.partitions import PARTITIONS
from smartclient.domain.errors import BadInput, Damaged, NotAllowed
from smartclient.domain.mode import Mode
from smartclient.wire.encoding import parse
from smartclient.wire.messages import Json, JsonObject, chosen, mapping, text

SETTINGS = "settings.json"
OFFICE_KEY = "office.key"
HAND_IN_KEY = "hand-in-key.pem"
"""Opens packages of unsent records; made by the office itself, known to nobody else."""
ONLINE = "online"
AUTHORITY = "authority.pem"
TSA, TSA_KEY, ROOT_LIST = "tsa.pem", "tsa-key.pem", "root.crl"
"""Of time stamps: the authority's chain up to its root; in practice also its key."""
CORE = "core.pem"
"""For whom batches are sealed, where they are."""
OPTIONAL = (AUTHORITY, TSA, TSA_KEY, ROOT_LIST)
PRACTICE_MARK = "PRACTICE"
NEEDED = (
    "root.pem",
    "install-ca.pem",
    "install-ca-key.pem",
    "document-ca.pem",
    "document-ca-key.pem",
    "server.pem",
    "server-key.pem",
    "export-manifest.pem",
    "export-manifest-key.pem",
)
"""What the back office needs of the insurer's keys; the root's own key is never among them."""
ONLINE_KEYS = ("snapshot.pem", "timestamp.pem")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides. `database` and `to_core` may be empty: then inside of the home."""

    mode: Mode
    server_name: str
    crl_url: str
    database: str
    to_core: str
    mail: MailSettings
    time_stamps: str = ""
    """The address of the time stamp authority; empty for none, in practice mode for our own."""
    connections: Connections = SERVED
    """Of each process that serves; a PostgreSQL alone counts them."""
    partitions: int = PARTITIONS
    blobs: BlobPlace = IN_THE_HOME
    direct_database: str = ""
    """The same database without a pooler between: for backups and new versions. Empty: as above."""
    export: ExportSettings = field(default_factory=ExportSettings)

    def to_json(self) -> JsonObject:
        """As it stands in the file."""
        return {
            "mode": self.mode.value,
            "server_name": self.server_name,
            "crl_url": self.crl_url,
            "database": self.database,
            "to_core": self.to_core,
            "mail": self.mail.to_json(),
            "time_stamps": self.time_stamps,
            "connections": connections_to_json(self.connections),
            "partitions": self.partitions,
            "blobs": blobs_to_json(self.blobs),
            "direct_database": self.direct_database,
            "export": self.export.to_json(),
        }

    @classmethod
    def from_json(cls, source: Json) -> "Settings":
        """Read the file; BadInput SC-SYNC-010 naming what breaks a rule."""
        fields = mapping(source, "settings")
        return cls(
            Mode(chosen(fields, "mode", Mode)),
            text(fields, "server_name"),
            text(fields, "crl_url", 500),
            text(fields, "database", 500),
            text(fields, "to_core", 4000),
            MailSettings.from_json(fields.get("mail")),
            text(fields, "time_stamps", 500) if "time_stamps" in fields else "",
            connections_from_json(fields.get("connections")),
            partitions_from_json(fields),
            blobs_from_json(fields.get("blobs")),
            text(fields, "direct_database", 500) if "direct_database" in fields else "",
            ExportSettings.from_json(fields.get("export", {})),
        )


@dataclass(frozen=True, slots=True)
class Home:
    """The folder, and what is where in it."""

    folder: Path

    @property
    def keys(self) -> Path:
        """Keys and certificates; readable by the office's own account only."""
        return self.folder / "keys"

    def settings(self, mode: Mode) -> Settings:
        """The settings; NotAllowed SC-SERV-041 in another mode.

        Damaged SC-SERV-040 without any, SC-SERV-092 naming what breaks a rule in them.
        """
        try:
            content = (self.folder / SETTINGS).read_bytes()
        except OSError as missing:
            raise Damaged("SC-SERV-040", folder=self.folder.name) from missing
        try:
            found = Settings.from_json(parse(content))
        except BadInput as broken:
            said = [broken.values.get(name, "") for name in ("field", "value", "rule")]
            problem = "{} is {}, {}".format(*said) if any(said) else "no JSON"
            raise Damaged("SC-SERV-092", file=SETTINGS, problem=problem) from broken
        if found.mode is not mode:
            raise NotAllowed("SC-SERV-041", home=found.mode.value, asked=mode.value)
        return found

    def write_settings(self, settings: Settings) -> None:
        """Write the settings in one step."""
        written = json.dumps(settings.to_json(), indent=2, ensure_ascii=False).encode()
        replace_file(self.folder / SETTINGS, written)

    def database(self, settings: Settings) -> str:
        """The address of the database."""
        embedded = f"sqlite:///{(self.folder / 'office.sqlite3').as_posix()}"
        return settings.database or embedded

    @property
    def outside(self) -> Path:
        """Where that lies which outlives the database: batches, erasures, rights, epochs."""
        return self.folder / "export"

    def direct_database(self, settings: Settings) -> str:
        """The address for what keeps something in its session: `pg_dump` would leave it behind."""
        return settings.direct_database or self.database(settings)

    def to_core(self, settings: Settings) -> Path:
        """The folder that the core looks into."""
        return Path(settings.to_core) if settings.to_core else self.folder / "core"

    def certificate(self, name: str) -> x509.Certificate:
        """A certificate of the keys folder; Damaged SC-SERV-042 naming the file."""
        try:
            return x509.load_pem_x509_certificate((self.keys / name).read_bytes())
        except (OSError, ValueError) as broken:
            raise Damaged("SC-SERV-042", file=name) from broken

    def chain(self, name: str) -> list[x509.Certificate]:
        """All certificates of a file of the keys folder; Damaged SC-SERV-042 naming the file."""
        try:
            return x509.load_pem_x509_certificates((self.keys / name).read_bytes())
        except (OSError, ValueError) as broken:
            raise Damaged("SC-SERV-042", file=name) from broken

    def mail_password(self, settings: Settings) -> str:
        """What the mail server asks for; Damaged SC-SERV-092 when its file does not hold it."""
        name = settings.mail.password_file
        try:
            found = (self.keys / name).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            found = ""
        if not found:
            problem = f"mail.password_file is {name}, a file that holds the password"
            raise Damaged("SC-SERV-092", file=SETTINGS, problem=problem)
        return found

    def revocation_lists(self) -> list[x509.CertificateRevocationList]:
        """The list of the root, where there is one; Damaged SC-SERV-042."""
        path = self.keys / ROOT_LIST
        try:
            return [x509.load_der_x509_crl(path.read_bytes())] if path.exists() else []
        except (OSError, ValueError) as broken:
            raise Damaged("SC-SERV-042", file=ROOT_LIST) from broken

    def private_key(self, name: str) -> EllipticCurvePrivateKey:
        """A private key on an elliptic curve; Damaged SC-SERV-042 naming the file."""
        try:
            key = load_pem_private_key((self.keys / name).read_bytes(), password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as broken:
            raise Damaged("SC-SERV-042", file=name) from broken
        if not isinstance(key, EllipticCurvePrivateKey):
            raise Damaged("SC-SERV-042", file=name)
        return key

    def hand_in_public(self) -> str:
        """The public half of that key (SPKI, DER, hexadecimal); empty where none was made yet."""
        if not (self.keys / HAND_IN_KEY).exists():
            return ""
        public = self.private_key(HAND_IN_KEY).public_key()
        return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo).hex()

    def office_key(self) -> bytes:
        """The key that wraps the data keys of all scopes; Damaged SC-SERV-042."""
        try:
            key = (self.keys / OFFICE_KEY).read_bytes()
        except OSError as missing:
            raise Damaged("SC-SERV-042", file=OFFICE_KEY) from missing
        if len(key) != 32:
            raise Damaged("SC-SERV-042", file=OFFICE_KEY)
        return key


def require_allowed(certificate: x509.Certificate, name: str, mode: Mode) -> None:
    """Raise NotAllowed SC-SERV-043 for a practice certificate in production mode."""
    if mode is Mode.PRODUCTION and PRACTICE_MARK in certificate.subject.rfc4514_string():
        raise NotAllowed("SC-SERV-043", file=name)


def replace_file(path: Path, content: bytes) -> None:
    """The whole file or the one before it, readable by its owner only."""
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
