"""The real back office as a process of its own: `serve` over TLS on loopback, with its own home."""

import json
import os
import subprocess
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from cryptography.hazmat.primitives.asymmetric import ec

from certs import practice
from smartclient.backoffice.founding import Founding, found
from smartclient.backoffice.home import Home, Settings
from smartclient.backoffice.mail_settings import MailSettings, MailWay
from smartclient.backoffice.opening import Opened, opened
from smartclient.backoffice.operations.partners import Partner, save_partners
from smartclient.domain.clock import SystemClock
from smartclient.domain.ids import HrNumber
from smartclient.domain.mode import Mode
from smartclient.wire import encoding
from smartclient.wire.admission import (
    NONCE_BYTES,
    ActivateReply,
    ActivateRequest,
    activation_challenge,
)
from smartclient.wire.transport import Transport
from tests.simulators.inprocess import (
    ADVISER,
    SERVER_NAME,
    Installed,
    certificate_request,
    json_request,
)

HR = HrNumber("90012345")
ROOT = Path(__file__).parents[2]


def environment(source: Path, scratch: Path) -> dict[str, str]:
    """Of a child process that runs the program lying there; what it compiles is kept for others."""
    own = {"PYTHONUTF8": "1", "SMARTCLIENT_MODE": "practice", "PYTHONPATH": str(source)}
    kept = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(scratch / "compiled")}
    return {**os.environ, **own, **kept}


@dataclass(slots=True)
class OfficeProcess:
    """Made in a folder; a context in which it serves."""

    folder: Path
    source: Path = ROOT
    """Where the program that serves lies; a test may have changed a copy."""
    database: str = ""
    """The address of an empty database; SQLite in the home without one."""
    address: str = ""
    _serving: subprocess.Popen[str] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not self.home.folder.exists():
            practice.make(self.certificates, mode=Mode.PRACTICE, clock=SystemClock())
            self.home.folder.mkdir(parents=True)
            if self.database:
                mail = MailSettings(MailWay.FILE, "office@localhost")
                batches = str(self.folder / "batches")
                told = Settings(Mode.PRACTICE, SERVER_NAME, "", self.database, batches, mail)
                self.home.write_settings(told)
            founding = Founding(self.certificates, None, self.folder / "batches")
            found(self.home, founding, Mode.PRACTICE, os.urandom)
            with self.office() as office, office.office.writing() as desk:
                save_partners(desk, [Partner(HR, "Partner", "", language="en")])

    @property
    def certificates(self) -> Path:
        """The insurer's practice keys."""
        return self.folder / "certs"

    @property
    def root(self) -> Path:
        """What laptops trust."""
        return self.certificates / "root.pem"

    @property
    def home(self) -> Home:
        """Where the server keeps everything."""
        return Home(self.folder / "office")

    def office(self) -> AbstractContextManager[Opened]:
        """A second look at the same database, from the test's process."""
        return opened(self.home, Mode.PRACTICE, SystemClock())

    def start(self, port: int = 0) -> None:
        """Serve; returns when connections are taken."""
        log = (self.folder / "serve.log").open("ab")
        with log:
            self._serving = subprocess.Popen(
                [sys.executable, "-m", *self.command(port)],
                cwd=self.source,
                env=environment(self.source, self.folder.parent),
                stdout=subprocess.PIPE,
                stderr=log,
                stdin=subprocess.DEVNULL,
                text=True,
            )
        assert self._serving.stdout is not None
        said = self._serving.stdout.readline()
        assert said, (self.folder / "serve.log").read_text("utf-8")[-2000:]
        self.address = json.loads(said)["listening"]

    def command(self, port: int) -> list[str]:
        """The module that serves, and its arguments."""
        home = str(self.home.folder)
        return ["smartclient.backoffice", "--home", home, "serve", "--port", str(port)]

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.address.rpartition(":")[2])

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._serving is not None:
            self._serving.kill()
            self._serving.communicate()
            self._serving = None

    def has_died(self) -> bool:
        """Whether it ended by itself."""
        return self._serving is not None and self._serving.poll() is not None

    def log(self) -> str:
        """What it logged."""
        return (self.folder / "serve.log").read_text("utf-8")

    def activate(self, transport: Transport) -> Installed:
        """A new install of a new person, by the route that laptops use."""
        install_key, seal_key = (ec.generate_private_key(ec.SECP256R1()) for _ in "is")
        nonce = os.urandom(NONCE_BYTES)
        challenge = activation_challenge(nonce, HR, ADVISER)
        message = ActivateRequest(
            HR,
            ADVISER,
            certificate_request(install_key, challenge),
            certificate_request(seal_key, challenge),
            nonce,
        )
        reply = transport.send(json_request("/v1/activate", message.to_json()))
        assert reply.status == 200, reply
        return Installed(ActivateReply.from_json(encoding.parse(reply.body)), install_key, seal_key)

    def __enter__(self) -> "OfficeProcess":
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.kill()
