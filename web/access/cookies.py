"""Our cookies: sent by this site's own pages only, unseen by scripts.

Their names begin with `__Host-`, which browsers accept with Secure only. On plain http at a loopback address some browsers
refuse that, so there the name is plain and the cookie is not Secure.
"""

from __future__ import annotations

from quart import Response, after_this_request, g, request
from werkzeug.wrappers import Response as WerkzeugResponse

from domain.panel.addresses import is_loopback
from web.access.guard import HOST
from web.access.proxies import Caller

SESSION = "masquerade"
LOGIN = "masquerade-login"
"""Binds a login that waits for its answer to the browser that asked for it."""
PREFIX = "__Host-"


def read(name: str) -> str:
    """Empty without one."""
    return request.cookies.get(_full(name), "")


def put(name: str, value: str, *, seconds: int) -> None:
    """Sent with the answer to this request."""

    @after_this_request
    async def send(response: Response | WerkzeugResponse) -> Response | WerkzeugResponse:
        response.set_cookie(
            _full(name), value, max_age=seconds, path="/", secure=_secure(g.caller), httponly=True, samesite="Strict"
        )
        return response


def drop(name: str) -> None:
    put(name, "", seconds=0)


def _full(name: str) -> str:
    return f"{PREFIX}{name}" if _secure(g.caller) else name


def _secure(caller: Caller) -> bool:
    found = HOST.fullmatch(caller.host)
    return caller.scheme == "https" or not (found and is_loopback(found[1] or found[2]))
