"""Where a request comes from, and under which address it reached us, also behind reverse proxies.

What a proxy says in X-Forwarded-For, -Proto and -Host is believed of peers in `admin.trusted_proxies` only, and only its last
entry: whatever stands before that was written by somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from quart import Request

BROWSER_LENGTH = 200
SCHEMES = frozenset({"http", "https"})
PORT = re.compile(r"(\[[\da-fA-F:.]+\]|\d+\.\d+\.\d+\.\d+):\d+")
"""Some proxies add the port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    address: str
    """IP address. Empty where it is not known."""
    scheme: str
    """http or https, as the browser has it."""
    host: str
    """The name and port under which the browser reached us."""
    browser: str
    """The User-Agent header, at most 200 characters."""

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}".lower()

    @property
    def network(self) -> str:
        return network_of(self.address)


def network_of(address: str) -> str:
    """What one customer of a provider has: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    return str(known.ipv4_mapped or ip_network((known, 64), strict=False))


class Proxies:
    def __init__(self, trusted: Iterable[str] = ()) -> None:
        """`trusted`: networks such as 10.0.0.0/8. Raises ValueError for what is none."""
        self._trusted: tuple[IPv4Network | IPv6Network, ...] = tuple(ip_network(each, strict=False) for each in trusted)

    def caller(self, request: Request) -> Caller:
        peer = (request.scope.get("client") or ("",))[0]
        address, scheme, host = str(peer), request.scheme, request.headers.get("Host", "")
        if self._trusts(address):
            said = _address(_last(request, "X-Forwarded-For"))
            proto = _last(request, "X-Forwarded-Proto").lower()
            address = said or address
            scheme = proto if proto in SCHEMES else scheme
            host = _last(request, "X-Forwarded-Host") or host
        browser = request.headers.get("User-Agent", "")[:BROWSER_LENGTH]
        return Caller(address=address, scheme=scheme, host=host, browser=browser)

    def _trusts(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return any((mapped or address) in network for network in self._trusted)


def _last(request: Request, header: str) -> str:
    return ",".join(request.headers.getlist(header)).rpartition(",")[2].strip()


def _address(said: str) -> str:
    """The address in one entry of X-Forwarded-For; empty where there is none."""
    bare = (found[1] if (found := PORT.fullmatch(said)) else said).strip("[]")
    try:
        return str(ip_address(bare))
    except ValueError:
        return ""
