"""The deploy files: what can be checked of them without starting them on a machine of their own."""

import argparse
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from smartclient.backoffice.commands import backup, init, serve, worker
from smartclient.wire.messages import JsonObject, mapping

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "docs" / "deploy"
UNITS = (
    "smartclient-office@.service",
    "smartclient-worker.service",
    "smartclient.target",
    "smartclient-backup.service",
    "smartclient-backup.timer",
)


@pytest.fixture(scope="module")
def compose() -> JsonObject:
    """The compose file as it is read."""
    read = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return mapping(read, "compose")


@pytest.fixture(scope="module")
def program() -> argparse.ArgumentParser:
    """The commands that the files call."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("--home", type=Path)
    subparsers = parser.add_subparsers(required=True)
    for command in (backup, init, serve, worker):
        command.register(subparsers)
    return parser


def test_that_every_command_of_the_compose_file_is_one_of_the_program(
    compose: JsonObject, program: argparse.ArgumentParser
) -> None:
    called = [
        [str(word) for word in command]
        for name, service in mapping(compose["services"]).items()
        if name in ("office-1", "office-2", "worker", "init")
        and isinstance(command := mapping(service)["command"], list)
    ]
    assert len(called) == 4
    for words in called:
        program.parse_args(words)


def test_that_everything_a_service_names_is_declared(compose: JsonObject) -> None:
    services = mapping(compose["services"])
    for name, service in services.items():
        fields = mapping(service)
        assert set(_names(fields.get("secrets"))) <= mapping(compose["secrets"]).keys(), name
        assert set(_names(fields.get("networks"))) <= mapping(compose["networks"]).keys(), name
        assert set(_names(fields.get("depends_on"))) <= services.keys(), name
        volumes = [each.partition(":")[0] for each in _names(fields.get("volumes"))]
        ours = [each for each in volumes if not each.startswith((".", "$"))]
        assert set(ours) <= mapping(compose["volumes"]).keys(), name


def test_that_no_secret_stands_in_a_file() -> None:
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            written = path.read_text(encoding="utf-8").lower()
            assert "password =" not in written, path.name
            assert "secret_access_key =" not in written, path.name


@pytest.mark.parametrize(
    "secret",
    [
        "docs/deploy/secrets/pgpass",
        "docs/deploy/secrets/server-key.pem",
        ".git/config",
        ".venv/bin/python",
        ".practice/office/keys/office.key",
    ],
)
def test_that_no_layer_of_the_image_holds(secret: str) -> None:
    """The guide has the secrets made inside of what the image is built from."""
    assert not _reaches_the_builder(secret)
    assert not [each for each in _copied() if f"{secret}/".startswith(f"{each}/") or each == "."]


def test_that_the_image_gets_what_it_is_built_from() -> None:
    ignored = ("__pycache__", ".mo")
    sources = _copied()
    assert {"requirements.lock", "pyproject.toml", "smartclient"} <= set(sources)
    for source in sources:
        place = ROOT / source
        assert place.exists(), source
        for file in place.rglob("*") if place.is_dir() else (place,):
            if file.is_file() and not any(each in str(file) for each in ignored):
                assert _reaches_the_builder(file.relative_to(ROOT).as_posix()), file.name


def _copied() -> list[str]:
    written = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    lines = [
        line.split()[1:-1] for line in written.splitlines() if line.startswith(("COPY", "ADD"))
    ]
    return [source for line in lines for source in line]


def _reaches_the_builder(path: str) -> bool:
    """By the rules of .dockerignore: the last that fits the path, or a folder above it, decides."""
    written = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    reaches = True
    for line in written.splitlines():
        rule = line.strip()
        if rule and not rule.startswith("#"):
            named = re.escape(rule.removeprefix("!"))
            shape = named.replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
            if re.match(f"{shape}(/|$)", path):
                reaches = rule.startswith("!")
    return reaches


def test_that_every_command_of_the_units_is_one_of_the_program(
    program: argparse.ArgumentParser,
) -> None:
    called: dict[str, argparse.Namespace] = {}
    for unit in UNITS:
        written = (DEPLOY / "systemd" / unit).read_text(encoding="utf-8")
        for line in written.replace("%i", "8443").splitlines():
            if line.startswith("ExecStart="):
                words = shlex.split(line.removeprefix("ExecStart="))
                if words[:2] == ["/bin/sh", "-c"]:
                    words = shlex.split(words[2].removeprefix("exec "))
                assert words[0].endswith("/bin/smartclient-backoffice")
                called[unit] = program.parse_args(words[1:])
    assert len(called) == 3
    served = called["smartclient-office@.service"]
    assert (served.port, served.metrics_port, served.metrics_host) == (8443, 18443, "127.0.0.1")


def test_that_the_guide_installs_every_unit() -> None:
    there = {path.name for path in (DEPLOY / "systemd").glob("smartclient*.*")}
    assert there == set(UNITS)
    guide = (ROOT / "docs" / "guides" / "administrator.md").read_text(encoding="utf-8")
    for suffix in {Path(unit).suffix for unit in UNITS}:
        assert f"docs/deploy/systemd/*{suffix}" in guide
    assert "smartclient-backup.timer" in guide


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_that_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        written = (DEPLOY / "systemd" / unit).read_text(encoding="utf-8")
        program = tmp_path / "smartclient-backoffice"
        program.write_text("#!/bin/sh\n", encoding="utf-8")
        program.chmod(0o755)
        place = "/opt/smartclient/.venv/bin/smartclient-backoffice"
        named = unit.replace("@.", "@8443.")
        (tmp_path / named).write_text(written.replace(place, str(program)), encoding="utf-8")
    units = [tmp_path / unit.replace("@.", "@8443.") for unit in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("sh") is None, reason="no shell here")
def test_that_a_typed_command_runs_as_the_services_do(tmp_path: Path) -> None:
    """With the settings of their environment file, as their account."""
    written = (DEPLOY / "systemd" / "smartclient-backoffice").read_text(encoding="utf-8")
    unit = (DEPLOY / "systemd" / UNITS[1]).read_text(encoding="utf-8")
    program, environment = "/opt/smartclient/.venv/bin/smartclient-backoffice", "office.env"
    assert program in unit
    assert f"EnvironmentFile=/etc/smartclient/{environment}" in unit
    (tmp_path / environment).write_text("SMARTCLIENT_MODE=production\n", encoding="utf-8")
    told = {"program": '#!/bin/sh\necho "$SMARTCLIENT_MODE $*"\n'}
    told["runuser"] = '#!/bin/sh\necho "$2"\nshift 3\nexec "$@"\n'
    told["typed"] = written.replace(program, str(tmp_path / "program")).replace(
        f"/etc/smartclient/{environment}", str(tmp_path / environment)
    )
    for name, content in told.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        [tmp_path / "typed", "--home", "/var/lib/smartclient", "office", "list"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "smartclient",
        "production --home /var/lib/smartclient office list",
    ]


@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx here")
def test_that_the_proxy_understands_its_settings(tmp_path: Path) -> None:
    settings = tmp_path / "nginx.conf"
    _certificates(tmp_path)
    written = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for name in ("office-1", "office-2"):
        written = written.replace(name, "127.0.0.1")
    settings.write_text(written.replace("/run/secrets/", f"{tmp_path}/"), encoding="utf-8")
    done = subprocess.run(
        ["nginx", "-t", "-q", "-c", settings, "-g", f"pid {tmp_path}/pid; error_log stderr;"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def _certificates(folder: Path) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    made += ["-nodes", "-subj", "/CN=localhost", "-days", "1"]
    made += ["-keyout", str(folder / "server_key"), "-out", str(folder / "server_certificate")]
    subprocess.run(made, check=True, capture_output=True)
    shutil.copy(folder / "server_certificate", folder / "root_certificate")


def _names(value: object) -> Iterator[str]:
    if isinstance(value, (list, dict)):
        yield from (str(each) for each in value)
