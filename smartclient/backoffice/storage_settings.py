"""Where a back office keeps its rows and its large blobs, as the settings say it.

    "connections": {"most": 20, "wait": 10, "lock": 10, "statement": 30, "idle": 60,
                    "prepares": false}            seconds; 0 is no limit
    "partitions": 16                              of each table, when it is divided
    "blobs": "folder"                             in the home, or a folder by its path, or
             {"bucket": "…", "prefix": "", "endpoint": "https://…", "region": ""}

None of it holds a password: PostgreSQL's comes from PGPASSFILE or PGPASSWORD, the store's from the
environment or the credentials file that every program of S3 reads.
"""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from smartclient.backoffice.operations.blob_folder import BlobFolder
from smartclient.backoffice.operations.blob_store import BlobStore, BucketPlace
from smartclient.backoffice.tables.engine import Connections
from smartclient.backoffice.tables.partitions import MOST_PARTITIONS, PARTITIONS
from smartclient.domain.errors import BadInput
from smartclient.wire.messages import Json, JsonObject, mapping, text, whole

IN_THE_HOME: Final = "folder"
SERVED: Final = Connections(statement=30, idle=60)
"""What a request may take: it is answered within the patience of a laptop, or refused."""
_LIMIT = 3600

BlobPlace = str | BucketPlace


def database_address(typed: str) -> str:
    """The address as SQLAlchemy takes it; BadInput SC-SERV-053 (not ours) or SC-SERV-054.

    SC-SERV-054 is for one that holds a password: it would stand in the settings in the clear.
    """
    if not typed:
        return ""
    try:
        address = make_url(typed)
    except ArgumentError as unreadable:
        raise BadInput("SC-SERV-053") from unreadable
    kind = address.get_backend_name()
    if kind not in ("postgresql", "sqlite"):
        raise BadInput("SC-SERV-053")
    if address.password is not None:
        raise BadInput("SC-SERV-054")
    if kind == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    return address.render_as_string(hide_password=False)


def connections_to_json(connections: Connections) -> JsonObject:
    """As it stands in the settings."""
    return asdict(connections)


def connections_from_json(source: Json) -> Connections:
    """Read them; BadInput SC-SYNC-010 naming what breaks a rule."""
    if source is None:
        return SERVED
    fields = {**connections_to_json(SERVED), **mapping(source, "connections")}
    return Connections(
        whole(fields, "most", 1, 500),
        whole(fields, "wait", 1, _LIMIT),
        whole(fields, "lock", 0, _LIMIT),
        whole(fields, "statement", 0, _LIMIT),
        whole(fields, "idle", 0, _LIMIT),
        fields["prepares"] is True,
    )


def unhurried(connections: Connections) -> Connections:
    """The same for work that nobody waits for: exports, judgements, imports."""
    return replace(connections, statement=0, idle=0)


def partitions_from_json(source: JsonObject) -> int:
    """How many partitions a table gets; BadInput SC-SYNC-010."""
    return whole({"partitions": PARTITIONS, **source}, "partitions", 1, MOST_PARTITIONS)


def blobs_to_json(place: BlobPlace) -> Json:
    """As it stands in the settings."""
    if isinstance(place, str):
        return place
    fields: JsonObject = asdict(place)
    return fields


def blobs_from_json(source: Json) -> BlobPlace:
    """Read where they lie; BadInput SC-SYNC-010 naming what breaks a rule."""
    if source is None or isinstance(source, str):
        return source or IN_THE_HOME
    fields = {"prefix": "", "endpoint": "", "region": "", **mapping(source, "blobs")}
    place = BucketPlace(
        text(fields, "bucket", 255),
        text(fields, "prefix", 500),
        text(fields, "endpoint", 500),
        text(fields, "region", 60),
    )
    if not place.bucket:
        raise BadInput("SC-SYNC-010", field="bucket", value="", rule="not empty")
    return place


def blobs_typed(typed: str, endpoint: str, region: str) -> BlobPlace:
    """What was typed: a folder, or s3://bucket/prefix; BadInput SC-SERV-055 for another address."""
    address = urlsplit(typed)
    if "://" not in typed:
        return str(Path(typed).resolve())
    if address.scheme != "s3" or not address.netloc:
        raise BadInput("SC-SERV-055")
    prefix = address.path.strip("/")
    return BucketPlace(address.netloc, f"{prefix}/" if prefix else "", endpoint, region)


def blob_store(place: BlobPlace, home: Path) -> BlobStore:
    """The store, ready to work."""
    if isinstance(place, str):
        return BlobFolder(home / "blobs" if place == IN_THE_HOME else Path(place))
    # The client of S3 takes its time to load, and a folder needs none of it.
    from smartclient.backoffice.operations.blob_bucket import BlobBucket

    return BlobBucket(place)
