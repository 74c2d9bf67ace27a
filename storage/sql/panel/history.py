"""The panel's history of figures in SQL (domain.ports.history.KeptHistory)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from domain.panel.history import SLOTS, Slot
from storage.sql.database import Database


class SqlHistory:
    def __init__(self, database: Database, house: str) -> None:
        """`house`: the name of this installation."""
        self._database = database
        self._house = house

    async def load(self, now: float) -> list[Slot]:
        async with self._database.connection() as connection:
            rows = [row async for row in self._database.queries.panel_figures(connection, house=self._house)]
        slots = [Slot(step=step, at=at, values=msgspec.json.decode(body, type=dict[str, float])) for step, at, body in rows]
        return [slot for slot in slots if slot.step in SLOTS and now - SLOTS[slot.step] * slot.step < slot.at <= now]

    async def keep(self, slots: Sequence[Slot]) -> None:
        queries = self._database.queries
        async with self._database.transaction() as connection:
            for slot in slots:
                body = msgspec.json.encode(slot.values).decode()
                await queries.keep_panel_figures(connection, house=self._house, step=slot.step, at=slot.at, body=body)
            for step, newest in {slot.step: slot.at for slot in slots}.items():
                before = newest - SLOTS[step] * step
                await queries.purge_panel_figures(connection, house=self._house, step=step, before=before)
