"""A connection to the insurer: only the pinned authority counts, and nothing is tried twice.

The environment may name a proxy for the way to the insurer, never for this computer itself, and it
may name no credentials and no authority: a `.netrc` would otherwise replace our token, and a bundle
named by a variable our pinned root.
"""

import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import urllib3

if TYPE_CHECKING:
    import requests


def open_pool(address: str, authority: Path, most: int = 1) -> urllib3.HTTPConnectionPool:
    """Connections to one https address, so many of them kept open between calls.

    urllib3 alone: `requests` on top of it takes twice as long for a small call, and nothing that
    it adds is used here.
    """
    parts, pinned = urlsplit(address), str(authority)
    proxy = "" if is_this_computer(parts.hostname or "") else _proxy_for(address)
    if proxy:
        through = urllib3.ProxyManager(
            proxy, cert_reqs="CERT_REQUIRED", ca_certs=pinned, maxsize=most
        )
        return through.connection_from_url(address)
    return urllib3.HTTPSConnectionPool(
        parts.hostname or "", parts.port, cert_reqs="CERT_REQUIRED", ca_certs=pinned, maxsize=most
    )


def _proxy_for(address: str) -> str:
    """The proxy that the environment names for the address; empty for none."""
    from requests import utils  # knows the ways of every system to name one

    proxies = utils.get_environ_proxies(address)
    return utils.select_proxy(address, proxies) or ""


def open_session(address: str, authority: Path | None) -> "requests.Session":
    """A session for one address; without an `authority` the system's own are trusted."""
    import requests
    from requests import adapters

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
