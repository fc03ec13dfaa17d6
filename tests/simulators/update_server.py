"""An update repository in memory's reach: the real publisher and back office, an honest or evil wire.

`UpdateServer` is the fetch of a laptop. It answers from what was published; a test can replace one
answer, cut the line, or turn the clock that the server tells.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata

from smartclient.backoffice.operations.catalogue import OnlineKeys, publish, refresh
from smartclient.backoffice.operations.catalogue_files import ServedCatalogue
from smartclient.domain.errors import Unreachable
from smartclient.publisher.components import Catalogue
from smartclient.publisher.repository import SignedRepository
from smartclient.publisher.rotation import rotate_keys
from smartclient.publisher.signing import sign_catalogue
from smartclient.sync.updates.fetching import Fetched
from smartclient.sync.updates.updater import Source
from smartclient.wire.messages import JsonObject
from tests.simulators.publishing import key_folder

ADDRESS = "https://localhost/v1/catalogue"


class UpdateServer:
    """Publishes like the insurer and answers like the server, until told otherwise."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.now = datetime.now(UTC)
        self.keys = key_folder(folder / "keys", self.now)
        self.signed = folder / "signed"
        self.served = ServedCatalogue(folder / "served")
        self.offline = False
        self.server_time: datetime | None = self.now
        self.asked: list[str] = []
        self.instead: dict[str, Callable[[], Iterator[bytes]]] = {}
        self.statuses: dict[str, int] = {}
        self.publish(catalogue)

    @property
    def source(self) -> Source:
        """What is compiled into the application."""
        root = (self.keys.root_history / "1.root.json").read_bytes()
        return Source(f"{ADDRESS}/metadata/", f"{ADDRESS}/targets/", root)

    def publish(self, catalogue: Catalogue, *, ago: timedelta = timedelta()) -> None:
        """Sign and publish, as if some time ago."""
        repository = SignedRepository(self.signed, self.keys.root_history)
        sign_catalogue(catalogue, repository, self.keys, self.now, replace=True)
        self.publish_signed(ago=ago)

    def publish_signed(self, *, ago: timedelta = timedelta()) -> None:
        """Publish what lies signed, as if some time ago."""
        online = OnlineKeys.read(self.keys.folder / "online")
        publish(self.signed, self.served, online, self.now - ago)

    def publish_unjudged(self) -> None:
        """Serve what lies signed as a thief of the on-line keys would: without any question."""
        for place in ("metadata", "targets"):
            for path in (self.signed / place).rglob("*.*"):
                name = path.relative_to(self.signed).as_posix()
                self.served.add({name: path.read_bytes()})
        online = OnlineKeys.read(self.keys.folder / "online")
        refresh(self.served, online, self.now + timedelta(days=5))

    def rotate(self, key: str) -> None:
        """Replace a key and publish."""
        repository = SignedRepository(self.signed, self.keys.root_history)
        rotate_keys([key], repository, self.keys, self.now)
        self.publish_signed()

    def read(self, path: str) -> bytes:
        """What is served under the path (`metadata/…` or `targets/…`)."""
        place, _slash, name = path.partition("/")
        content = self.served.metadata(name) if place == "metadata" else self.served.target(name)
        if content is None:
            raise AssertionError(f"{path} is not served")
        return content

    def replace(self, path: str, content: bytes) -> None:
        """Answer with something else from now on."""
        self.instead[path] = lambda: iter([content])

    def endless(self, path: str) -> None:
        """Answer without ever coming to an end."""
        self.instead[path] = lambda: itertools.repeat(b"x" * 65_536)

    def cut(self, path: str) -> None:
        """Break the connection in the middle of the answer."""

        def broken() -> Iterator[bytes]:
            yield self.read(path)[:20]
            raise Unreachable("SC-CAT-001")

        self.instead[path] = broken

    def target_path(self, path: str) -> str:
        """The path with the digest, as it is asked for: `targets/calc/<sha256>.flexi-1.zip`."""
        known = SignedRepository(self.signed, self.keys.root_history).target(path)
        if known is None:
            raise AssertionError(f"{path} was never signed")
        return f"targets/{known.get_prefixed_paths()[0]}"

    def forge(
        self, role: str, change: Callable[[JsonObject], None], signers: Mapping[str, CryptoSigner]
    ) -> None:
        """Answer with changed metadata of a role, signed by the signers given."""
        newest = self.served.newest(role)
        name = f"{newest[0]}.{role}.json" if newest else f"{role}.json"
        content = json.loads(self.read(f"metadata/{name}"))
        change(content["signed"])
        content["signatures"] = []
        metadata = Metadata.from_bytes(json.dumps(content).encode())
        for signer in signers.values():
            metadata.sign(signer, append=True)
        self.replace(f"metadata/{name}", metadata.to_bytes())

    def __call__(self, url: str) -> Fetched:
        """The fetch of a laptop."""
        path = url.removeprefix(f"{ADDRESS}/")
        self.asked.append(path)
        if self.offline:
            raise Unreachable("SC-CAT-001")
        if path in self.statuses:
            return Fetched(self.statuses[path], self.server_time, iter([]))
        if path in self.instead:
            return Fetched(200, self.server_time, self.instead[path]())
        place, _slash, name = path.partition("/")
        content = self.served.metadata(name) if place == "metadata" else self.served.target(name)
        if content is None:
            return Fetched(404, self.server_time, iter([b"{}"]))
        return Fetched(200, self.server_time, iter([content]))
