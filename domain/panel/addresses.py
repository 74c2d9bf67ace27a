"""Where the panel listens, and under which address browsers reach it."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        return bare(host) == "localhost" or ip_address(bare(host)).is_loopback
    except ValueError:
        return False


def bare(host: str) -> str:
    return host.strip("[]").lower()


def is_origin(url: str) -> bool:
    """Scheme, name and port, and nothing else."""
    try:
        parts = urlsplit(url)
        named = parts.scheme in {"http", "https"} and parts.hostname and parts.username is None and (parts.port or 1) > 0
    except ValueError:
        return False
    return bool(named) and parts.path in {"", "/"} and not parts.query and not parts.fragment


def origin_of(url: str) -> str:
    """As browsers write it in the Origin header."""
    parts = urlsplit(url.lower())
    default = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.removesuffix(default)}"
