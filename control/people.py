"""People for the panel (domain.ports.people.People, domain.ports.accounts.Accounts): lists from the records, and the functions of
`supervisor.py users` and `credits`.
"""

from __future__ import annotations

from collections.abc import Sequence

from control import credits as accounts
from control import moderation
from control.moderation import Records, records_of
from control.settings.loading import bots_of
from domain.configuration import LiveConfiguration
from domain.model.ban import Ban
from domain.model.ids import UserId
from domain.ports.accounts import Account, PersonsPayments
from domain.ports.people import After, Known, Listed, PersonsChat, Picked, Wanted
from domain.ports.review import Operator
from domain.settings import Settings
from storage.secrets import Secrets
from storage.sql.database import Database
from storage.sql.panel.accounts import SqlPersonsPayments
from storage.sql.panel.people import SqlPeopleList
from storage.sql.personal.copies import SqlCopies
from storage.sql.personal.tombstones import Hashes
from storage.sql.trust.review import SqlReview

SOURCE = "panel"


class PanelPeople:
    def __init__(self, database: Database, secrets: Secrets, settings: Settings, live: LiveConfiguration) -> None:
        """`secrets`: with the root from the database as soon as that is open."""
        self._database = database
        self._secrets = secrets
        self._settings = settings
        self._live = live
        self._lists = SqlPeopleList(database)
        self._payments = SqlPersonsPayments(database)
        self._copies = SqlCopies(database)

    async def listed(self, wanted: Wanted, after: After, count: int) -> Sequence[Listed]:
        return await self._lists.listed(wanted, after, count)

    async def counted(self, wanted: Wanted, most: int) -> int:
        return await self._lists.counted(wanted, most)

    async def chats(self, user: UserId, after: After, count: int) -> Sequence[PersonsChat]:
        return await self._lists.chats(user, after, count)

    async def look(self, user: UserId) -> Known | None:
        try:
            return await moderation.look(self._records(), user)
        except moderation.Nothing:
            return None

    async def pick(self, users: Sequence[UserId]) -> Sequence[Picked]:
        return await self._lists.pick(users)

    async def ban(self, user: UserId, hours: float, reason: str, operator: Operator) -> Ban:
        return await moderation.ban(self._records(operator), user, hours, reason, operator)

    async def ban_in(self, user: UserId, hours: float, reason: str, operator: Operator, *, batch: str) -> bool:
        return await moderation.ban_in(self._records(operator), user, hours, reason, operator, batch=batch)

    async def undo_ban(self, user: UserId, operator: Operator) -> bool:
        return await moderation.undo_ban(self._records(operator), user, operator)

    async def unban(self, user: UserId, operator: Operator) -> bool:
        return await moderation.unban(self._records(operator), user, operator)

    async def grant(self, user: UserId, days: int, operator: Operator) -> float | None:
        try:
            return await moderation.grant(self._records(), user, days, operator)
        except moderation.Nothing:
            return None

    async def write(self, user: UserId, text: str, operator: Operator) -> bool:
        return await moderation.write(self._records(), user, text, operator)

    async def warn(self, user: UserId, reason: str, operator: Operator) -> bool:
        return await moderation.warn(self._records(), user, reason, operator)

    async def end_chat(self, user: UserId, operator: Operator) -> bool:
        return await moderation.end_chat(self._records(operator), user, operator)

    async def export(self, user: UserId, operator: Operator) -> bytes:
        return await self._copies.take(user, self._hashes(), operator)

    async def erase(self, user: UserId, operator: Operator) -> bool:
        listed = await self._lists.listed(Wanted(user=user), After(), 1)
        return await moderation.erase(self._records(), user, listed[0].now.bot if listed else None, operator)

    async def account(self, user: UserId, count: int) -> Account | None:
        try:
            found = await accounts.look(self._records(), user, count)
        except moderation.Nothing:
            return None
        locks = await self._payments.locks(user)
        return Account(user=user, credits=found.credits, history=found.history, locks=locks)

    async def give(self, user: UserId, amount: int, reason: str, operator: Operator) -> int | None:
        try:
            return await accounts.give(self._records(), user, amount, reason, operator)
        except moderation.Nothing:
            return None

    async def payments(self, user: UserId, count: int) -> PersonsPayments:
        return await self._payments.payments(user, count)

    def _hashes(self) -> Hashes:
        """Made anew each time: they need the root, which comes with the open database."""
        return Hashes(self._secrets.derived("hashes of people"))

    def _records(self, acting: Operator | None = None) -> Records:
        """`acting`: who decides."""
        review = SqlReview(self._database, self._secrets, self._live, source=SOURCE, acting=acting, hashes=self._hashes())
        return records_of(self._database, review, self._live, bots_of(self._settings))
