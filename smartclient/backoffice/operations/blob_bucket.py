"""Large blobs as objects of a bucket of S3, or of a store that speaks as it does.

Keys and addresses of the account come as for every program of S3: from the environment, the shared
credentials file or the role of the machine. They never stand in our settings.
"""

import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, cast

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from smartclient.backoffice.operations.at_rest import SEGMENT, ReadAt
from smartclient.backoffice.operations.blob_store import BucketPlace, place_of
from smartclient.domain.errors import Damaged, Unreachable

log = logging.getLogger(__name__)

AT_ONCE: Final = 40
"""Connections to the store, and objects that are written at the same time."""
WINDOW: Final = SEGMENT + 4096
"""Bytes read at once: the whole of most blobs, so that opening one asks once."""
_GONE = frozenset({"NoSuchKey", "404"})
_PAST_THE_END = frozenset({"InvalidRange", "416"})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one call waits, in seconds, and how often it is tried, with growing pauses.

    All tries together end before the database ends a transaction in which nothing happens.
    """

    connect: float = 3
    read: float = 10
    tries: int = 3


class _Content(Protocol):
    def read(self) -> bytes:
        """Everything."""


class _Client(Protocol):
    """What we use of the client, whose methods are made from Amazon's description at run time."""

    def put_object(self, **asked: object) -> Mapping[str, object]: ...
    def get_object(self, **asked: object) -> Mapping[str, object]: ...
    def delete_object(self, **asked: object) -> Mapping[str, object]: ...
    def list_objects_v2(self, **asked: object) -> Mapping[str, object]: ...


class BlobBucket:
    """A `BlobStore` in a bucket. One client serves all threads."""

    def __init__(
        self, place: BucketPlace, patience: Patience | None = None, listed: int = 1000
    ) -> None:
        self.place = place
        self._listed = listed
        self._client = _client(place, patience or Patience())
        self._writing = ThreadPoolExecutor(AT_ONCE, "blob store")

    def write_all(self, files: Mapping[str, bytes | bytearray]) -> None:
        """Keep the objects, several at a time: who sends them holds a row of the database."""
        if len(files) == 1:
            self._write(*next(iter(files.items())))
        elif files:
            for written in [self._writing.submit(self._write, *each) for each in files.items()]:
                written.result()

    def _write(self, name: str, sealed: bytes | bytearray) -> None:
        with _refusing():
            self._client.put_object(Bucket=self.place.bucket, Key=self._key(name), Body=sealed)

    def reader(self, name: str) -> ReadAt:
        """Reads parts of the object; Damaged SC-SERV-060 when it is gone."""
        begin, window = 0, b""

        def read(offset: int, length: int) -> bytes:
            nonlocal begin, window
            if not begin <= offset <= offset + length <= begin + len(window):
                begin, window = offset, self._range(name, offset, max(length, WINDOW))
            return window[offset - begin : offset - begin + length]

        return read

    def older_than(self, instant: datetime) -> Iterator[str]:
        """The names of objects that were written before that time, a page of them at a time."""
        for found in self._objects(self.place.prefix):
            if cast("datetime", found["LastModified"]) < instant:
                yield _name_of(found)

    def beginning_with(self, beginning: str) -> Iterator[str]:
        """The names of objects that begin so, with two characters at least."""
        return (_name_of(found) for found in self._objects(self._key(beginning)))

    def _objects(self, prefix: str) -> "Iterator[Mapping[str, object]]":
        asked: dict[str, object] = {
            "Bucket": self.place.bucket,
            "Prefix": prefix,
            "MaxKeys": self._listed,
        }
        while True:
            with _refusing():
                page = self._client.list_objects_v2(**asked)
            yield from cast("list[Mapping[str, object]]", page.get("Contents", []))
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]

    def remove(self, name: str) -> None:
        """Remove an object; one that is gone already is no fault."""
        with _refusing():
            self._client.delete_object(Bucket=self.place.bucket, Key=self._key(name))

    def _range(self, name: str, offset: int, length: int) -> bytes:
        wanted = f"bytes={offset}-{offset + length - 1}"
        try:
            with _refusing(name):
                got = self._client.get_object(
                    Bucket=self.place.bucket, Key=self._key(name), Range=wanted
                )
                return cast("_Content", got["Body"]).read()
        except ClientError as answer:
            if _code(answer) in _PAST_THE_END:
                return b""
            raise Damaged("SC-SERV-060") from answer

    def _key(self, name: str) -> str:
        return self.place.prefix + place_of(name)


def _name_of(found: Mapping[str, object]) -> str:
    return str(found["Key"]).rpartition("/")[2]


def _client(place: BucketPlace, patience: Patience) -> _Client:
    config = Config(
        connect_timeout=patience.connect,
        read_timeout=patience.read,
        retries={"mode": "standard", "total_max_attempts": patience.tries},
        max_pool_connections=AT_ONCE,
        tcp_keepalive=True,
        # A store of one's own has no name for each bucket.
        s3={"addressing_style": "path" if place.endpoint else "auto"},
        # Many such stores know no newer checksums; what lies there proves itself when opened.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    made = botocore.session.Session().create_client(
        "s3",
        region_name=place.region or None,
        endpoint_url=place.endpoint or None,
        config=config,
    )
    return cast("_Client", made)


@contextmanager
def _refusing(name: str = "") -> Iterator[None]:
    """A store that does not answer, or refuses us, is one that cannot do it now.

    An answer about the object itself is let through. The log names the object where one was asked
    for: somebody may have to put it right.
    """
    try:
        yield
    except ClientError as answer:
        if _code(answer) in _GONE | _PAST_THE_END:
            raise
        log.warning("blob store", extra={"error": _code(answer), "file": name})
        raise Unreachable("SC-SERV-061") from answer
    except (BotoCoreError, HTTPError, OSError) as failure:
        log.warning("blob store", extra={"error": type(failure).__name__, "file": name})
        raise Unreachable("SC-SERV-061") from failure


def _code(answer: ClientError) -> str:
    return str(answer.response.get("Error", {}).get("Code", ""))
