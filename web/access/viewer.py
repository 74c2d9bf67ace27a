"""Who asks: found once for each request, from the session's cookie or from a bearer token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from domain.panel.browsers import named
from domain.panel.roles import Role
from domain.ports.review import Operator


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    role: Role
    name: str
    """As the audit records it."""
    user: int = 0
    """Telegram id. 0 for a token."""
    session: str = ""
    """Which session, as lists name it; not the secret of the cookie. Empty for a token."""
    token: str = ""
    """Which API token, as lists name it; not its secret. Empty for a session."""
    address: str = ""
    """IP address that the request comes from."""
    browser: str = ""
    """The User-Agent header, at most 200 characters."""


def operator_of(viewer: Viewer) -> Operator:
    """As the audit names who acts in the panel."""
    return Operator(name=viewer.name, source="panel", address=viewer.address, browser=named(viewer.browser))


class Signs(Protocol):
    """Recognises people and programs by what their requests carry. `control/panel.py` provides it.

    Each method raises `domain.errors.Unavailable`. None: unknown, expired, or ended.
    """

    async def by_cookie(self, secret: str, /, *, address: str, browser: str, active: bool) -> Viewer | None:
        """`active`: whether a person does something. A stream that only listens does not keep its session from expiring."""
        ...

    async def by_token(self, secret: str, /, *, address: str, browser: str) -> Viewer | None: ...

    def forget(self) -> None:
        """A session, a token or an admin has changed here: read all of them anew."""
        ...
