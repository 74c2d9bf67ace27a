"""What every session of a worker works with: the ports, the actors it tells and asks, its bots. One per worker, shared by all
sessions, without a state of its own.
"""

from __future__ import annotations

from asyncio import Future, get_running_loop
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import cast

from actors.bot.directory import Directory
from actors.crowd import Crowd
from actors.locks.messages import LockMessage
from actors.messages import Append, Deposit, Done, EventsMessage, MatcherMessage, Processed, Submit, TransportMessage
from actors.moderation.messages import ModerationMessage
from actors.payments.messages import PaymentMessage
from actors.runtime.asking import answer_of, followed
from actors.runtime.handle import Handle
from actors.runtime.ref import ActorRef
from actors.session.effects.table import EffectTable, effects_of
from actors.session.outcomes import known
from domain.configuration import LiveConfiguration
from domain.errors import Fenced, MasqueradeError, Unavailable
from domain.matching.requests import Answer, Request
from domain.model.content import Content, files_of
from domain.model.events import DeliveryReceipt, RelayedMessage
from domain.model.ids import BotId, Pts
from domain.model.outgoing import NotSent, Outcome, Outgoing, Why
from domain.ports.invitations import Invitations
from domain.ports.judge import Watched
from domain.ports.panel import Questions
from domain.ports.personal import PersonalData
from domain.ports.records import Chats, Presence, Profiles, Restrictions, Searches
from domain.ports.relay import EarlierForms, MessageMaps
from domain.ports.review import Appeals
from domain.ports.spam import SpamStores
from domain.ports.talk import Ratings
from domain.session.context import Context
from domain.session.machine import Machine
from domain.session.state import Session
from domain.settings import Settings

SENDS = 4
"""A send may wait for its turn, and for Telegram's answer, for `max_park_seconds` each, and be made twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionContext:
    directory: Directory
    matcher: Handle[MatcherMessage]
    events: Handle[EventsMessage]
    payments: Handle[PaymentMessage]
    moderation: Handle[ModerationMessage]
    locks: Handle[LockMessage]
    profiles: Profiles
    chats: Chats
    maps: MessageMaps
    earlier: EarlierForms
    searches: Searches
    presence: Presence
    ratings: Ratings
    invitations: Invitations
    personal: PersonalData
    restrictions: Restrictions
    appeals: Appeals
    watched: Watched
    questions: Questions
    spam: SpamStores
    settings: Settings
    live: LiveConfiguration
    """What may change while the process runs is read from here, each time anew."""
    machine: Machine
    clock: Callable[[], float]
    """Unix seconds."""
    digest_key: bytes = b""
    """Of the digests in message maps. The same in every process."""
    durable_streams: bool = True
    """False where the event streams die with this process."""
    crowd: Crowd = field(default_factory=Crowd)
    """How many search. The MatcherActor counts."""
    effects: EffectTable = field(init=False)
    """Who carries out which effect."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "effects", effects_of(self))

    def context(self, session: Session) -> Context:
        """What a decision made now may look at."""
        return Context(
            session=session,
            now=self.clock(),
            configuration=self.live.current,
            bot_names=self.directory.names,
            closed=self.directory.closed,
            media_channel=self.settings.admin.media_channel_id != 0,
        )

    # --- the pool

    @property
    def ask_timeout(self) -> float:
        return self.settings.actors.ask_timeout

    async def ask_pool(self, request: Request) -> Answer:
        """Raises Unavailable."""
        return await answer_of(self.matcher.ask(request, timeout=self.ask_timeout), "the pool")

    # --- the bot

    def transport(self, bot: BotId) -> ActorRef[TransportMessage] | None:
        post = self.directory.post(bot)
        return post.transport if post is not None and post.transport.is_alive() else None

    def send(self, bot: BotId, outgoing: Outgoing) -> Future[Outcome]:
        transport = self.transport(bot)
        if transport is None:
            return known(NotSent(why=Why.STALE))
        return transport.ask(Submit(outgoing=outgoing), timeout=None)

    def processed(self, bot: BotId, places: Iterable[Pts]) -> None:
        """The update is done, with all its places in the bot's log."""
        transport = self.transport(bot)
        if transport is not None:
            for pts in places:
                transport.tell(Processed(pts=pts))

    # --- event streams

    def acknowledge(self, bot: BotId, event: str) -> None:
        """Where nobody takes it now, the event comes again and changes nothing."""
        if self.events.is_alive():
            self.events.tell(Done(bot=bot, id=event))

    def append(self, mine: BotId, bot: BotId, event: RelayedMessage | DeliveryReceipt, seconds: float) -> Future[None]:
        """Raises Fenced where our bot is not served by the same lease now, Unavailable while the EventsActor is started anew."""
        post = self.directory.post(mine)
        if post is None:
            return _refused(_fenced(mine))
        if not self.events.is_alive():
            return _refused(Unavailable("the event stream is being opened anew"))
        return self.events.ask(Append(bot=bot, event=event, lease=post.lease), timeout=seconds)

    def carry_away(
        self, mine: BotId, bot: BotId, carried: RelayedMessage, seconds: float, *, copies: bool
    ) -> Future[Outcome] | Future[None]:
        """By the stream; files of our bot first go where the partner's bot can read them, if `copies` may be made."""
        if bot == mine or not copies or not files_of(carried.content):
            return self.append(mine, bot, carried, seconds)
        transport = self.transport(mine)
        if transport is None:
            return _refused(_fenced(mine))
        deposited = transport.ask(Deposit(content=carried.content), timeout=seconds)
        return cast("Future[None]", followed(deposited, partial(self._carry_deposited, mine, bot, carried, seconds)))

    def _carry_deposited(
        self, mine: BotId, bot: BotId, carried: RelayedMessage, seconds: float, deposited: Content | NotSent
    ) -> Future[NotSent] | Future[None]:
        if isinstance(deposited, NotSent):
            return known(deposited)
        return self.append(mine, bot, replace(carried, content=deposited), seconds)

    # --- patience

    def patience_for(self, content: Content) -> float:
        """Seconds for which an edit or a reply waits for what it is about."""
        configuration = self.live.current
        transfers = configuration.relay.transfer_seconds * len(files_of(content))
        return self.ask_timeout + configuration.pacing.max_park_seconds + transfers

    def given_up_after(self, content: Content) -> float:
        """Seconds until a message is taken for lost. Whoever sends it gives it up before, and only they know the outcome."""
        return self.patience_for(content) + (SENDS - 1) * self.live.current.pacing.max_park_seconds


def _fenced(bot: BotId) -> Fenced:
    return Fenced(f"bot{bot} is being handed over")


def _refused(error: MasqueradeError) -> Future[None]:
    refused: Future[None] = get_running_loop().create_future()
    refused.set_exception(error)
    return refused
