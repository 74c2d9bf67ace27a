"""Refunds that an operator asked for (domain.ports.payments.Refunds)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.model.ids import BotId
from domain.ports.payments import RefundRequest
from storage.sql.database import Database


class SqlRefunds:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, request: RefundRequest, now: float) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.ask_refund(
                connection, charge=request.charge, bot=request.bot, reason=request.reason, by=request.by, now=now
            )

    async def asked(self, bot: BotId) -> list[RefundRequest]:
        async with self._database.connection() as connection:
            return [_read(row) async for row in self._database.queries.asked_refunds(connection, bot=bot)]

    async def refused(self, bot: BotId) -> list[RefundRequest]:
        async with self._database.connection() as connection:
            return [_read(row) async for row in self._database.queries.refused_refunds(connection, bot=bot)]

    async def find(self, charge: str) -> RefundRequest | None:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_refund(connection, charge=charge)
        return _read(row) if row else None

    async def done(self, charge: str, outcome: str, now: float) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.refund_done(connection, charge=charge, outcome=outcome, now=now)


def _read(row: Sequence[Any]) -> RefundRequest:
    charge, bot, reason, by, outcome, at = row
    return RefundRequest(charge=charge, bot=BotId(bot), reason=reason, by=by, outcome=outcome, asked_at=at)
