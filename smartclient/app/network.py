"""What speaks with the server: activation, the exchange of records, the catalogue's updates.

Each is made at its first use, because it pulls in the network's libraries.
"""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import smartclient
from smartclient.app.configuration import Configuration
from smartclient.app.storage import Storage
from smartclient.domain.clock import Clock
from smartclient.domain.errors import NotAllowed
from smartclient.sync.activation import INSTALLED

if TYPE_CHECKING:
    from collections.abc import Callable

    from smartclient.sync.activation.activation import Activation
    from smartclient.sync.activation.installed import Installed
    from smartclient.sync.exchange.engine import Engine
    from smartclient.sync.exchange.http_transport import HttpTransport
    from smartclient.sync.updates.answers import AppAnswer
    from smartclient.sync.updates.updater import CatalogueUpdater
    from smartclient.wire.transport import Reply, Request, Transport


class Network:
    """The laptop's connections to one back office, over the pinned authority alone."""

    def __init__(self, configuration: Configuration, storage: Storage, clock: Clock) -> None:
        self._configuration = configuration
        self._storage = storage
        self._clock = clock

    @cached_property
    def transport(self) -> "Transport":
        """The connection to the server."""
        return _AtFirstCall(self._configuration.server, self._configuration.server_ca)

    @cached_property
    def _activation(self) -> "Activation":
        from secrets import token_bytes

        from cryptography import x509

        from smartclient.app.seal_keys import seal_key_places
        from smartclient.sync.activation.activation import Activation

        root = x509.load_pem_x509_certificate(self._configuration.document_root.read_bytes())
        return Activation(
            self.transport,
            self._storage.keys,
            root,
            self._clock,
            random=token_bytes,
            places=seal_key_places(self._configuration.seal_key),
        )

    def activation(self) -> "Activation":
        """Activation by HR number."""
        return self._activation

    def kept_activation(self) -> bytes | None:
        """What activation gave this install, as it is kept; None before it."""
        return self._storage.keys.get(INSTALLED)

    def installed(self) -> "Installed":
        """This install as it was activated; NotAllowed SC-PROG-005 before that."""
        installed = self._activation.installed
        if installed is None:
            raise NotAllowed("SC-PROG-005")
        return installed

    @cached_property
    def _engine(self) -> "Engine":
        from secrets import token_bytes

        from smartclient.sync.exchange.engine import Engine

        return Engine(
            self._storage.db,
            self.transport,
            self.installed().identity(),
            clock=self._clock,
            random=token_bytes,
            version=smartclient.__version__,
        )

    def engine(self) -> "Engine":
        """The exchange of records."""
        return self._engine

    @cached_property
    def _updater(self) -> "CatalogueUpdater":
        from smartclient.sync.updates.fetching import HttpFetch
        from smartclient.sync.updates.updater import CatalogueUpdater, Source

        configuration = self._configuration
        address = f"{configuration.server}/v1/catalogue"
        source = Source(
            f"{address}/metadata/", f"{address}/targets/", configuration.catalogue_root.read_bytes()
        )
        return CatalogueUpdater(
            configuration.catalogue,
            source,
            HttpFetch(configuration.server_ca),
            self._clock,
            smartclient.__version__,
        )

    def updater(self) -> "CatalogueUpdater":
        """The catalogue's updates."""
        return self._updater

    def check_app(self) -> "AppAnswer":
        """Whether there is a newer version of the application."""
        return self._updater.check_app()


class _AtFirstCall:
    """The connection, made when something is sent: who only asks what is known needs none."""

    def __init__(self, server: str, authority: Path) -> None:
        self._server, self._authority = server, authority

    @cached_property
    def _transport(self) -> "HttpTransport":
        from smartclient.sync.exchange.http_transport import HttpTransport

        return HttpTransport(self._server, self._authority)

    def send(self, request: "Request") -> "Reply":
        """Carry one request; raises as `HttpTransport.send`."""
        return self._transport.send(request)

    def begin(self, request: "Request") -> "Callable[[], Reply]":
        """Carry one request beside the caller, as `HttpTransport.begin`."""
        return self._transport.begin(request)
