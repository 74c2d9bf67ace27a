"""What the records of the panel share: the transaction with its time, who is an admin in it, and who is told."""

from __future__ import annotations

import hmac
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from domain.model.ids import Address, BotId, UserId
from domain.panel.browsers import named
from domain.panel.login import Client
from domain.panel.roles import Role
from domain.payments.sales import Owed
from domain.ports.panel import MACHINE, Admin
from domain.ports.payments import CONTROL
from domain.ports.review import Act, Operator
from storage.secrets import Secrets
from storage.sql.database import Database
from storage.sql.payments.posting import Posting
from storage.sql.review.audit import write

PURPOSE = "log-ins of the panel"
ASKED = "asked"
SOMEBODY = "somebody"
"""In the audit: whoever is at a browser that has not logged in."""
LONGEST_BROWSER, LONGEST_ADDRESS = 200, 60
"""Characters that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    database: Database
    secrets: Secrets
    """With the root of the database, before the first use."""
    owners: frozenset[UserId]
    """Those of the settings."""
    tells_control: Callable[[], bool]
    """Whether there is a control chat that wants to know."""
    clock: Callable[[], float] = time.time

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Turn]:
        async with self.database.transaction() as connection:
            yield Turn(self, Posting(self.database.queries, connection, self.clock()))

    @property
    def key(self) -> bytes:
        """Of the codes' HMAC and of the numbers; the same in every process of the installation."""
        return self.secrets.derived(PURPOSE)

    def code_hash(self, code: str) -> str:
        return hmac.digest(self.key, f"code {code}".encode(), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Turn:
    """One transaction of the panel's records."""

    desk: Desk
    posting: Posting

    @property
    def now(self) -> float:
        return self.posting.now

    async def one(self, query: str, **arguments: Any) -> Any:
        return await getattr(self.posting.queries, query)(self.posting.connection, **arguments)

    def each(self, query: str, **arguments: Any) -> Any:
        return getattr(self.posting.queries, query)(self.posting.connection, **arguments)

    async def admin(self, user: UserId) -> Admin | None:
        """As of now. Whoever works on the machine is an owner."""
        if user in self.desk.owners or user == MACHINE:
            return of_settings(user)
        row = await self.one("find_panel_admin", user=user)
        return to_admin(row) if row else None

    async def audit(self, operator: Operator, name: str, target: str, *, before: Any = None, after: Any = None) -> None:
        await write(self.posting, Act(operator=operator, name=name, target=target, before=before, after=after))

    async def drop_questions(self, query: str, **arguments: Any) -> int:
        """Deletes questions; how many. One that an admin was asked and that nobody has answered becomes an act of the audit."""
        dropped = [row async for row in self.each(query, **arguments)]
        for reference, state, user, address, browser, act in dropped:
            if state == ASKED:
                admin = await self.admin(UserId(user)) if act else None
                told = shown(Client(address=address, browser=browser))
                operator = Operator(name=admin.who if admin else SOMEBODY, source="panel", **told)
                await self.audit(operator, "no answer", f"login:{reference}", after={"asked": user, "what": act})
        return len(dropped)

    async def tell_of_refusal(self, key: str, arguments: Mapping[str, str | int], *, at: BotId, but: UserId) -> None:
        """Tells each owner where they use a bot, else at that one; and the control chat. `but`: who knows it already."""
        added = [UserId(row[0]) async for row in self.each("panel_admins") if row[1] == Role.OWNER]
        for owner in sorted({*self.desk.owners, *added} - {but}):
            bot = await self.one("bot_to_tell", user=owner) or at
            owed = Owed(key=f"{key}:{owner}", to=Address(BotId(bot), owner), text="panel-refused", arguments=arguments)
            await self.posting.owe((owed,))
        await self.tell_control(key, "control-refused", arguments)

    async def tell_control(self, key: str, text: str, arguments: Mapping[str, str | int]) -> None:
        if self.desk.tells_control():
            await self.posting.owe((Owed(key=f"control:{key}", to=CONTROL, text=text, arguments=arguments),))


def of_settings(user: UserId) -> Admin:
    return Admin(user=user, name=f"admin {user}" if user else "the machine", role=Role.OWNER, of_settings=True)


def to_admin(row: Any) -> Admin:
    user, role, name, since, by = row
    return Admin(user=UserId(user), name=name or f"admin {user}", role=Role(role), of_settings=False, since=since, by=by)


def shown(client: Client) -> dict[str, str]:
    """As people read it."""
    return {"browser": named(client.browser), "address": client.address}


def columns(client: Client) -> dict[str, str]:
    """NUL is a character that PostgreSQL does not keep."""
    return {
        "address": _kept(client.address, LONGEST_ADDRESS),
        "browser": _kept(client.browser, LONGEST_BROWSER),
    }


def _kept(text: str, longest: int) -> str:
    return "".join(_printable(text[:longest]))


def _printable(text: str) -> Iterable[str]:
    return (sign if sign.isprintable() else " " for sign in text)
