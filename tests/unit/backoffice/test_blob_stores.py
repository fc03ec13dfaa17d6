"""Both stores of large blobs keep the same promises: a folder, and a bucket of a real S3 speaker."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from smartclient.backoffice.operations.blob_bucket import WINDOW, BlobBucket, Patience
from smartclient.backoffice.operations.blob_folder import BlobFolder
from smartclient.backoffice.operations.blob_store import BlobStore, BucketPlace
from smartclient.backoffice.operations.blobs import forget_orphans
from smartclient.backoffice.tables import schema
from smartclient.domain.clock import SystemClock
from smartclient.domain.errors import Damaged, Unreachable
from smartclient.domain.ids import IdSource, RandomIds
from smartclient.wire import encoding
from smartclient.wire.blob_packs import pack_blobs
from smartclient.wire.messages import Problem
from smartclient.wire.transport import Reply, Request
from tests.simulators import s3_server
from tests.simulators.adviser import Adviser, sha_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.s3_server import S3Server
from tests.simulators.time_and_ids import SetClock

LONG = bytes(range(251)) * 9_000
"""2.2 MB: three segments at rest, more than is read at once."""
HURRIED = Patience(connect=0.3, read=0.3, tries=2)

New = Callable[[], str]


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    """A store in a process of its own."""
    with pytest.MonkeyPatch.context() as patch, s3_server.running() as server:
        for name, value in s3_server.ACCOUNT.items():
            patch.setenv(name, value)
        yield server


@pytest.fixture
def bucket(s3: S3Server) -> BlobBucket:
    """An empty bucket, listed two objects at a time."""
    name = s3.new_bucket(RandomIds().new())
    return BlobBucket(BucketPlace(name, "office/", s3.endpoint), listed=2)


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """An empty store of each kind."""
    if request.param == "folder":
        return BlobFolder(tmp_path / "blobs")
    found: BlobBucket = request.getfixturevalue("bucket")
    return found


def test_that_parts_of_a_file_come_back_as_they_were_written(store: BlobStore) -> None:
    store.write_all({"ab-long": LONG})
    read = store.reader("ab-long")
    places = [(0, 16), (16, 100), (WINDOW - 3, 7), (len(LONG) - 5, 50), (500, WINDOW + 9)]
    assert [read(start, length) for start, length in places] == [
        LONG[start : start + length] for start, length in places
    ]
    assert store.reader("ab-long")(len(LONG) + 10, 5) == b""


def test_that_a_file_that_is_gone_is_told_as_damaged(store: BlobStore) -> None:
    with pytest.raises(Damaged, match="SC-SERV-060"):
        store.reader("ab-never")(0, 16)


def test_that_only_older_files_are_named_and_removing_twice_is_no_fault(store: BlobStore) -> None:
    names = [f"{number:02}-file" for number in range(5)]
    for name in names:
        store.write_all({name: b"sealed"})
    now = SystemClock().now()
    assert list(store.older_than(now - timedelta(minutes=5))) == []
    assert sorted(store.older_than(now + timedelta(minutes=5))) == names
    for _ in range(2):
        store.remove("03-file")
    assert len(list(store.older_than(now + timedelta(minutes=5)))) == 4


def test_that_files_are_found_by_how_they_begin(store: BlobStore) -> None:
    store.write_all(dict.fromkeys(("ha-one", "ha-two", "hand", "0a-three"), b"sealed"))
    assert sorted(store.beginning_with("ha-")) == ["ha-one", "ha-two"]
    assert list(store.beginning_with("zz-")) == []


def test_that_a_bucket_of_two_offices_shows_each_only_its_own(s3: S3Server) -> None:
    name = s3.new_bucket(RandomIds().new())
    one, other = (BlobBucket(BucketPlace(name, prefix, s3.endpoint)) for prefix in ("a/", "b/"))
    one.write_all({"01-file": b"sealed"})
    assert list(other.older_than(SystemClock().now() + timedelta(minutes=5))) == []


def test_that_a_blob_in_a_bucket_is_read_whole_and_in_ranges(
    bucket: BlobBucket, clock: SetClock, ids: IdSource, tmp_path: Path
) -> None:
    with InProcessServer(clock, ids, folder=tmp_path, blobs=bucket) as server:
        adviser = Adviser(server, ids)
        adviser.send_blobs(LONG)
        draft = adviser.offer()
        draft.blobs = (sha_of(LONG),)
        adviser.push_ok(draft)
        assert _get(adviser, LONG).body == LONG
        part = _get(adviser, LONG, Range="bytes=1500000-1500009")
    assert (part.status, part.body) == (206, LONG[1_500_000:1_500_010])


def test_that_an_object_without_a_row_is_removed_and_the_others_stay(
    bucket: BlobBucket, ids: IdSource, tmp_path: Path
) -> None:
    later = SetClock(SystemClock().now() + timedelta(days=2))
    with InProcessServer(later, ids, folder=tmp_path, blobs=bucket) as server:
        Adviser(server, ids).send_blobs(LONG)
        for number in range(3):
            bucket.write_all({f"{number:02}-orphan": b"sealed"})
        forget_orphans(server.office)
        with server.office.reading() as desk:
            kept = desk.connection.execute(schema.blob.select()).one().file
    assert list(bucket.older_than(later.now())) == [kept]


def test_that_a_store_that_is_away_is_a_coded_refusal_and_leaves_nothing(
    s3: S3Server, clock: SetClock, ids: IdSource, tmp_path: Path
) -> None:
    away = BlobBucket(_at(f"http://127.0.0.1:{s3_server.closed_port()}"), HURRIED)
    with InProcessServer(clock, ids, folder=tmp_path, blobs=away) as server:
        adviser = Adviser(server, ids)
        refused = _sent(adviser, LONG)
        asked = adviser.send("/v1/blobs/missing", {"sha256": [sha_of(LONG)]})
    problem = Problem.from_json(encoding.parse(refused.body))
    assert (refused.status, problem.code, refused.headers["retry-after"]) == (
        503,
        "SC-SERV-061",
        "2",
    )
    assert sha_of(LONG).encode() in asked.body


def test_that_a_bucket_that_is_not_there_is_no_damage(s3: S3Server) -> None:
    strange = BlobBucket(BucketPlace("never-made", "", s3.endpoint), HURRIED)
    for attempt in (
        lambda: strange.write_all({"ab": b"sealed"}),
        lambda: strange.reader("ab")(0, 16),
        lambda: list(strange.older_than(SystemClock().now())),
    ):
        with pytest.raises(Unreachable, match="SC-SERV-061"):
            attempt()


def test_that_a_store_that_stumbles_is_tried_again(s3: S3Server) -> None:
    with _answering(503, 200) as (endpoint, asked):
        BlobBucket(_at(endpoint), HURRIED).write_all({"ab": b"sealed"})
    assert len(asked) == 2


def test_that_a_store_that_says_nothing_is_left_in_time(s3: S3Server) -> None:
    with (
        _answering(None, None, None) as (endpoint, asked),
        pytest.raises(Unreachable, match="SC-SERV-061"),
    ):
        BlobBucket(_at(endpoint), HURRIED).write_all({"ab": b"sealed"})
    assert len(asked) == HURRIED.tries


def test_that_a_folder_that_cannot_be_used_is_a_coded_refusal(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_bytes(b"a file, where a folder should be")
    folder = BlobFolder(tmp_path / "blobs")
    for attempt in (
        lambda: folder.write_all({"ab": b"sealed"}),
        lambda: folder.reader("ab")(0, 16),
    ):
        with pytest.raises(Unreachable, match="SC-SERV-061"):
            attempt()


def _at(endpoint: str) -> BucketPlace:
    return BucketPlace("bucket", "", endpoint)


def _get(adviser: Adviser, content: bytes, **headers: str) -> Reply:
    own = {**adviser.headers, **headers}
    return adviser.server.send(Request("GET", f"/v1/blobs/{sha_of(content)}", own))


def _sent(adviser: Adviser, content: bytes) -> Reply:
    headers = {**adviser.headers, "Content-Type": "application/octet-stream"}
    body = pack_blobs([(sha_of(content), content)])
    return adviser.server.send(Request("POST", "/v1/blobs/pack", headers, body))


@contextmanager
def _answering(*statuses: int | None) -> Iterator[tuple[str, list[str]]]:
    """A store that answers as told, one after the other; None for no answer at all."""
    left = list(statuses)
    asked: list[str] = []
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            status = left.pop(0)
            if status is None:
                over.wait()
                return
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            over.set()
            server.shutdown()
            serving.join()
