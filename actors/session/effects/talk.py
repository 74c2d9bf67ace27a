"""What is offered after a chat, and what becomes of it."""

from __future__ import annotations

from hashlib import blake2b
from hmac import compare_digest

from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork
from domain.model.ids import ChatId
from domain.model.outgoing import Lane, Send
from domain.ports.records import Chats, Profiles
from domain.ports.talk import Rating, Ratings
from domain.session.afterwards import Over, afterwards
from domain.session.effects import LookUpPast, OfferAfterwards, Rate
from domain.session.facts import PastLooked, Rated

SEAL_BYTES = 8


class Talk:
    def __init__(self, profiles: Profiles, chats: Chats, ratings: Ratings) -> None:
        self._profiles = profiles
        self._chats = chats
        self._ratings = ratings

    def offer(self, me: SessionData, unit: UnitOfWork, effect: OfferAfterwards) -> None:
        said, heard = me.relaying.tracker.exchanged(effect.chat)
        over = Over(chat=effect.chat, why=effect.why, said=said, heard=heard, seal=_seal(me, effect.chat))
        language = me.session.language if me.session is not None else "en"
        notice = afterwards(over, language) if over.long or not effect.moved_on else None
        if notice is not None:
            key = f"chat:{effect.chat}:{me.address.user}:afterwards"
            me.submit(unit, Send(to=me.address.user, key=key, body=notice, lane=Lane.ANSWER))

    async def look_up(self, me: SessionData, _unit: UnitOfWork, effect: LookUpPast) -> PastLooked:
        past = await self._chats.past(effect.chat)
        user = me.address.user
        known = past is not None and user in past.members
        partner = await self._profiles.get(past.chat.partner_of(user).user) if past is not None and known else None
        return PastLooked(past=past, partner=partner, pressed=effect.pressed)

    async def rate(self, me: SessionData, _unit: UnitOfWork, effect: Rate) -> Rated:
        rating = Rating.UNKNOWN
        if compare_digest(effect.seal.encode(), _seal(me, effect.chat).encode()):
            rating = await self._ratings.rate(effect.chat, me.address.user, up=effect.up)
        return Rated(rating=rating, pressed=effect.pressed)


def _seal(me: SessionData, chat: ChatId) -> str:
    """Nobody but us can make it, so a press that has it was offered to this user."""
    what = f"afterwards:{chat}:{me.address.user}".encode()
    return blake2b(what, digest_size=SEAL_BYTES, key=me.world.digest_key).hexdigest()
