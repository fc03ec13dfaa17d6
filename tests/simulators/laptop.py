"""An adviser's laptop without a network: real store, real catalogue, practice keys of its own."""

import atexit
import json
import shutil
import tempfile
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from smartclient.documents.certificates import (
    Issuer,
    document_ca_certificate,
    root_certificate,
    seal_certificate,
)
from smartclient.documents.keys import SealKey
from smartclient.domain.consents import (
    INFORMATION_DUTY,
    ConsentDecision,
    Decision,
    Method,
)
from smartclient.domain.contract_number import ContractNumber
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import Refused, Unreachable
from smartclient.domain.ids import ClientId, DocumentId, InstallId, Sha256
from smartclient.ink.quality import Limits
from smartclient.services.forms import Adviser, Forms, Library, Snapshot
from smartclient.services.signing import Signing, SigningKeys
from smartclient.store.client_rows import ClientCard, ClientKind
from smartclient.store.database import Database
from smartclient.store.document_lines import situation_of
from smartclient.sync.updates.store import CatalogueStore
from smartclient.wire.archive import pack_files
from smartclient.wire.catalogue import AppRelease, CatalogueSet, Component, ComponentKind
from smartclient.wire.contracts import Contract
from smartclient.wire.encoding import sha256
from smartclient.wire.messages import JsonObject
from tests.simulators.authority_certificate import authority_certificate
from tests.simulators.catalogue_sources import HOUSE, component_files
from tests.simulators.flexi_answers import fill_in
from tests.simulators.time_and_ids import CountedIds, SetClock

ADVISER = Adviser("90012345", "Jana Dvořáková", "JDV001", "123456PPZ")
INSTALL = InstallId("00000000-0000-4000-8000-00000000aaaa")
_PUBLISHED = date(2026, 11, 1)
_SOURCES = (
    (ComponentKind.FORM, "flexi-offer"),
    (ComponentKind.TARIFF, "flexi"),
    (ComponentKind.TEMPLATE, "flexi-offer"),
)
_VERSIONS = (1, 2)
_OTHERS = (
    (ComponentKind.FORM, "flexi-modelling"),
    (ComponentKind.FORM, "flexi-change"),
    (ComponentKind.FORM, "other-claim"),
    (ComponentKind.FORM, "other-complaint"),
    (ComponentKind.TEMPLATE, "flexi-modelling"),
    (ComponentKind.TEMPLATE, "flexi-change"),
    (ComponentKind.TEMPLATE, "other"),
)
"""What a laptop with forms of every kind has besides, in its first version."""
_CONTRACTS = HOUSE / "development" / "contracts.json"


@cache
def _authority_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 3072)


class Laptop:
    """Everything the services stand on; `close` it after the test."""

    def __init__(
        self,
        folder: Path,
        *,
        signing_installed: bool = True,
        every_kind: bool = False,
        free_order: bool = False,
    ) -> None:
        """`every_kind` has forms of all four kinds of documents, otherwise only the offer's.

        `free_order`: the offer may be signed by its people in any order.
        """
        self.folder = folder
        self.is_online = True
        self.at_the_server: dict[Sha256, bytes] = {}
        self.clock = SetClock()
        self.ids = CountedIds()
        self.db = self._open()
        self.library = _library(signing_installed, every_kind, free_order)
        self.root, self.seal = _seal(self.clock)
        self.authority_key = _authority_key()
        since, until = self.clock.now() - timedelta(days=1), self.clock.now() + timedelta(days=365)
        self.authority = authority_certificate(self.authority_key, "TEST authority", since, until)
        self._build()
        with self.db.write() as tx:
            tx.numbers.lease(self.ids.new(), {"first": "7200040001", "last": "7200040500"})

    def restart(self) -> None:
        """The program was killed and is started again on the same disk."""
        self.db.close()
        self.db = self._open()
        self._build()

    def close(self) -> None:
        """Give the files back."""
        self.db.close()

    def new_client(self, *, informed: bool = True) -> ClientId:
        """A client of the register, with or without the information duty done."""
        card = ClientCard(
            ClientKind.PERSON,
            "Petr",
            "Novák",
            "8001014560",
            date(1980, 1, 1),
            "Pardubice",
            "+420601234567",
            "petr.novak@example.cz",
        )
        body: JsonObject = {
            "schema": 1,
            "kind": "person",
            "given_name": "Petr",
            "surname": "Novák",
            "national_id": "8001014560",
            "birth_date": "1980-01-01",
            "sex": "M",
            "citizenship": "CZ",
            "street": "Široká",
            "house_number": "12",
            "postcode": "530 02",
            "city": "Pardubice",
            "country": "CZ",
            "phone": "+420601234567",
            "email": "petr.novak@example.cz",
        }
        with self.db.write() as tx:
            client = tx.clients.create(card, body).id
            if informed:
                tx.consents.append(self._informed(client), INSTALL)
        return client

    def filled_offer(self, *, without: Collection[str] = (), digital: bool = True) -> DocumentId:
        """An offer to Petr Novák, kept as a draft; paths in `without` are not answered."""
        document_id = self.forms.start(self.new_client(), "flexi-offer")
        session = fill_in(self.forms.open(document_id).session, without=without, digital=digital)
        self.forms.keep(document_id, Snapshot.of(session, "Petr Novák"))
        return document_id

    def completed_offer(self, *, digital: bool = True) -> DocumentId:
        """A complete offer; the digital one waits for its signatures."""
        document_id = self.filled_offer(digital=digital)
        self.forms.complete(document_id)
        return document_id

    def _informed(self, client: ClientId) -> ConsentDecision:
        return ConsentDecision(
            client_id=client,
            option_code=INFORMATION_DUTY,
            text_version_id="test-1-cs",
            decision=Decision.INFORMED,
            method=Method.MANUAL_PAPER,
            occurred_at=self.clock.now(),
            recorded_by=ADVISER.name,
            device="test",
            language="cs",
            proof="",
        )

    def _open(self) -> Database:
        return Database.open(
            self.folder / "store", bytes(range(32)), clock=self.clock, ids=self.ids
        )

    def _build(self) -> None:
        self.forms = Forms(
            self.db,
            self.library,
            self.clock,
            lambda: ADVISER,
            lambda: (self.seal, self.authority),
            server=lambda: self,
        )
        self.signing = Signing(
            self.db,
            self.clock,
            lambda: SigningKeys(self.seal, self.authority, self.root),
            self.forms.freeze,
            Limits,
        )

    def fetch_contract(self, number: ContractNumber) -> Contract:
        """The practice register, on-line."""
        if not self.is_online:
            raise Unreachable("SC-SYNC-020")
        for entry in json.loads(_CONTRACTS.read_bytes()):
            if entry["number"] == number:
                return Contract.from_json({**entry, "revision": 1})
        raise Refused("SC-CONTRACT-002")

    def fetch_blob(self, digest: Sha256) -> None:
        """The server has what `at_the_server` holds."""
        if not self.is_online:
            raise Unreachable("SC-SYNC-020")
        with self.db.write() as tx:
            tx.blobs.put(self.at_the_server[digest])


