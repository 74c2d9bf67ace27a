"""A person's own data: the copy that is sent to them, and the deletion."""

from __future__ import annotations

from asyncio import Future
from datetime import UTC, datetime
from functools import partial

from actors.session.data import SessionData
from actors.session.outcomes import failure_of
from actors.session.unit_of_work import UnitOfWork
from domain.model.outgoing import Document, Lane, Outcome, Send, Why
from domain.ports.personal import PersonalData
from domain.session.effects import AskDeletion, DeleteData, ExportData
from domain.session.facts import DataDeleted, Exported
from domain.session.notices import notices


class Personal:
    def __init__(self, personal: PersonalData) -> None:
        self._personal = personal

    async def export(self, me: SessionData, unit: UnitOfWork, _effect: ExportData) -> Exported:
        """The document is nowhere but on its way. Where it does not arrive, they may ask again."""
        exported = await self._personal.export(me.address.user, unit.key)
        if isinstance(exported, float):
            return Exported(again_at=exported)
        name = f"my-data-{datetime.fromtimestamp(me.world.clock(), UTC).date()}.json"
        document = Document(name=name, mime="application/json", data=exported)
        sent = me.world.send(me.address.bot, Send(to=me.address.user, key=unit.next_key(), body=document, lane=Lane.ANSWER))
        sent.add_done_callback(partial(self._on_sent, me, unit.key))
        unit.wait_for(sent)
        return Exported(again_at=None)

    async def ask_deletion(self, me: SessionData, _unit: UnitOfWork, _effect: AskDeletion) -> None:
        await self._personal.ask_deletion(me.address)

    async def delete(self, me: SessionData, _unit: UnitOfWork, _effect: DeleteData) -> DataDeleted | None:
        return DataDeleted() if await self._personal.delete(me.address.user) else None

    def _on_sent(self, me: SessionData, key: str, sent: Future[Outcome]) -> None:
        failure = failure_of(sent)
        if failure is not None and failure.why is not Why.STALE and not me.dead:
            me.work(self._take_back(me, key))

    async def _take_back(self, me: SessionData, key: str) -> None:
        await self._personal.take_back(me.address.user, key)
        notice = notices.plain("export-failed", me.session.language if me.session is not None else "en")
        me.world.send(me.address.bot, Send(to=me.address.user, key=f"{key}/failed", body=notice, lane=Lane.ANSWER))
