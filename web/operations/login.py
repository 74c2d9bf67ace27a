"""Logging in and out. `domain/panel/login.py` has the rules, the bots ask the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec

from domain.errors import Unavailable
from domain.model.ids import UserId
from domain.panel.login import LIFE, LINK, LINK_LIFE, Client, State
from domain.panel.sessions import ABSOLUTE
from domain.ports.panel import LoginRequests, PanelSessions
from domain.ports.review import Operator
from web.access import cookies
from web.access.proxies import Caller
from web.access.viewer import Signs, Viewer
from web.api.errors import Refused
from web.api.operation import operation
from web.qr import svg
from web.supervisor_status import SupervisorStatus

LARGEST_ID = 2**53 - 1
TelegramId = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]


class LoginClaim(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    telegram_id: TelegramId


class LoginLink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    link: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    """What `supervisor.py admin login` printed behind the #."""


class LoginBot(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    username: str
    link: str
    """Opens the bot with the code."""
    qr: str
    """The link as an SVG element."""


class LoginOpened(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    """To be sent to any of the bots: `/admin_login CODE`."""
    number: int
    """To be pressed there."""
    expires_in: float
    """Seconds."""
    bots: list[LoginBot]
    """Those that are served now. Empty where nobody knows."""


class LoginState(msgspec.Struct, frozen=True, kw_only=True):
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    logins: LoginRequests
    sessions: PanelSessions
    signs: Signs
    supervisor: SupervisorStatus
    phones: str = ""
    """Where the sandbox shows its phones. Empty with real Telegram."""

    @operation("POST", "/api/request-login", act="login.request", rate="request-login")
    async def request_login(self, caller: Caller, body: LoginClaim) -> LoginOpened:
        """Begin a log-in as an admin. The answer is the same for every id.

        Nobody looks here whether the id is an admin's: only a bot does, once its owner has sent the code.
        """
        opened = await self.logins.open(UserId(body.telegram_id), _client(caller), instead_of=cookies.read(cookies.LOGIN))
        cookies.put(cookies.LOGIN, opened.secret, seconds=int(LIFE + LINK_LIFE))
        bots = await self._bots(body.telegram_id, opened.code)
        return LoginOpened(code=opened.code, number=opened.number, expires_in=opened.expires_in, bots=bots)

    @operation("GET", "/api/login", act="login.follow")
    async def follow_login(self, caller: Caller) -> LoginState:
        """How far this browser's log-in is. Once it is accepted, this sets the session's cookie, once."""
        session = cookies.read(cookies.SESSION)
        if session and await self.signs.by_cookie(session, address=caller.address, browser=caller.browser, active=False):
            return LoginState(state=State.ACCEPTED)
        return await self._follow(cookies.read(cookies.LOGIN), caller)

    @operation("POST", "/api/login", act="login.follow")
    async def open_link(self, caller: Caller, body: LoginLink) -> LoginState:
        """Log in by a link of `supervisor.py admin login`."""
        return await self._follow(body.link, caller)

    @operation("POST", "/api/logout", act="own_sessions.end")
    async def logout(self, viewer: Viewer) -> LoginState:
        """End this session."""
        if not viewer.session:
            raise Refused("forbidden", "A token has no session; `supervisor.py tokens revoke` ends it.")
        await self.sessions.end(viewer.session, Operator(name=viewer.name, source="panel"))
        self.signs.forget()
        cookies.drop(cookies.SESSION)
        return LoginState(state=State.EXPIRED)

    async def _follow(self, secret: str, caller: Caller) -> LoginState:
        followed = await self.logins.follow(secret, _client(caller)) if secret else None
        if followed is None:
            return LoginState(state=State.EXPIRED)
        if followed.session:
            cookies.put(cookies.SESSION, followed.session, seconds=int(ABSOLUTE))
            cookies.drop(cookies.LOGIN)
        return LoginState(state=followed.state)

    async def _bots(self, user: int, code: str) -> list[LoginBot]:
        try:
            status = await self.supervisor.status()
        except Unavailable:
            return []
        named = {bot.id: bot.username for bot in status.bots if bot.username and (bot.served or bot.state == "serving")}
        return [self._bot(bot, username, user, code) for bot, username in named.items()]

    def _bot(self, bot: int, username: str, user: int, code: str) -> LoginBot:
        start = f"{LINK}{code}"
        link = f"{self.phones}/#user={user}&bot={username}&start={start}" if self.phones else _of_telegram(username, start)
        return LoginBot(id=bot, username=username, link=link, qr=svg(link))


def _of_telegram(username: str, start: str) -> str:
    return f"https://t.me/{username}?start={start}"


def _client(caller: Caller) -> Client:
    return Client(address=caller.address, browser=caller.browser)
