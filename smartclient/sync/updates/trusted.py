"""The TUF client workflow, by python-tuf, over our own fetch; its refusals in our codes.

Import this module only when an update is asked for: tuf takes a fifth of a second to import.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.metadata import TargetFile
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface

from smartclient.domain.clock import Clock
from smartclient.domain.errors import (
    Damaged,
    NotAllowed,
    Refused,
    SmartClientError,
    Unreachable,
)
from smartclient.sync.updates.fetching import Fetch
from smartclient.sync.updates.store import full_disk_named

CLOCK_TOLERANCE = timedelta(minutes=30)
"""A laptop clock that differs more from the server's is named as the likely cause of an expiry."""

OK = 200

_LOG = logging.getLogger(__name__)


class TrustedRepository:
    """One look at a repository: whatever it gives was signed by whom the root names.

    Raises Refused SC-CAT-010 (signatures), SC-CAT-011 (older than known), SC-CAT-012 (expired),
    SC-CAT-013 (expired, and the laptop's clock is wrong), SC-CAT-014 (endless), SC-CAT-015
    (content), SC-CAT-016 (broken); Unreachable SC-CAT-001 and SC-CAT-003; NotAllowed SC-CAT-004
    when stopped; Damaged SC-CAT-005 when the folder cannot be used; NoSpace SC-PROG-003.
    """

    def __init__(
        self,
        metadata: Path,
        address: str,
        root: bytes | None,
        fetch: Fetch,
        clock: Clock,
        *,
        targets_address: str = "",
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """`root` is the one compiled in; None trusts the root that an earlier `init` stored."""
        self._clock = clock
        self._fetcher = _Fetcher(fetch, cancelled)
        metadata.mkdir(parents=True, exist_ok=True)
        with self._refusing("root.json"):
            self._updater = Updater(
                str(metadata),
                address,
                target_base_url=targets_address or None,
                fetcher=self._fetcher,
                bootstrap=root,
            )

    def refresh(self) -> None:
        """Bring root, timestamp, snapshot and targets up to date, in this order."""
        with self._refusing("metadata"):
            self._updater.refresh()

    def find(self, path: str) -> TargetFile | None:
        """What the role in charge of the path signed for it; None when it signed nothing."""
        with self._refusing(path):
            return self._updater.get_targetinfo(path)

    def download(self, target: TargetFile, into: Path) -> Path:
        """Fetch a target into a folder, unless it is there already; returns the file.

        The file appears whole or not at all.
        """
        into.mkdir(parents=True, exist_ok=True)
        final = into / quote(target.path, "")
        with self._refusing(target.path):
            if self._updater.find_cached_target(target, str(final)):
                return final
            partial = into / (final.name + ".partial")
            try:
                self._updater.download_target(target, str(partial))
                partial.replace(final)
            finally:
                partial.unlink(missing_ok=True)
        return final

    @contextmanager
    def _refusing(self, what: str) -> Iterator[None]:
        try:
            with full_disk_named():
                yield
        except (RepositoryError, DownloadError) as failure:
            refusal = self._refusal(failure, what)
            _LOG.info("update of %s: %s", what, refusal.code)
            raise refusal from failure
        except OSError as failure:
            raise Damaged("SC-CAT-005") from failure

    def _refusal(self, failure: RepositoryError | DownloadError, what: str) -> SmartClientError:
        cause = failure.__cause__
        match failure:
            case DownloadHTTPError():
                return Unreachable("SC-CAT-003", status=failure.status_code)
            case DownloadLengthMismatchError():
                return Refused("SC-CAT-014", file=what)
            case DownloadError():
                return cause if isinstance(cause, SmartClientError) else Unreachable("SC-CAT-001")
            case ExpiredMetadataError():
                return self._expired()
            case BadVersionNumberError():
                return Refused("SC-CAT-011")
            case UnsignedMetadataError():
                return Refused("SC-CAT-010")
            case LengthOrHashMismatchError():
                return Refused("SC-CAT-015", file=what)
            case _:
                return Refused("SC-CAT-016", file=what)

    def _expired(self) -> SmartClientError:
        """The server's clock decides nothing; it only tells which of two causes is likely."""
        told = self._fetcher.server_time
        if told and abs(told - self._clock.now()) > CLOCK_TOLERANCE:
            return Refused("SC-CAT-013", server_time=told.strftime("%d. %m. %Y %H:%M UTC"))
        return Refused("SC-CAT-012")


class _Fetcher(FetcherInterface):
    """Our fetch in the shape that python-tuf asks for."""

    def __init__(self, fetch: Fetch, cancelled: Callable[[], bool]) -> None:
        self._ask = fetch
        self._cancelled = cancelled
        self.server_time: datetime | None = None

    def _fetch(self, url: str) -> Iterator[bytes]:
        fetched = self._ask(url)
        self.server_time = fetched.server_time or self.server_time
        if fetched.status != OK:
            raise DownloadHTTPError(f"status {fetched.status}", fetched.status)
        return self._until_cancelled(fetched.chunks)

    def _until_cancelled(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            if self._cancelled():
                raise NotAllowed("SC-CAT-004")
            yield chunk
