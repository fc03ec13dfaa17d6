"""Where the operating system keeps the secret that opens the key ring.

`KeyringSecret` uses Credential Manager, the Secret Service, KWallet or the macOS keychain and no
other back end, so that no secret ends in a plain file unnoticed. `PracticeSecret` is such a file,
says so in its name, and is refused in production. The library is imported when it is first asked:
it looks for every back end then.
"""

from pathlib import Path
from typing import Protocol, cast

from smartclient.domain.errors import NotAllowed, Unreachable
from smartclient.domain.mode import Mode
from smartclient.store.durable import write_durably
from smartclient.store.refusals import refusing

SERVICE = "SmartClient"


class OsSecret(Protocol):
    """A place outside our files that keeps a text for this user of this machine."""

    def get(self, name: str) -> str | None:
        """The secret kept under `name`, None when there is none."""

    def set(self, name: str, secret: str) -> None:
        """Keep a secret under `name`."""


class _Backend(Protocol):
    """What we use of a back end of the library `keyring`."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...


_TRUSTED = (
    "keyring.backends.Windows",
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
)


class KeyringSecret:
    """The operating system's own store.

    Every call raises Unreachable: SC-STORE-040 (this system has none), SC-STORE-041 (it is locked),
    SC-STORE-042 (it failed).
    """

    def __init__(self, backend: _Backend | None = None) -> None:
        self._backend = _system_backend() if backend is None else backend

    def get(self, name: str) -> str | None:
        """The secret kept under `name`, None when there is none."""
        try:
            return self._backend.get_password(SERVICE, name)
        except Exception as fault:
            raise _refusal_of(fault) from fault

    def set(self, name: str, secret: str) -> None:
        """Keep a secret under `name`."""
        try:
            self._backend.set_password(SERVICE, name, secret)
        except Exception as fault:
            raise _refusal_of(fault) from fault


def _refusal_of(fault: Exception) -> Unreachable:
    """Back ends raise what their platform raises, so every fault of theirs becomes a refusal."""
    from keyring import errors

    if isinstance(fault, errors.NoKeyringError):
        return Unreachable("SC-STORE-040")
    if isinstance(fault, errors.KeyringLocked):
        return Unreachable("SC-STORE-041")
    return Unreachable("SC-STORE-042")


def _system_backend() -> _Backend:
    from keyring import get_keyring

    found = get_keyring()
    chained = getattr(found, "backends", None)
    for backend in [found] if chained is None else chained:
        if type(backend).__module__.startswith(_TRUSTED):
            if hasattr(backend, "persist"):
                # The Windows default roams with the profile; the database does not.
                backend.persist = "local machine"
            return cast("_Backend", backend)
    raise Unreachable("SC-STORE-040")


class PracticeSecret:
    """A plain file beside the data, for practice and tests only."""

    def __init__(self, folder: Path, mode: Mode) -> None:
        """Raises NotAllowed SC-STORE-046 in production."""
        if mode is Mode.PRODUCTION:
            raise NotAllowed("SC-STORE-046")
        self._folder = folder

    def get(self, name: str) -> str | None:
        """The secret kept under `name`, None when there is none."""
        try:
            return self._file(name).read_text("ascii")
        except FileNotFoundError:
            return None

    def set(self, name: str, secret: str) -> None:
        """Keep a secret under `name`."""
        with refusing():
            self._folder.mkdir(parents=True, exist_ok=True)
            write_durably(self._file(name), secret.encode("ascii"))

    def _file(self, name: str) -> Path:
        return self._folder / f"practice-secret-{name}"
