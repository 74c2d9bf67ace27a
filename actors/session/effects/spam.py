"""What the rules against spam ask of the stores. Which notes are kept, and how, the pure folds say (`domain/trust/spam/`)."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TypeVar

from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork
from domain.errors import Unavailable
from domain.model.ids import UserId
from domain.ports.spam import CONTACT, HIT, HUMAN, SAID, Noted, SpamStores
from domain.session.effects import AskHuman, LookIntoText, NoteHit, TryHuman
from domain.session.facts import HumanAsked, HumanTried, TextLookedInto
from domain.trust.spam import contacts, human
from domain.trust.spam.contacts import LISTED, Shared, hash_of
from domain.trust.spam.human import PASSED_FOR, POINTS, Outcome, Record
from domain.trust.spam.memory import DAY, HOUR, SaidBefore, said_again
from domain.trust.spam.rules import REPORTED_WITHIN

FRESH_BEFORE = 30 * DAY
"""An account whose id is above those that came so long ago is taken for younger."""

logger = logging.getLogger(__name__)
R = TypeVar("R")


class SpamEffects:
    def __init__(self, stores: SpamStores) -> None:
        self._stores = stores

    async def look(self, me: SessionData, _unit: UnitOfWork, effect: LookIntoText) -> TextLookedInto:
        """While a store is away, what this session knows has to do: chats go on."""
        known = TextLookedInto(relay=effect.relay, said=effect.said, hooked=effect.hooked, asks=effect.asks)
        try:
            return await self._look(me, effect, known)
        except Unavailable as error:
            logger.warning("%s: a text was only compared with what this session knows: %s", me.address, error)
            return known

    async def _look(self, me: SessionData, effect: LookIntoText, known: TextLookedInto) -> TextLookedInto:
        user, now = me.address.user, me.world.clock()
        if effect.said is not None:
            known = replace(known, said=await self._say_again(user, effect.said))
        if not effect.hooked:
            return known
        standing = await self._stores.standings.of(user)
        known = replace(known, standing=standing)
        if standing is None or not standing.is_young(now):
            return known
        for contact in sorted(effect.contacts):
            listed, newly = await self._sent(user, contact, now)
            known = replace(known, listed=known.listed or listed, newly=known.newly or newly)
        return known

    async def _say_again(self, user: UserId, new: SaidBefore) -> SaidBefore:
        """The text with all to whom it was said at any bot."""

        def fold(remembered: tuple[SaidBefore, ...]) -> Noted[tuple[SaidBefore, ...], SaidBefore]:
            kept, said = said_again(remembered, new)
            return Noted(kept, DAY if any(each.contacts for each in kept) else HOUR, said)

        return await self._stores.notes.change(SAID, user, fold)

    async def _sent(self, user: UserId, contact: str, now: float) -> tuple[bool, bool]:
        """Whether the contact is listed, and whether it is so since now."""
        key = self._stores.key

        def fold(shared: Shared) -> Noted[Shared, tuple[bool, bool]]:
            before = contacts.is_listed(shared, now)
            after = contacts.sent_by(shared, hash_of(str(user), key), now)
            listed = contacts.is_listed(after, now)
            return Noted(after, LISTED if listed else DAY, (listed, listed and not before))

        return await self._stores.notes.change(CONTACT, hash_of(contact, key), fold)

    async def note_hit(self, me: SessionData, _unit: UnitOfWork, effect: NoteHit) -> None:
        try:
            await self._stores.notes.change(HIT, me.address.user, lambda _: Noted(effect.hours, REPORTED_WITHIN, None))
        except Unavailable as error:
            logger.warning("%s: a report right after this hit counts once: %s", me.address, error)

    async def ask_human(self, me: SessionData, _unit: UnitOfWork, effect: AskHuman) -> HumanAsked:
        """Raises Unavailable."""
        user, now = me.address.user, me.world.clock()
        if not effect.since and not await self._looks_like_a_program(user, effect.lacks, now):
            return HumanAsked()

        def fold(record: Record) -> Noted[Record, HumanAsked]:
            if human.has_passed(record, effect.since):
                return _kept(record, now, HumanAsked())
            if now < record.waits_until:
                return _kept(record, now, HumanAsked(wait=record.waits_until - now))
            shown = human.shown(self._stores.key, user, effect.number)
            return _kept(human.opened(record, effect.number, now), now, HumanAsked(shown=shown))

        return await self._stores.notes.change(HUMAN, user, fold)

    async def try_human(self, me: SessionData, _unit: UnitOfWork, effect: TryHuman) -> HumanTried:
        """Raises Unavailable."""
        user, now = me.address.user, me.world.clock()

        def fold(record: Record) -> Noted[Record, HumanTried]:
            right = human.is_right(self._stores.key, user, record.round, effect.data)
            tried, outcome = human.pressed(record, now, right=right)
            wait = max(0.0, tried.waits_until - now) if outcome is Outcome.WAIT else 0.0
            return _kept(tried, now, HumanTried(outcome=outcome, pressed=effect.pressed, wait=wait))

        return await self._stores.notes.change(HUMAN, user, fold)

    async def _looks_like_a_program(self, user: UserId, lacks: int, now: float) -> bool:
        """Only before the first chat ever. An id that is fresh is one sign more."""
        if lacks == POINTS - 1:
            lacks += human.is_fresh(user, await self._stores.standings.ids_before(now - FRESH_BEFORE))
        if lacks < POINTS:
            return False
        standing = await self._stores.standings.of(user)
        return standing is None or not standing.chats


def _kept(record: Record, now: float, result: R) -> Noted[Record, R]:
    return Noted(record, max(record.waits_until - now, 0.0) + PASSED_FOR, result)
