"""The services of one adviser's laptop, built on storage, network and the verified catalogue."""

import platform
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography import x509

import smartclient
from smartclient.app.configuration import Configuration
from smartclient.app.network import Network
from smartclient.app.storage import Storage
from smartclient.documents.keys import SealKey
from smartclient.domain.clock import Clock
from smartclient.domain.ids import IdSource
from smartclient.domain.lock_time import PRAGUE
from smartclient.services.activation import AccountActivation
from smartclient.services.clients import Clients, InformationText, Recorder
from smartclient.services.documents import Documents
from smartclient.services.home import Home
from smartclient.services.opening import Opening
from smartclient.services.search import Search
from smartclient.services.settings import Settings
from smartclient.services.synchronisation import Synchronisation
from smartclient.sync.updates.store import CatalogueStore
from smartclient.ui.page_shelf import Services
from smartclient.wire.catalogue import ComponentKind
from smartclient.wire.published_text import PublishedText

if TYPE_CHECKING:
    from smartclient.services.forms import Forms
    from smartclient.services.signing import Signing

INFORMATION_DUTY = "proc"
SIGNING_COMPONENT = "pcs-signosoft"
AUTHORITY_FILE = "authority.pem"


class AdviserServices:
    """Everything an adviser does; `places` is what the main window's own pages need.

    Forms and signing are made at their first use: forms, tariffs and signatures take longer to
    import than the first page to be shown.
    """

    def __init__(
        self,
        places: Services,
        opening: Opening,
        forms: "Callable[[], Forms]",
        signing: "Callable[[Forms], Signing]",
    ) -> None:
        self.places, self.opening = places, opening
        self._make_forms, self._make_signing = forms, signing

    @cached_property
    def forms(self) -> "Forms":
        """The forms of this install."""
        return self._make_forms()

    @cached_property
    def signing(self) -> "Signing":
        """The signing of its documents."""
        return self._make_signing(self.forms)


def build_services(
    configuration: Configuration,
    storage: Storage,
    network: Network,
    clock: Clock,
    ids: IdSource,
) -> AdviserServices:
    """The services of this laptop; nothing speaks with the network yet."""
    db = storage.db
    catalogue = CatalogueStore(configuration.catalogue)
    published = Published(catalogue, clock, configuration)
    device = platform.node()[:60]
    settings = Settings(db, smartclient.__version__, network.check_app)

    def recorder() -> Recorder:
        installed = network.installed()
        return Recorder(installed.user.name, installed.reply.install, installed.device)

    def sealing() -> tuple[SealKey, x509.Certificate]:
        return network.installed().seal_key(), published.authority()

    def make_forms() -> "Forms":
        from smartclient.services.forms import Adviser, Forms, Library

        def adviser() -> Adviser:
            installed = network.installed()
            user = installed.user
            return Adviser(installed.hr, user.name, user.identification, user.cnb_number)

        def language() -> str:
            return settings.appearance().language

        return Forms(db, Library(catalogue), clock, adviser, sealing, language)

    def make_signing(forms: "Forms") -> "Signing":
        from smartclient.services.signing import Signing, SigningKeys

        def keys() -> SigningKeys:
            return SigningKeys(*sealing(), published.root())

        return Signing(db, clock, keys, forms.freeze)

    synchronisation = Synchronisation(db, clock, network.engine, network.updater, catalogue)
    places = Services(
        home=Home(db, clock, synchronisation.title_of),
        clients=Clients(
            db,
            clock,
            ids,
            recorder,
            lambda: published.information(settings.appearance().language),
            lambda: settings.appearance().language,
        ),
        documents=Documents(db, clock, synchronisation.title_of),
        search=Search(db),
        synchronisation=synchronisation,
        settings=settings,
        activation=AccountActivation(db, network.activation, device),
    )
    opening = Opening(db, clock, catalogue, network.updater)
    return AdviserServices(places, opening, make_forms, make_signing)


class Published:
    """What the services take from the verified catalogue and from the setup."""

    def __init__(
        self, catalogue: CatalogueStore, clock: Clock, configuration: Configuration
    ) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._configuration = configuration

    def information(self, language: str) -> InformationText:
        """The text of the information duty in force today; NotAllowed SC-CAT-020 without one."""
        kind = ComponentKind.CONSENT_TEXT
        component = self._catalogue.newest(kind, INFORMATION_DUTY, self._now().date())
        files = self._catalogue.consent_text(component.id, component.version)
        text = PublishedText.from_files(files)
        return InformationText(
            component.id,
            component.version,
            text.title(language),
            text.body(language),
            language,
            text.digest(language),
        )

    def authority(self) -> x509.Certificate:
        """Whom biometrics are sealed for: the certificate inside the signing component."""
        newest = self._catalogue.newest(ComponentKind.SIGNER, SIGNING_COMPONENT, self._now().date())
        return x509.load_pem_x509_certificate(self._catalogue.files(newest)[AUTHORITY_FILE])

    def root(self) -> x509.Certificate:
        """The root under which signed documents are verified."""
        return x509.load_pem_x509_certificate(self._configuration.document_root.read_bytes())

    def _now(self) -> datetime:
        return self._clock.now().astimezone(PRAGUE)
