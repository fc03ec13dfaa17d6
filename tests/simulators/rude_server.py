"""A server over TLS on loopback that answers with exactly the bytes it was told to, or not at all."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.simulators.listening import Listener, is_whole


def make_certificate(folder: Path) -> Path:
    """A certificate for localhost that is its own authority; key and certificate in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "localhost.pem"
    file.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    return file


class RudeServer:
    """Takes one connection after another; `answer` is sent to each request as it is.

    An empty answer ends the connection without a word; None keeps silent until the end.
    """

    def __init__(self, certificate: Path, *, plain: bool = False) -> None:
        self.answer: bytes | None = b""
        self.heard: list[bytes] = []
        self._plain = plain
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(certificate)
        self._listener = Listener(self._take)

    @property
    def address(self) -> str:
        """Where it listens."""
        return self._listener.address

    def __enter__(self) -> "RudeServer":
        self._listener.begin()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._listener.end()

    def _take(self, taken: socket.socket) -> None:
        try:
            self._talk(taken)
        except OSError:
            pass  # the other side went away, or does not trust us
        finally:
            taken.close()

    def _talk(self, taken: socket.socket) -> None:
        taken.settimeout(10)
        if self._plain:
            taken.recv(65_536)
            taken.sendall(self.answer or b"")
            return
        with self._context.wrap_socket(taken, server_side=True) as secure:
            self.heard.append(_request(secure))
            if self.answer is None:
                self._listener.over.wait(10)
                return
            secure.sendall(self.answer)


def _request(secure: ssl.SSLSocket) -> bytes:
    """The whole request: bytes left unread would end the connection before the answer arrives."""
    received = b""
    while not is_whole(received):
        more = secure.recv(65_536)
        if not more:
            break
        received += more
    return received
