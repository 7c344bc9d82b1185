"""Where the app listens: the address and the port, tried before anything is built upon them.

Gradio tries ports on the loopback, whatever address it was given, tries a hundred of them where the address is none of
this machine's, and then advises variables of its own. Here the address and the port are tried together, and what
cannot be had is told by the name of the option that changes it.
"""

import errno
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing

from busi.server.invitation import EVERYWHERE

LOOPBACK = "127.0.0.1"
FIRST_PORT, PORTS = 7860, 100
_NUMBERS = ("GRADIO_SERVER_PORT", "GRADIO_NUM_PORTS")
_TAKEN = (errno.EADDRINUSE, getattr(errno, "WSAEACCES", None))  # what Windows says of a port held by another program


def check_variables(environ: Mapping[str, str] = os.environ) -> None:
    """Makes sure of the variables that Gradio reads as numbers the moment it is imported.

    Raises:
        ValueError: if one of them is none.
    """
    for name in _NUMBERS:
        number(environ.get(name, "1"), name)


def number(text: str, name: str) -> int:
    """A port, or a number of them.

    Args:
        text: as it was given.
        name: of the option or variable that it was given as.

    Raises:
        ValueError: if it is no whole number from 1 to 65535.
    """
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 65536:
        raise ValueError(f"{name} must be a number from 1 to 65535, got {text!r}")
    return int(text)


def host_to_listen_on(host: str | None, share: bool, environ: Mapping[str, str] = os.environ) -> str:
    """The address to listen on: the option's, else that of $GRADIO_SERVER_NAME, else all of them if it is shared.

    Args:
        host: of the option --host; an IPv6 address with or without brackets.
        share: whether the room shall come in.
        environ: the environment.
    """
    wanted = host or environ.get("GRADIO_SERVER_NAME") or (EVERYWHERE[0] if share else LOOPBACK)
    bare = wanted.strip().removeprefix("[").removesuffix("]")
    return LOOPBACK if bare == "localhost" else bare  # a name for two addresses, of which some machines have one


def known_hosts(host: str, environ: Mapping[str, str] = os.environ) -> set[str]:
    """The names under which the app may be asked, where they are known; empty if it may be asked under any.

    They are those of $BUSI_HOSTS (with commas between them), the Space's in $SPACE_HOST, and those of this machine if
    it listens on one address of its own. On the loopback alone, a proxy of any name may stand before it.

    Args:
        host: the address that is listened on, as `host_to_listen_on` gives it.
        environ: the environment.
    """
    configured = [*environ.get("BUSI_HOSTS", "").split(","), environ.get("SPACE_HOST", "")]
    names = {name.strip() for name in configured}
    if host not in EVERYWHERE and host != LOOPBACK and host != "::1":
        own = socket.gethostname()
        names |= {f"[{host}]" if ":" in host else host, own, f"{own}.local", socket.getfqdn()}
    return {name.lower() for name in names - {""}}


def free_port(host: str, port: int | None, environ: Mapping[str, str] = os.environ) -> int:
    """A port that can be listened on at this address.

    Args:
        host: the address, as `host_to_listen_on` gives it.
        port: of the option --port; None for the first free one from $GRADIO_SERVER_PORT or 7860.
        environ: the environment.

    Raises:
        OSError: if the address is none of this machine's, or no such port is free; says which option changes it.
    """
    first = number(environ.get("GRADIO_SERVER_PORT", str(FIRST_PORT)), "GRADIO_SERVER_PORT")
    last = min(first + number(environ.get("GRADIO_NUM_PORTS", str(PORTS)), "GRADIO_NUM_PORTS") - 1, 65535)
    for tried in [port] if port else range(first, last + 1):
        if _can_listen(host, tried):
            return tried
    if port:
        raise OSError(f"port {port} is taken by another program: give another one with --port, or none")
    raise OSError(f"every port from {first} to {last} is taken: give a free one with --port")


def _can_listen(host: str, port: int) -> bool:
    """Whether the port is free there; refuses an address that is none of this machine's."""
    try:
        for family, address in _addresses(host, port):
            with closing(socket.socket(family, socket.SOCK_STREAM)) as tried:
                if os.name == "posix":  # a port that was just left counts as free, as it does for the server
                    tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                tried.bind(address)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        if error.errno == errno.EACCES:
            raise OSError(f"port {port} may not be used by this account: give one above 1023 with --port") from error
        raise OSError(
            f"the address {host!r} cannot be listened on ({error.strerror or error}): give one of this machine's with"
            f" --host, or {EVERYWHERE[0]} for all of them"
        ) from error
    return True


def _addresses(host: str, port: int) -> Iterator[tuple[int, tuple]]:
    for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE):
        yield family, address
