"""The list of revoked seals, as anybody fetches it who checks a document."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import update

from smartclient.backoffice.tables import schema
from smartclient.documents.revocation import is_list_of, revoked_at
from smartclient.wire.encoding import DIGEST_HEADER, content_digest
from smartclient.wire.transport import Request
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock


def fetched(server: InProcessServer) -> x509.CertificateRevocationList:
    reply = server.send(Request("GET", "/crl", {}, b""))
    assert (reply.status, reply.headers["content-type"]) == (200, "application/pkix-crl")
    assert reply.headers[DIGEST_HEADER.lower()] == content_digest(reply.body)
    return x509.load_der_x509_crl(reply.body)


def revoke(adviser: Adviser) -> None:
    table = schema.install
    with adviser.server.office.writing() as desk:
        of_it = table.c.id == adviser.installed.reply.install
        desk.connection.execute(update(table).where(of_it).values(revoked_at=desk.now))


def seal_of(adviser: Adviser) -> x509.Certificate:
    return x509.load_pem_x509_certificate(adviser.installed.reply.certificate_seal.encode())


def test_that_a_seal_is_listed_from_the_moment_its_install_was_revoked(
    adviser: Adviser, clock: SetClock
) -> None:
    server, seal = adviser.server, seal_of(adviser)
    assert revoked_at(seal, fetched(server)) is None
    clock.pass_time(hours=1)
    revoke(adviser)
    since = clock.now()
    clock.pass_time(hours=5)
    listed = fetched(server)
    found = revoked_at(seal, listed)
    assert found is not None
    assert abs((found - since).total_seconds()) < 1
    assert is_list_of(listed, server.issuers.document.certificate)


def test_that_the_address_in_the_seal_is_the_one_that_answers(adviser: Adviser) -> None:
    points = seal_of(adviser).extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    names = points[0].full_name
    assert names is not None
    name = names[0]
    assert isinstance(name, x509.UniformResourceIdentifier)
    assert name.value.endswith("/crl")
    assert name.value == adviser.server.issuers.crl_url


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_that_openssl_refuses_a_certificate_on_the_list(adviser: Adviser, tmp_path: Path) -> None:
    server = adviser.server
    issuer, root = server.issuers.document.certificate, server.issuers.root
    trusted = b"".join(each.public_bytes(Encoding.PEM) for each in (issuer, root))
    (tmp_path / "trusted.pem").write_bytes(trusted)
    (tmp_path / "seal.pem").write_bytes(seal_of(adviser).public_bytes(Encoding.PEM))

    def verified() -> bool:
        (tmp_path / "list.pem").write_bytes(fetched(server).public_bytes(Encoding.PEM))
        # fmt: off
        command = [
            "openssl", "verify", "-crl_check", "-partial_chain", "-purpose", "any",
            "-attime", str(int(server.clock.now().timestamp())),
            "-CAfile", str(tmp_path / "trusted.pem"), "-CRLfile", str(tmp_path / "list.pem"),
            str(tmp_path / "seal.pem"),
        ]
        # fmt: on
        done = subprocess.run(command, capture_output=True, check=False)
        return done.returncode == 0

    assert verified()
    revoke(adviser)
    assert not verified()
