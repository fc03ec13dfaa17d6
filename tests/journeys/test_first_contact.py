"""The first minutes of an install, over TLS on loopback: activate, then take the catalogue.

Real keys, real certificates, the real server application, publisher and updater; only the windows
are missing.
"""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
import uvicorn
from cryptography import x509

from certs import practice
from smartclient.backoffice.operations.catalogue import OnlineKeys, publish
from smartclient.documents.template import Template
from smartclient.domain.clock import SystemClock
from smartclient.domain.errors import Unreachable
from smartclient.domain.ids import RandomIds
from smartclient.domain.mode import Mode
from smartclient.forms.package import FormPackage
from smartclient.premium.tariff import Tariff
from smartclient.publisher.__main__ import FONTS
from smartclient.publisher.components import Given, read_catalogue
from smartclient.publisher.repository import SignedRepository
from smartclient.publisher.signing import sign_catalogue
from smartclient.store.keys import KeyRing
from smartclient.store.os_secret import PracticeSecret
from smartclient.sync.activation.activation import Activation
from smartclient.sync.exchange.http_transport import HttpTransport
from smartclient.sync.updates.answers import Outcome
from smartclient.sync.updates.fetching import HttpFetch
from smartclient.sync.updates.store import CatalogueStore
from smartclient.sync.updates.updater import CatalogueUpdater, Source
from smartclient.wire.admission import AdviserUser
from smartclient.wire.catalogue import ComponentKind
from tests.simulators.inprocess import KNOWN_HR, InProcessServer
from tests.simulators.publishing import key_folder

ROOT = Path(__file__).resolve().parents[2]
USER = AdviserUser("Jana Nováková", "12345", "045678PPZ")


class Office:
    """A back office that listens on loopback with practice certificates and a signed catalogue."""

    def __init__(self, folder: Path) -> None:
        self.certs = folder / "certs"
        practice.make(self.certs, mode=Mode.PRACTICE, clock=SystemClock())
        self.server = InProcessServer(
            SystemClock(),
            RandomIds(),
            folder=folder / "office",
            database=f"sqlite:///{folder / 'office.db'}",
        )
        self.first_root = self._publish(folder)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"https://localhost:{self._socket.getsockname()[1]}"
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                self.server.application,
                ssl_certfile=self.certs / "server.pem",
                ssl_keyfile=str(self.certs / "server-key.pem"),
                log_config=None,
                lifespan="off",
            )
        )
        self._thread = threading.Thread(
            target=self._uvicorn.run, kwargs={"sockets": [self._socket]}
        )
        self._thread.start()

    def _publish(self, folder: Path) -> bytes:
        now = datetime.now(UTC)
        keys = key_folder(folder / "publisher", now)
        fonts = {path.name: path.read_bytes() for path in FONTS.glob("*.otf")}
        given = Given((self.certs / "authority.pem").read_bytes(), fonts)
        repository = SignedRepository(folder / "signed", keys.root_history)
        sign_catalogue(read_catalogue(ROOT / "catalogue", given), repository, keys, now)
        online = OnlineKeys.read(keys.folder / "online")
        publish(folder / "signed", self.server.catalogue, online, now)
        return (keys.root_history / "1.root.json").read_bytes()

    def close(self) -> None:
        """Stop listening."""
        self._uvicorn.should_exit = True
        self._thread.join()
        self._socket.close()
        self.server.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(tmp_path_factory.mktemp("office"))
    yield office
    office.close()


def test_that_an_install_is_activated_over_tls(office: Office, tmp_path: Path) -> None:
    transport = HttpTransport(office.address, office.certs / "root.pem")
    keys = KeyRing.open(tmp_path, PracticeSecret(tmp_path / "secret", Mode.PRACTICE))
    root = office.server.issuers.root
    activation = Activation(transport, keys, root, SystemClock(), random=Random(1).randbytes)
    try:
        assert activation.check_hr(KNOWN_HR) == "Partner & syn"
        installed = activation.activate(KNOWN_HR, USER, "notebook")
    finally:
        transport.close()
    assert installed.seal_key().certificate.issuer == installed.seal_key().chain[0].subject


def _updater(office: Office, folder: Path, authority: Path) -> tuple[CatalogueUpdater, HttpFetch]:
    base = f"{office.address}/v1/catalogue"
    source = Source(f"{base}/metadata/", f"{base}/targets/", office.first_root)
    fetch = HttpFetch(authority)
    return CatalogueUpdater(folder, source, fetch, SystemClock(), "0.1.0"), fetch


def test_that_the_whole_catalogue_arrives_and_opens(office: Office, tmp_path: Path) -> None:
    updater, fetch = _updater(office, tmp_path, office.certs / "root.pem")
    try:
        answer = updater.update()
        assert (answer.outcome, answer.installed, answer.refusal) == (
            Outcome.AVAILABLE,
            True,
            None,
        )
        assert updater.update().outcome is Outcome.NONE
        assert updater.check_app().outcome is Outcome.NONE
    finally:
        fetch.close()
    store = CatalogueStore(tmp_path)
    form = FormPackage.from_files(store.package("flexi-offer", 1))
    assert Tariff.from_files(store.tariff(form.tariff_id, 1)).id == form.tariff_id
    assert Template.from_files(store.template(form.template_id, 1))
    signer = store.newest(ComponentKind.SIGNER, "pcs-signosoft", datetime.now(UTC).date())
    authority = x509.load_pem_x509_certificate(store.files(signer)["authority.pem"])
    assert "PRACTICE" in authority.subject.rfc4514_string()


def test_that_a_server_of_another_authority_is_not_believed(office: Office, tmp_path: Path) -> None:
    practice.make(tmp_path / "other", mode=Mode.PRACTICE, clock=SystemClock())
    updater, fetch = _updater(office, tmp_path / "laptop", tmp_path / "other" / "root.pem")
    answer = updater.update()
    fetch.close()
    assert answer.outcome is Outcome.NOT_CHECKED
    assert isinstance(answer.refusal, Unreachable)
    assert CatalogueStore(tmp_path / "laptop").current is None
