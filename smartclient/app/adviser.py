"""The services of one adviser's laptop, built on storage, network and the verified catalogue.

Each is made at its first use: what the first page does not need is not imported before it stands.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import smartclient
from smartclient.app.configuration import Configuration
from smartclient.app.network import Network
from smartclient.app.storage import Storage
from smartclient.domain.clock import Clock
from smartclient.domain.ids import IdSource
from smartclient.domain.lock_time import PRAGUE
from smartclient.services.activation import AccountActivation
from smartclient.services.home import Home
from smartclient.services.settings import Settings
from smartclient.services.synchronisation import Synchronisation

if TYPE_CHECKING:
    from cryptography import x509

    from smartclient.documents.keys import SealKey
    from smartclient.ink.quality import Limits
    from smartclient.services.clients import ClientMatters, Clients, InformationText, Recorder
    from smartclient.services.documents import Documents
    from smartclient.services.forms import Adviser, Forms
    from smartclient.services.opening import Opening
    from smartclient.services.search import Search
    from smartclient.services.signing import Signing, SigningKeys
    from smartclient.services.support import Support
    from smartclient.sync.updates.store import CatalogueStore

INFORMATION_DUTY = "proc"
SIGNING_COMPONENT = "pcs-signosoft"
AUTHORITY_FILE = "authority.pem"


class Foundation:
    """What all services of this laptop stand on, and who works here."""

    def __init__(
        self,
        configuration: Configuration,
        storage: Storage,
        network: Network,
        clock: Clock,
        ids: IdSource,
    ) -> None:
        self.configuration = configuration
        self.db, self.network = storage.db, network
        self.clock, self.ids = clock, ids

    @cached_property
    def catalogue(self) -> "CatalogueStore":
        """The verified catalogue."""
        from smartclient.app.signing_part import unusable_kinds
        from smartclient.sync.updates.store import CatalogueStore

        return CatalogueStore(self.configuration.catalogue, unusable_kinds())

    @cached_property
    def published(self) -> "Published":
        """What the services take from the catalogue."""
        return Published(self.catalogue, self.clock, self.configuration)

    def recorder(self) -> "Recorder":
        """Who records a consent, on what, and whether by a clock that the server confirms."""
        from smartclient.services.clients import Recorder

        installed = self.network.installed()
        return Recorder(
            installed.user.name,
            installed.reply.install,
            installed.device,
            self.network.engine().server_clock.is_uncertain(),
        )

    def install_id(self) -> str:
        """The id of this install; empty before its activation."""
        if self.network.kept_activation() is None:
            return ""
        return self.network.installed().reply.install

    def adviser(self) -> "Adviser":
        """Who makes a document."""
        from smartclient.services.forms import Adviser

        installed = self.network.installed()
        user = installed.user
        return Adviser(installed.hr, user.name, user.identification, user.cnb_number)

    def sealing(self) -> "tuple[SealKey, x509.Certificate]":
        """What documents are sealed with, and whom biometrics are sealed for."""
        return self.network.installed().seal_key(), self.published.authority()


class Places:
    """What the main window's own pages need (`ui.page_shelf.Services`)."""

    def __init__(self, base: Foundation) -> None:
        self._base = base

    @cached_property
    def home(self) -> Home:
        """The day."""
        return Home(self._base.db, self._base.clock, self.synchronisation.title_of)

    @cached_property
    def clients(self) -> "Clients":
        """The clients."""
        from smartclient.services.clients import Clients

        base = self._base
        return Clients(
            base.db,
            base.clock,
            base.ids,
            base.recorder,
            lambda: base.published.information(self.language()),
            self.language,
        )

    @cached_property
    def matters(self) -> "ClientMatters":
        """What belongs to a client besides its fields."""
        from smartclient.services.clients import ClientMatters

        base = self._base
        return ClientMatters(base.db, base.clock, base.network.engine, self.language)

    @cached_property
    def documents(self) -> "Documents":
        """The documents."""
        from smartclient.services.documents import Documents

        return Documents(self._base.db, self._base.clock, self.synchronisation.title_of)

    @cached_property
    def search(self) -> "Search":
        """The search."""
        from smartclient.services.search import Search

        return Search(self._base.db)

    @cached_property
    def synchronisation(self) -> Synchronisation:
        """The exchange with the server."""
        base = self._base
        network = base.network
        return Synchronisation(
            base.db, base.clock, network.engine, network.updater, lambda: base.catalogue
        )

    @cached_property
    def settings(self) -> Settings:
        """What a person may set."""
        return Settings(self._base.db, smartclient.__version__, self._base.network.check_app)

    @cached_property
    def support(self) -> "Support":
        """What the help desk gets."""
        from smartclient.services.support import Install, Support

        base = self._base
        install = Install(base.install_id, smartclient.__version__, base.configuration.log)
        return Support(
            base.db,
            base.clock,
            install,
            lambda: base.catalogue.current,
            lambda: base.network.engine().unsent_package(),
        )

    @cached_property
    def activation(self) -> AccountActivation:
        """Whose install this is."""
        network = self._base.network
        return AccountActivation(
            self._base.db, network.activation, network.kept_activation, _this_computer
        )

    def language(self) -> str:
        """The language that was chosen."""
        return self.settings.appearance().language


