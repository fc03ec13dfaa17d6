"""A connection to the insurer: only the pinned authority counts, and nothing is tried twice.

The environment may name a proxy for the way to the insurer, never for this computer itself, and it
may name no credentials and no authority: a `.netrc` would otherwise replace our token, and a bundle
named by a variable our pinned root.
"""

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests import adapters


def open_session(address: str, authority: Path | None) -> requests.Session:
    """A session for one address; without an `authority` the system's own are trusted."""
    session = requests.Session()
    session.trust_env = False
    session.verify = str(authority) if authority else True
    session.headers.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapters.HTTPAdapter(max_retries=0))
    if not is_this_computer(urlsplit(address).hostname or ""):
        session.proxies = requests.utils.get_environ_proxies(address)
    return session


def is_this_computer(host: str) -> bool:
    """Whether a name or an address of the loopback interface is meant."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
