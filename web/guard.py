"""Protects the panel from foreign web pages: adds security headers to every answer and checks the Host header of every request.

The panel has no login on 127.0.0.1. A foreign page could make its own name point to this address (DNS rebinding) and read the
panel. So a request with a name that is not ours is refused, but for paths that show nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address

from quart import Quart, Response, abort, request

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
HOST = re.compile(r"(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d+)?", re.IGNORECASE)


def install(app: Quart, host: str, *, open_to_all: Collection[str] = ()) -> None:
    """`open_to_all`: paths that are answered under any name."""
    ours = LOCAL | {host.strip("[]").lower()}

    @app.before_request
    async def refuse_other_names() -> None:
        if request.path not in open_to_all and _name(request.headers.get("Host", "")) not in ours:
            abort(421, "The panel answers only under the name of this machine.")

    @app.after_request
    async def add_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    bare = host.strip("[]").lower()
    try:
        return bare == "localhost" or ip_address(bare).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str:
    found = HOST.fullmatch(host)
    return (found[1] or found[2]).lower() if found else ""