def lock(laptop: Laptop, document_id: DocumentId) -> None:
    """A synchronisation brought the lock of the export."""
    with laptop.db.write() as tx:
        line = tx.documents.lines([document_id])[document_id]
        situation = replace(situation_of(line), server=ServerState.LOCKED, backed_up=True)
        tx.documents.stand(document_id, situation)


@cache
def _library(signing_installed: bool, every_kind: bool, free_order: bool = False) -> Library:
    """The real catalogue, packed and read once for all laptops."""
    folder = Path(tempfile.mkdtemp(prefix="smartclient-test-catalogue-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Library(_catalogue(folder, signing_installed, every_kind, free_order))


def catalogue_with_signing(folder: Path) -> None:
    """A synchronised catalogue in that folder, the signing component among it."""
    _catalogue(folder, signing_installed=True, every_kind=False)


def _catalogue(
    folder: Path, signing_installed: bool, every_kind: bool, free_order: bool = False
) -> CatalogueStore:
    store = CatalogueStore(folder)
    components: list[Component] = []
    for kind, name in _SOURCES:
        for version in _VERSIONS:
            files = dict(component_files(kind, name, version))
            if free_order and kind is ComponentKind.FORM:
                given = json.loads(files["signatures.json"])
                files["signatures.json"] = json.dumps({**given, "order": "free"}).encode()
            archive = pack_files(files)
            components.append(_put(store, kind, name, archive, version))
    for kind, name in _OTHERS if every_kind else ():
        components.append(_put(store, kind, name, pack_files(component_files(kind, name, 1))))
    if signing_installed:
        archive = pack_files({"component.json": b"{}"})
        components.append(_put(store, ComponentKind.SIGNER, "pcs-signosoft", archive))
    release = AppRelease("0.1.0", _PUBLISHED, "0.1.0")
    store.switch(CatalogueSet("test", release, tuple(components)).to_bytes())
    return store


@cache
def _names() -> dict[tuple[str, str], dict[str, str]]:
    """What the components are called for people."""
    published = json.loads((HOUSE / "catalogue" / "set.json").read_bytes())
    return {(each["kind"], each["id"]): each["names"] for each in published["components"]}


def _put(
    store: CatalogueStore, kind: ComponentKind, name: str, archive: bytes, version: int = 1
) -> Component:
    component = Component(
        kind,
        name,
        version,
        _names().get((kind.value, name), {"cs": name}),
        _PUBLISHED,
        _PUBLISHED,
        None,
        sha256(archive),
        len(archive),
    )
    store.put(component, archive)
    return component


def _seal(clock: SetClock) -> tuple[x509.Certificate, SealKey]:
    now = clock.now() - timedelta(days=1)
    root_key, ca_key, own = (ec.generate_private_key(ec.SECP256R1()) for _each in range(3))
    root = root_certificate(root_key, "TEST root", now)
    ca = document_ca_certificate(
        ca_key.public_key(), "TEST document CA", Issuer(root_key, root), now
    )
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "seal")]))
        .sign(own, hashes.SHA256())
    )
    certificate = seal_certificate(
        request, "TEST install", Issuer(ca_key, ca), now, "http://localhost/crl"
    )
    return root, SealKey(own, certificate, (ca,))
