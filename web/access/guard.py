"""Refuses foreign pages: requests under a name that is not ours, and requests that another site makes a browser send.

- A foreign page could make its own name point to our address (DNS rebinding). So the Host header must have a name of ours.
- A form or script of another site, or of another port of this machine, sends our cookie along. Browsers mark such requests in
  Sec-Fetch-Site, and where they do not, in Origin. `SameSite=Strict` alone does not stop another port of the same machine.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from quart import Quart, g, request
from werkzeug.exceptions import MisdirectedRequest

from domain.panel.addresses import bare, origin_of
from web.access.proxies import Caller, Proxies
from web.api.errors import Refused

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
HOST = re.compile(r"(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d+)?", re.IGNORECASE)
READING = frozenset({"GET", "HEAD"})
OURS = frozenset({"same-origin"})
OURS_OR_TYPED = frozenset({"same-origin", "none"})
"""`none`: the person typed the address or opened a bookmark."""

FOREIGN = "Another site has made this request. Open the panel itself and try again."
UNMARKED = (
    "This request does not say which page has made it. Browsers do: open the panel itself. Programs use a token "
    "(Authorization: Bearer), which `supervisor.py tokens create NAME` prints."
)


class Guard:
    def __init__(self, *, host: str, public_url: str = "", proxies: Proxies, open_to_all: Collection[str] = ()) -> None:
        """`open_to_all`: paths that are answered under any name and to any page, because they show nothing."""
        self._names = LOCAL | {bare(host)} | ({urlsplit(public_url).hostname or ""} if public_url else set())
        self._public = origin_of(public_url) if public_url else ""
        self._proxies = proxies
        self._open = open_to_all

    def install(self, app: Quart) -> None:
        app.before_request(self.check)

    async def check(self) -> None:
        """Raises for a request that is refused. An address that does not exist, or not with this method, is told so instead."""
        g.caller = self._proxies.caller(request)
        if request.path in self._open:
            return
        if _name(g.caller.host) not in self._names:
            raise MisdirectedRequest("The panel answers only under its own name.")
        if request.routing_exception is None and not bearer() and not self._is_ours(g.caller):
            raise Refused("foreign", FOREIGN if _is_marked() else UNMARKED)

    def _is_ours(self, caller: Caller) -> bool:
        marked = request.headers.get("Sec-Fetch-Site")
        if request.method in READING:
            return marked is None or marked in OURS_OR_TYPED or not _is_data()
        if marked is not None:
            return marked in OURS
        origin = request.headers.get("Origin", "").lower()
        return bool(origin) and origin in {caller.origin, self._public}


def bearer() -> str:
    """The token in the Authorization header; empty without one. Such a request has no rights by cookie."""
    kind, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _name(host: str) -> str:
    found = HOST.fullmatch(host)
    return (found[1] or found[2]).lower() if found else ""


def _is_marked() -> bool:
    return "Sec-Fetch-Site" in request.headers or "Origin" in request.headers


def _is_data() -> bool:
    """Not a page or one of its files, which other sites may link to."""
    return request.path.startswith("/api/") or request.path.endswith((".json", ".csv"))
