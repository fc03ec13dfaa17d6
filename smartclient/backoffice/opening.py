"""From a home to a back office that can work: the one place that puts all its parts together."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from shutil import disk_usage

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from tuf.api.metadata import Metadata, Timestamp

from smartclient.backoffice.api.application import in_a_thread
from smartclient.backoffice.api.endpoints import FrontOffice
from smartclient.backoffice.api.watching import Counts, NoCounts, Watch
from smartclient.backoffice.home import (
    AUTHORITY,
    NEEDED,
    ONLINE,
    TSA,
    TSA_KEY,
    Home,
    Settings,
    require_allowed,
)
from smartclient.backoffice.mail_settings import MailWay
from smartclient.backoffice.operations.at_rest import DataKeys
from smartclient.backoffice.operations.catalogue import OnlineKeys
from smartclient.backoffice.operations.catalogue_files import TIMESTAMP_FILE, ServedCatalogue
from smartclient.backoffice.operations.certificates import Issuers
from smartclient.backoffice.operations.export.exporter import Exporter, Places
from smartclient.backoffice.operations.observing_health import Surroundings
from smartclient.backoffice.operations.office import Office
from smartclient.backoffice.operations.store_reach import StoreReach
from smartclient.backoffice.postmen import FilePostman, Login, Postman, SmtpPostman
from smartclient.backoffice.storage_settings import blob_store, unhurried
from smartclient.backoffice.tables.engine import open_database, reaching
from smartclient.backoffice.tables.upgrade import require_current
from smartclient.documents.certificates import Issuer
from smartclient.domain.clock import Clock
from smartclient.domain.ids import RandomIds
from smartclient.domain.mode import Mode


@dataclass(frozen=True, slots=True)
class Opened:
    """A back office whose home was found in order."""

    home: Home
    settings: Settings
    office: Office
    catalogue: ServedCatalogue

    def front(self, counts: Counts | None = None) -> FrontOffice:
        """What the API serves from; `counts` is where requests are counted."""
        folder = self.home.folder
        around = Surroundings(lambda: disk_usage(folder).free, self._fresh_until)
        watch = Watch(counts=counts or NoCounts(), around=around)
        issuers, name = self._issuers(), self.settings.server_name
        key = self.home.hand_in_public()
        return FrontOffice(self.office, issuers, name, self.catalogue, in_a_thread, watch, key)

    def _fresh_until(self) -> datetime | None:
        """Until when the published catalogue is fresh; None when nothing is published."""
        content = self.catalogue.metadata(TIMESTAMP_FILE) if self.catalogue.tag() else None
        if content is None:
            return None
        return Metadata[Timestamp].from_bytes(content).signed.expires

    def exporter(self) -> Exporter:
        """The exporter, with the judge that looks into documents and signed files."""
        # Drawing, checking and forms are heavy, and the API needs none of them.
        from smartclient.backoffice.operations.dossier_judge import Anchors, DossierJudge
        from smartclient.backoffice.operations.published import Published

        key = self.home.private_key("export-manifest-key.pem")
        authorities = self.home.chain(AUTHORITY) if (self.home.keys / AUTHORITY).exists() else []
        anchors = Anchors(
            self.home.certificate("root.pem"),
            authorities[0] if authorities else None,
            tuple(authorities[1:]),
            may_lack_authority=self.settings.mode is Mode.PRACTICE,
        )
        return Exporter(
            self.office,
            DossierJudge(Published(self.catalogue), anchors),
            self.places(),
            lambda manifest: key.sign(manifest, ECDSA(SHA256())),
            policy=self.settings.export.policy(self.home.certificate),
        )

    def places(self) -> Places:
        """Where batches lie."""
        return Places(self.home.outside, self.home.to_core(self.settings))

    def stamping(self) -> Callable[[], int] | None:
        """What stamps the accepted files that wait for it; None where nobody can stamp them."""
        if not (self.home.keys / TSA).exists():
            return None
        from smartclient.backoffice.operations.time_stamps import Stamper, stamp_due
        from smartclient.backoffice.stampers import http_stamper, practice_stamper

        chain = self.home.chain(TSA)
        require_allowed(chain[0], TSA, self.settings.mode)
        if self.settings.time_stamps:
            stamp = http_stamper(self.settings.time_stamps, os.urandom)
        elif self.settings.mode is Mode.PRACTICE and (self.home.keys / TSA_KEY).exists():
            from smartclient.backoffice.practice_tsa import PracticeTsa

            key = self.home.private_key(TSA_KEY)
            stamp = practice_stamper(PracticeTsa(key, chain[0], self.office.clock), os.urandom)
        else:
            return None
        issuers, lists = self._issuers(), self.home.revocation_lists()
        stamper = Stamper(stamp, chain, issuers.root, issuers.document, lists)
        store = StoreReach(self.office.clock.monotonic)
        return lambda: stamp_due(self.office, stamper, store=store)

    def online_keys(self) -> OnlineKeys:
        """The keys of freshness; BadInput SC-CAT-070 where the publisher gave none."""
        return OnlineKeys.read(self.home.keys / ONLINE)

    def postman(self) -> Postman:
        """Who takes the mail away; Damaged SC-SERV-092 where a password is named and not there."""
        mail = self.settings.mail
        match mail.way:
            case MailWay.SMTP:
                password = self.home.mail_password(self.settings) if mail.user else ""
                login = Login(mail.user, password) if mail.user else None
                return SmtpPostman(
                    mail.host, mail.port, mail.sender, starttls=mail.starttls, login=login
                )
            case MailWay.FILE:
                return FilePostman(self.home.folder / "mail", mail.sender)

    def left_undone(self) -> list[str]:
        """What its settings keep a production office from doing, as events of the log."""
        if self.settings.mode is not Mode.PRODUCTION:
            return []
        stamps = bool(self.settings.time_stamps) and (self.home.keys / TSA).exists()
        undone = {
            "mail goes to files": self.settings.mail.way is MailWay.FILE,
            "report has nobody to go to": not self.settings.export.report_to,
            "nothing is stamped": not stamps,
        }
        return [event for event, is_so in undone.items() if is_so]

    def _issuers(self) -> Issuers:
        def issuer(name: str) -> Issuer:
            key = self.home.private_key(f"{name}-key.pem")
            return Issuer(key, self.home.certificate(f"{name}.pem"))

        root = self.home.certificate("root.pem")
        return Issuers(issuer("install-ca"), issuer("document-ca"), root, self.settings.crl_url)


@contextmanager
def opened(home: Home, mode: Mode, clock: Clock, *, serves: bool = False) -> Iterator[Opened]:
    """The back office of a home, while the block runs.

    Who serves requests is held to the time limits of the settings; other work takes its time.
    Raises Damaged SC-SERV-040 and SC-SERV-042, NotAllowed SC-SERV-041, SC-SERV-043 and SC-SERV-045
    for a home that is not in order, Unreachable SC-SERV-062 when its database is away.
    """
    settings = home.settings(mode)
    for name in NEEDED:
        if not name.endswith("-key.pem"):
            require_allowed(home.certificate(name), name, mode)
    connections = settings.connections if serves else unhurried(settings.connections)
    engine = open_database(home.database(settings), connections, checkpoints_beside=serves)
    try:
        with reaching():
            require_current(engine)
        office = Office(
            engine=engine,
            clock=clock,
            ids=RandomIds(),
            random=os.urandom,
            keys=DataKeys(home.office_key()),
            blobs=blob_store(settings.blobs, home.folder),
            outside=home.outside,
        )
        yield Opened(home, settings, office, ServedCatalogue(home.folder / "catalogue"))
    finally:
        engine.dispose()
