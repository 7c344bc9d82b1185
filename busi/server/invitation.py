"""How a room full of people reaches the page: the address to give them, and its QR code.

The address is, in this order: the public link that was asked for, the Space that the app runs on, the address at which
somebody already looks at the page from elsewhere, or this machine's on the local network.
"""

import ipaddress
import os
import re
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import segno

SHARED, HOSTED, NETWORK = "shared", "hosted", "network"
EVERYWHERE = ("0.0.0.0", "::")
# No machine has these addresses (RFC 5737, RFC 3849), but the system tells from where they would be reached.
_ELSEWHERE = {"0.0.0.0": (socket.AF_INET, "192.0.2.1"), "::": (socket.AF_INET6, "2001:db8::1")}
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9a-fA-F:]+\](:\d{1,5})?")


@dataclass(frozen=True)
class Invitation:
    """An address that others than this machine can open.

    Attributes:
        url: with a slash at its end.
        reach: who can: "shared", anybody, for a while, through Gradio's relay; "hosted", anybody; "network", whoever is
            on the same local network.
    """

    url: str
    reach: str


@dataclass(frozen=True)
class Listening:
    """Where the app listens.

    Attributes:
        host: the address, IPv6 without brackets; "0.0.0.0" or "::" for all of this machine's.
        port: the port.
        shared: the public link through Gradio's relay; None without one.
    """

    host: str
    port: int
    shared: str | None = None


def invitation(listening: Listening, seen_at: str = "", environ: Mapping[str, str] = os.environ) -> Invitation | None:
    """The address to give to a room.

    Args:
        listening: where the app listens.
        seen_at: the scheme and host under which the page was asked for, such as "https://atelier.example".
        environ: SPACE_HOST in it is the name of the Space.

    Returns:
        The invitation; None if only this machine can open the page.
    """
    if listening.shared:
        return Invitation(_slashed(listening.shared), SHARED)
    if space := environ.get("SPACE_HOST"):
        return Invitation(_slashed(f"https://{space}"), HOSTED)
    if _is_elsewhere(seen_at):
        return Invitation(_slashed(seen_at), NETWORK if _is_private(seen_at) else HOSTED)
    own = network_address(listening.host) if listening.host in EVERYWHERE else listening.host
    if own and not _is_loopback(own):
        return Invitation(f"http://{in_url(own)}:{listening.port}/", NETWORK)
    return None


def own_address(listening: Listening) -> str:
    """The address at which this machine itself opens the page.

    Args:
        listening: where the app listens.
    """
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listening.host, listening.host)
    return f"http://{in_url(host)}:{listening.port}/"


def in_url(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets.

    Args:
        host: a name or an address.
    """
    return f"[{host}]" if ":" in host else host


def network_address(everywhere: str = EVERYWHERE[0]) -> str | None:
    """This machine's address on the local network; None if it is on none. Nothing is sent to find out.

    Args:
        everywhere: "0.0.0.0" for the IPv4 address, "::" for that of IPv6.
    """
    family, elsewhere = _ELSEWHERE[everywhere]
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((elsewhere, 9))
            address = probe.getsockname()[0]
    except OSError:
        return None
    return None if _is_loopback(address) else address


def qr_svg(url: str) -> str:
    """The QR code of an address as an SVG element: black on white, with its margin, as wide as its place allows.

    Args:
        url: at most some two thousand characters.
    """
    return segno.make(url, error="m", micro=False).svg_inline(border=4, dark="#000", light="#fff", omitsize=True)


def print_qr(url: str) -> None:
    """Prints the QR code of an address, where the terminal has the characters for it.

    Args:
        url: as for `qr_svg`.
    """
    try:
        segno.make(url, error="m", micro=False).terminal(out=sys.stdout, compact=True)
    except UnicodeEncodeError:
        print("(this terminal cannot show a QR code; the page shows it)")


def _slashed(url: str) -> str:
    return url.rstrip("/") + "/"


def _is_elsewhere(seen_at: str) -> bool:
    """Whether it is a well-formed address that is not this machine's own name for itself."""
    scheme, _, host = seen_at.partition("://")
    return scheme in ("http", "https") and bool(_HOST.fullmatch(host)) and not _is_loopback(_bare(host))


def _is_private(seen_at: str) -> bool:
    try:
        return ipaddress.ip_address(_bare(seen_at.partition("://")[2])).is_private
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _bare(host: str) -> str:
    """A host without its port or brackets."""
    return host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.split(":")[0]