class AdviserServices:
    """Everything an adviser does; `places` is what the main window's own pages need."""

    def __init__(self, base: Foundation) -> None:
        self._base = base
        self.places = Places(base)

    @property
    def signing_component(self) -> Callable[[], Mapping[str, bytes]]:
        """What gives the verified files of the signing component; see `Published`."""
        return self._base.published.signing_component

    @cached_property
    def opening(self) -> "Opening":
        """What is looked at before a document opens."""
        from smartclient.services.opening import Opening

        base = self._base
        until = self.places.synchronisation.until
        return Opening(base.db, base.clock, until, base.catalogue, base.network.updater)

    @cached_property
    def forms(self) -> "Forms":
        """The forms of this install."""
        from smartclient.services.forms import Forms, Library

        base = self._base
        return Forms(
            base.db,
            Library(base.catalogue),
            base.clock,
            base.adviser,
            base.sealing,
            self.places.language,
            base.network.engine,
        )

    @cached_property
    def signing(self) -> "Signing":
        """The signing of its documents."""
        from smartclient.dossier.signing_rules import SigningRules
        from smartclient.services.signing import Signing, SigningKeys

        def keys() -> "SigningKeys":
            return SigningKeys(*self._base.sealing(), self._base.published.root())

        def limits() -> "Limits":
            return SigningRules.from_files(self._base.published.signing_component()).limits

        return Signing(self._base.db, self._base.clock, keys, self.forms.freeze, limits)


def _this_computer() -> str:
    import platform

    return platform.node()[:60]


class Published:
    """What the services take from the verified catalogue and from the setup."""

    def __init__(
        self, catalogue: "CatalogueStore", clock: Clock, configuration: Configuration
    ) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._configuration = configuration

    def information(self, language: str) -> "InformationText":
        """The text of the information duty in force today; NotAllowed SC-CAT-020 without one."""
        from smartclient.services.clients import InformationText
        from smartclient.wire.catalogue import ComponentKind
        from smartclient.wire.published_text import PublishedText

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

    def authority(self) -> "x509.Certificate":
        """Whom biometrics are sealed for: a certificate inside the signing component.

        Raises as `ink.authority` when none of them may be used now.
        """
        from smartclient.ink.authority import authority_of

        pem = self.signing_component()[AUTHORITY_FILE]
        return authority_of(pem, self._clock.now(), self._configuration.mode)

    def signing_component(self) -> Mapping[str, bytes]:
        """The verified files of the signing component; NotAllowed SC-CAT-020 without one."""
        from smartclient.wire.catalogue import ComponentKind

        newest = self._catalogue.newest(ComponentKind.SIGNER, SIGNING_COMPONENT, self._now().date())
        return self._catalogue.files(newest)

    def root(self) -> "x509.Certificate":
        """The root under which signed documents are verified."""
        from cryptography import x509

        return x509.load_pem_x509_certificate(self._configuration.document_root.read_bytes())

    def _now(self) -> datetime:
        return self._clock.now().astimezone(PRAGUE)
