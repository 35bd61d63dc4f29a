"""The public network only: addresses that strangers wrote down must not lead to machines of one's own.

A name is resolved here, every address that it has is checked, and the connection goes to a checked address, so that a
name cannot mean one machine when it is checked and another when it is used
(https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore2

Address = tuple[str, int]
Resolve = Callable[[str, int], Sequence[Address]]

# Networks of IPv6 alone reach IPv4 through addresses that carry it inside (RFC 6052).
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class NotPublicError(Exception):
    """A host has an address that is not public."""


class NoSuchHostError(Exception):
    """The domain name system knows no such host."""


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet: no loopback, private, link-local or reserved one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _TRANSLATED:
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
        if inner is not None and not is_public(str(inner)):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def resolve(host: str, port: int) -> Sequence[Address]:
    """Return the addresses of a host. Raises NoSuchHostError where it has none, OSError where that stays unknown."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
            raise NoSuchHostError(f"there is no host {host}") from error
        raise
    except UnicodeError as error:
        raise NoSuchHostError(f"there is no host {host}") from error
    return [(str(each[4][0]), int(each[4][1])) for each in found]


class PublicNetwork(httpcore2.NetworkBackend):
    """Connects to public addresses only. Tests bring a ``resolve`` and an ``allows`` of their own."""

    def __init__(self, resolve: Resolve = resolve, allows: Callable[[str], bool] = is_public) -> None:
        self._resolve, self._allows = resolve, allows
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to a checked address of ``host``. Raises NotPublicError, NoSuchHostError, or httpcore's errors."""
        try:
            addresses = self._resolve(host, port)
        except OSError as error:
            raise httpcore2.ConnectError(f"the name {host} cannot be looked up") from error
        if not addresses:
            raise NoSuchHostError(f"there is no host {host}")
        for address, _ in addresses:
            if not self._allows(address):
                raise NotPublicError(f"{host} is not a public address")
        for number, (address, at) in enumerate(addresses, start=1):
            try:
                return self._inner.connect_tcp(address, at, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if number == min(len(addresses), 3):
                    raise
        raise AssertionError("unreachable")
