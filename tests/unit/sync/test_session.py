"""A connection to the insurer takes nothing from its surroundings but a proxy."""

from pathlib import Path

import pytest

from smartclient.sync.session import is_this_computer, open_session

ELSEWHERE = "https://smartclient.example"


def test_that_no_variable_replaces_the_pinned_authority(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(variable, str(tmp_path / "theirs.pem"))
    with open_session(ELSEWHERE, tmp_path / "ours.pem") as session:
        settings = session.merge_environment_settings(ELSEWHERE, {}, None, None, None)
    assert settings["verify"] == str(tmp_path / "ours.pem")


def test_that_a_proxy_is_used_for_the_insurer_and_never_for_this_computer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    with open_session(ELSEWHERE, None) as far, open_session("https://localhost:8443", None) as near:
        assert far.proxies["https"] == "http://proxy.example:3128"
        assert not near.proxies


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("", False)],
)
def test_that_the_loopback_is_this_computer(host: str, expected: bool) -> None:
    assert is_this_computer(host) is expected
