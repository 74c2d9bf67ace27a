"""Where a session's user stands: read when the session is activated, looked up again in the pool, and noted in the records."""

from __future__ import annotations

import asyncio
import logging

from actors.messages import NoteStanding
from actors.runtime.asking import RETRY_SECONDS
from actors.session.data import SessionData
from domain.ask import Response, reply
from domain.errors import Unavailable
from domain.matching.requests import GetStatus
from domain.model.chat import Chat
from domain.model.ids import MessageId
from domain.session.facts import Stands
from domain.session.state import Chatting, Elsewhere, Searching, Session

logger = logging.getLogger(__name__)


async def activate(me: SessionData) -> Session:
    """The profile, the pool's answer to where the user stands, and the map of messages. Raises Unavailable."""
    user, world = me.address.user, me.world
    profile, answer = await asyncio.gather(world.profiles.get(user), world.ask_pool(GetStatus(user=user)))
    passive = Session(address=me.address, profile=profile)
    activated, _ = world.machine.step(world.context(passive), Stands(answer=answer))
    if isinstance(activated.place, Chatting):
        tracker = me.relaying.tracker
        tracker.turn_to(activated.place.chat.id)
        tracker.pairs.load(await _mapped(me, activated.place.chat), world.live.current.chat.mapped_messages)
    me.assume(activated)
    return activated


async def look(me: SessionData, session: Session) -> Session:
    """Where the user stands by the pool now. Raises Unavailable."""
    world = me.world
    answer = await world.ask_pool(GetStatus(user=me.address.user))
    looked, _ = world.machine.step(world.context(session), Stands(answer=answer))
    me.assume(looked)
    return looked


def is_first(me: SessionData, chat: Chat) -> bool:
    """Of the two sides of the chat: the stored map is written as the first side sees it."""
    return chat.first.user == me.address.user


def is_minor(me: SessionData) -> bool:
    """Whether the user, and so whoever they chat with, is under 18. Nothing of their chats is copied into the media channel."""
    profile = me.session.profile if me.session is not None else None
    return profile is not None and profile.minor


def note(me: SessionData, message: NoteStanding) -> Response:
    return reply(message, note_standing(me))


async def note_standing(me: SessionData) -> None:
    """Only a note: the search itself stands in the pool. Where the records are away it is made when they are back."""
    try:
        session = me.session if me.session is not None else await activate(me)
        if isinstance(session.place, Searching):
            await me.world.searches.begun(me.address)
        elif not isinstance(session.place, Elsewhere) or session.place.chatting:
            await me.world.searches.over(me.address.user)
    except Unavailable as error:
        logger.warning("%s: a search waits to be noted: %s", me.address, error)
        if me.note_later is None or not me.note_later.active:
            me.note_later = me.after(RETRY_SECONDS, NoteStanding())


async def _mapped(me: SessionData, chat: Chat) -> list[tuple[MessageId, MessageId, int]]:
    """Which of our messages were which of theirs when a session of ours was last active, and the digests of what was said."""
    pairs = await me.world.maps.load(chat.id)
    return pairs if is_first(me, chat) else [(mine, theirs, digest) for theirs, mine, digest in pairs]


async def keep_map(me: SessionData) -> None:
    """When the session ends: the bot's next owner may be another process."""
    if me.session is None or not isinstance(me.session.place, Chatting):
        return
    try:
        await me.world.maps.flush(me.session.place.chat.id)
    except Unavailable as error:
        logger.warning("%s: replies to the last messages are forgotten: %s", me.address, error)
