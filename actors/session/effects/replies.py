"""What the user is told by their bot."""

from __future__ import annotations

from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork
from domain.model.outgoing import Edit, Lane, QrCode, Send
from domain.session.effects import Amend, Answer, Say, ShowProgress, ShowQr


class Replies:
    def say(self, me: SessionData, unit: UnitOfWork, effect: Say) -> None:
        key = effect.key or unit.next_key()
        me.submit(unit, Send(to=me.address.user, key=key, body=effect.notice, lane=Lane.ANSWER))

    def amend(self, me: SessionData, unit: UnitOfWork, effect: Amend) -> None:
        me.submit(unit, Edit(to=me.address.user, message=effect.message, body=effect.notice, lane=Lane.ANSWER))

    def show_qr(self, me: SessionData, unit: UnitOfWork, effect: ShowQr) -> None:
        me.submit(unit, Send(to=me.address.user, key=unit.next_key(), body=QrCode(text=effect.text), lane=Lane.ANSWER))

    def answer(self, me: SessionData, unit: UnitOfWork, effect: Answer) -> None:
        me.submit(unit, effect.press)

    def show_progress(self, me: SessionData, unit: UnitOfWork, effect: ShowProgress) -> None:
        watch = me.watch
        call = watch.next_call(me.address.user, unit.next_key(), effect.notice) if watch is not None else None
        if watch is not None and call is not None:
            outcome = me.world.send(me.address.bot, call)
            outcome.add_done_callback(watch.made)
            unit.wait_for(outcome)
