"""What is passed on to the partner, and what is not any more since the chat is over."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from actors.messages import Discard
from actors.session import judging
from actors.session.data import SETTLE_SECONDS, Later, SessionData
from actors.session.relay_tracker import OnItsWay
from actors.session.unit_of_work import UnitOfWork
from domain.model.digest import digests_of
from domain.ports.relay import MessageMaps
from domain.session.effects import DropRelays, Relay


class Relays:
    def __init__(self, maps: MessageMaps) -> None:
        self._maps = maps

    def relay(self, me: SessionData, unit: UnitOfWork, effect: Relay) -> Later | None:
        """A reply to a text that is still on its way waits for it, and one to a message that nobody knows for the one of the
        partner's that it may be. Texts keep their order, so what is said later waits too.
        """
        relaying = me.relaying
        effect = replace(effect, digests=digests_of(effect.written or effect.content, me.world.digest_key))
        if not effect.edit:
            relaying.tracker.takes(effect)
        if judging.is_needed(me, effect):
            judging.pass_on_judged(me, unit, effect)
            return None
        if effect.reply_to is not None:
            text = relaying.tracker.text_replied_to(effect, SETTLE_SECONDS)
            if text is not None:
                return Later(arrives=text, then=partial(self._relay_after, me, unit, effect, text))
            shown = relaying.tracker.shown_and_replied_to(effect)
            if shown is not None:
                return Later(arrives=shown, then=partial(relaying.pass_on, me, unit, effect))
        relaying.pass_on(me, unit, effect)
        return None

    def _relay_after(self, me: SessionData, unit: UnitOfWork, effect: Relay, text: OnItsWay) -> Later | None:
        """Where the text is with another process now, after it has come back from there; where it is stuck, at once."""
        if text.done():
            return self.relay(me, unit, effect)
        me.relaying.pass_on(me, unit, effect)
        return None

    def drop(self, me: SessionData, _unit: UnitOfWork, effect: DropRelays) -> None:
        me.relaying.tracker.forget(effect.chat)
        self._maps.over(effect.chat)
        transport = me.world.transport(me.address.bot)
        if transport is not None:
            transport.tell(Discard(chat=effect.chat))
