"""Proxies that the environment or the system names: kept for the Internet, never between the app and itself.

Where a hospital or a company lets nothing out but through a proxy, HTTP_PROXY, HTTPS_PROXY or ALL_PROXY name it. Gradio
asks its own page before it says that it is there, through that proxy too, which cannot know this machine's address for
itself; and the client that it asks with stops over any value that it does not understand. So what is named is read
first, put right, and written back for this process and those that it starts.
"""

import os
import re
import sys
from collections.abc import Sequence
from urllib.request import getproxies, getproxies_environment

import httpx

SCHEMES = ("http", "https", "all")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_CERTIFICATES = "SSL_CERT_FILE"


def settle_proxies(own: Sequence[str] = ()) -> None:
    """Makes the proxies in the environment ones that every client understands, and keeps this machine out of them.

    A value that nothing can be made of is left out, with a warning on standard error.

    Args:
        own: addresses of this machine that the app listens on, beside those of the loopback.
    """
    _without_missing_certificates()
    named, direct = _named(), getproxies_environment().get("no", "")
    for scheme, proxy in named.items():
        usable = _usable(proxy)
        if usable is None:
            _warn(f"{scheme.upper()}_PROXY={_hidden(proxy)} is no proxy that can be used here; it is left out")
        _set(f"{scheme}_proxy", usable)
    if direct.strip() == "*":  # nothing goes through a proxy; with more beside it, not every client understands
        _set("no_proxy", "*")
    elif named or direct:
        _set("no_proxy", ",".join(dict.fromkeys([*_understood_ones(direct), *LOOPBACK, *own])))


def _named() -> dict[str, str]:
    """The proxies by scheme: the environment's, or where it names none those of the system's settings."""
    by_variable = {scheme: proxy for scheme, proxy in getproxies_environment().items() if scheme in SCHEMES}
    return by_variable or {scheme: proxy for scheme, proxy in getproxies().items() if scheme in SCHEMES}


def _usable(proxy: str) -> str | None:
    """The proxy as every client understands it; None if nothing can be made of it.

    Desktops write "socks://" for a proxy that speaks SOCKS 5, which no client knows by that name.
    """
    named = proxy.strip()
    named = named if "://" in named else f"http://{named}"
    if named.startswith("socks://"):
        named = named.replace("socks", "socks5", 1)
    try:
        httpx.Client(proxy=named, trust_env=False, verify=False).close()
        return named if httpx.URL(named).host and not re.search(r"\s", named) else None
    except (ValueError, ImportError, httpx.InvalidURL):
        return None


def _understood_ones(direct: str) -> list[str]:
    """What NO_PROXY names, but for what httpx cannot read: it stops over an IPv6 address with its mask."""
    hosts = []
    for host in dict.fromkeys(part.strip(" []") for part in direct.split(",")):
        if host and _understood(host):
            hosts.append(host)
        elif host:
            _warn(f"NO_PROXY holds {host!r}, which cannot be read here as a name or an address; it is left out")
    return hosts


def _understood(host: str) -> bool:
    before = getproxies_environment().get("no")
    try:
        _set("no_proxy", host)
        httpx.Client(verify=False).close()
        return True
    except (ValueError, httpx.InvalidURL):
        return False
    finally:
        _set("no_proxy", before)


def _without_missing_certificates() -> None:
    """Forgets a file of certificates that is not there: it would stop every client, whatever that asks for."""
    path = os.environ.get(_CERTIFICATES)
    if path and not os.path.isfile(path):
        _warn(f"{_CERTIFICATES} names no file: {path}; the usual certificates are used")
        del os.environ[_CERTIFICATES]


def _set(name: str, value: str | None) -> None:
    """Sets a variable in both spellings, or removes it in all: clients differ in which they read first."""
    for spelling in [key for key in os.environ if key.lower() == name]:
        del os.environ[spelling]
    if value is not None:
        os.environ[name] = os.environ[name.upper()] = value


def _hidden(proxy: str) -> str:
    """The value without the name and password that may stand in it."""
    return "..." + proxy[proxy.rindex("@") :] if "@" in proxy else proxy


def _warn(line: str) -> None:
    print(f"warning: {line}", file=sys.stderr, flush=True)
