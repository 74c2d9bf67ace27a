"""House: a worker's actors on twins of the ports (`tests/twins.py`). Person: somebody who writes to its bots."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from msgspec import structs

from actors.bot.directory import Directory
from actors.bot.transport import TransportActor
from actors.crowd import Crowd
from actors.events import EventsActor
from actors.matcher import MatcherActor
from actors.moderation.actor import ModerationActor
from actors.moderation.context import ModerationContext
from actors.runtime.handle import Handle
from actors.session.actor import SessionActor
from actors.session.context import SessionContext
from domain.configuration import ChatRules, Configuration, LiveConfiguration
from domain.model.ban import Ban
from domain.model.bot import Lease
from domain.model.content import FileRef, Media, MediaKind, Text
from domain.model.ids import Address, BotId, MessageId, Pts, UserId
from domain.model.inbound import ButtonPressed, CommandReceived, MessageEdited, MessageReceived
from domain.model.outgoing import Send
from domain.model.profile import Gender, Profile
from domain.ports.spam import SpamStores
from domain.session.machine import Machine
from domain.settings import Actors, Settings
from tests.parting_twins import EarlierTwin, ModerationTwin, RestrictionsTwin
from tests.twins import (
    AppealsTwin,
    ChatsTwin,
    InvitationsTwin,
    MapsTwin,
    PersonalTwin,
    PoolTwin,
    PresenceTwin,
    ProfilesTwin,
    QuestionsTwin,
    RatingsTwin,
    SearchesTwin,
    SpamNotesTwin,
    StandingsTwin,
    StreamTwin,
    TelegramTwin,
    WatchedTwin,
)

FIRST, SECOND = BotId(1), BotId(2)
SETTINGS = Settings()
AFTERWARDS = "afterwards"


class House:
    """Two bots, each served by a TransportActor on a twin of Telegram."""

    def __init__(
        self,
        settings: Settings = SETTINGS,
        *,
        durable_streams: bool = True,
        bots: tuple[BotId, ...] = (FIRST, SECOND),
        stores: House | None = None,
    ) -> None:
        """`stores`: whose this one works with, as another worker does."""
        self.settings = settings
        self._durable_streams = durable_streams
        self._bots = bots
        self.live = LiveConfiguration(Configuration.of(settings))
        self.stream = stores.stream if stores else StreamTwin()
        self.pool = stores.pool if stores else PoolTwin(self.stream)
        self.profiles = stores.profiles if stores else ProfilesTwin()
        self.chats = stores.chats if stores else ChatsTwin()
        self.ratings = stores.ratings if stores else RatingsTwin(self.chats)
        self.invitations = stores.invitations if stores else InvitationsTwin()
        self.crowd = Crowd()
        self.maps = stores.maps if stores else MapsTwin()
        self.watched = stores.watched if stores else WatchedTwin()
        self.searches = stores.searches if stores else SearchesTwin()
        self.presence = stores.presence if stores else PresenceTwin()
        self.personal = stores.personal if stores else PersonalTwin()
        self.earlier = stores.earlier if stores else EarlierTwin()
        self.restrictions = stores.restrictions if stores else RestrictionsTwin()
        self.moderation = stores.moderation if stores else ModerationTwin()
        self.chats.clock = lambda: self.pool.oracle.now
        self.appeals = stores.appeals if stores else AppealsTwin(self._ban_of, lambda: self.pool.oracle.now)
        self.questions = stores.questions if stores else QuestionsTwin()
        self.notes = stores.notes if stores else SpamNotesTwin()
        self.standings = stores.standings if stores else StandingsTwin()
        self.directory = Directory()
        self.telegrams: dict[BotId, TelegramTwin] = {}
        self._numbers = stores._numbers if stores else count(10)
        self._actors: list[Any] = []

    async def start(self) -> None:
        matcher = MatcherActor.start(self.pool, self.live, crowd=self.crowd)
        events = EventsActor.start(self.stream, self.directory)
        world = ModerationContext(
            moderation=self.moderation,
            pool=self.pool,
            put_blocks_back=self.pool.put_blocks_back,
            end_chats=self.pool.end_chats,
            profile_changed=lambda _user: None,
        )
        self._moderator = ModerationActor.start(world)
        self._actors = [matcher, events, self._moderator]
        self.events = events
        context = self._session_context(matcher, events)
        self.directory.activates_with(lambda address: SessionActor.start(address, context))
        for bot in self._bots:
            await self.serve(bot)

    async def serve(self, bot: BotId) -> None:
        telegram = self.telegrams[bot] = TelegramTwin(bot)
        transport = TransportActor.start(bot, telegram, self.directory)
        lease = Lease(bot=bot, owner="test", token=1)
        self.pool.lease(lease)
        self.directory.serve(lease, transport)
        self._actors.append(transport)
        await telegram.until(lambda: telegram.receive)

    async def stop(self) -> None:
        for bot in self.directory.bots:
            for session in self.directory.close(bot):
                session.kill()
        for actor in reversed(self._actors):
            await actor.stop()

    def person(self, bot: BotId = FIRST, *, age: int = 25, **profile: Any) -> Person:
        """Somebody with a profile. `profile`: its other fields."""
        person = self.newcomer(bot)
        self.profiles.kept[person.user] = Profile(user=person.user, gender=Gender.FEMALE, age=age, **profile)
        return person

    def newcomer(self, bot: BotId = FIRST) -> Person:
        return Person(self, bot, UserId(next(self._numbers)))

    async def searching(self, bot: BotId = FIRST) -> Person:
        person = self.person(bot)
        await person.commands("find")
        await person.hears("searching")
        return person

    async def chatting(self) -> tuple[Person, Person]:
        """Two people in a chat: the first at the first bot, the second at the second bot."""
        boris = await self.searching(SECOND)
        anna = self.person(FIRST)
        await anna.commands("find")
        await anna.hears("matched")
        await boris.hears("matched")
        await self.rests()
        return anna, boris

    def loop_time(self) -> float:
        return asyncio.get_running_loop().time()

    async def rests(self) -> None:
        """Wait until all work is done or waits for somebody. In virtual time; shorter than any time limit of a session."""
        await asyncio.sleep(1.5)

    def _ban_of(self, user: UserId) -> Ban | None:
        profile = self.profiles.kept.get(user)
        return profile.ban if profile is not None else None

    def _session_context(self, matcher: Any, events: Any) -> SessionContext:
        handles = {name: Handle[Any](name) for name in ("matcher", "events", "payments", "moderation", "locks")}
        self.moderator_handle, self.locks_handle = handles["moderation"], handles["locks"]
        handles["matcher"].found(matcher)
        handles["events"].found(events)
        handles["moderation"].found(self._moderator)
        return SessionContext(
            directory=self.directory,
            profiles=self.profiles,
            chats=self.chats,
            maps=self.maps,
            earlier=self.earlier,
            restrictions=self.restrictions,
            searches=self.searches,
            presence=self.presence,
            ratings=self.ratings,
            invitations=self.invitations,
            crowd=self.crowd,
            personal=self.personal,
            appeals=self.appeals,
            watched=self.watched,
            questions=self.questions,
            spam=SpamStores(notes=self.notes, standings=self.standings, key=b"a key"),
            settings=self.settings,
            live=self.live,
            machine=Machine(),
            clock=lambda: self.pool.oracle.now,
            durable_streams=self._durable_streams,
            **handles,
        )


class Person:
    def __init__(self, house: House, bot: BotId, user: UserId) -> None:
        self.user = user
        self.address = Address(bot, user)
        self._house = house

    @property
    def telegram(self) -> TelegramTwin:
        return self._house.telegrams[self.address.bot]

    @property
    def phone(self) -> list[str]:
        """All texts that were shown, oldest first, but for what is offered after a chat (`offers`)."""
        return [text for text in self.telegram.shown.get(self.user, []) if text != AFTERWARDS]

    @property
    def offers(self) -> list[list[str]]:
        """The data of the buttons of each message about a chat that is over."""
        sent = [each for each in self.telegram.sent if getattr(each, "to", None) == self.user and _says(each, AFTERWARDS)]
        return [[button.data for row in each.body.buttons for button in row] for each in sent]

    async def is_offered(self, times: int = 1) -> list[str]:
        """What the last message about a chat that is over offers."""
        await self.telegram.until(lambda: len(self.offers) >= times)
        return self.offers[-1]

    @property
    def session(self) -> Any:
        """The reference of the session, None while it is passivated."""
        served = self._house.directory.post(self.address.bot)
        return served.sessions.get(self.user)

    async def says(self, text: str, *, reply_to: MessageId | None = None) -> MessageReceived:
        number = next(self.telegram.ids)
        message = MessageId(number)
        said = MessageReceived(user=self.user, pts=Pts(number), message=message, content=Text(text=text), reply_to=reply_to)
        await self.does(said)
        return said

    async def sends_file(self, *, caption: str = "") -> MessageReceived:
        return await self.sends_part(0, caption=caption)

    async def sends_part(self, album: int, *, caption: str = "", content: Any = None) -> MessageReceived:
        """One picture of an album."""
        number = next(self.telegram.ids)
        file = FileRef(
            bot=self.address.bot, id=number, access_hash=1, reference=b"", unique_id=str(number), message=MessageId(number)
        )
        picture = content or Media(kind=MediaKind.PHOTO, file=file, caption=Text(text=caption))
        said = MessageReceived(user=self.user, pts=Pts(number), message=MessageId(number), content=picture, album=album)
        await self.does(said)
        return said

    async def commands(self, name: str, **more: Any) -> CommandReceived:
        number = next(self.telegram.ids)
        content = Text(text=f"/{name}")
        command = CommandReceived(user=self.user, pts=Pts(number), message=MessageId(number), name=name, content=content, **more)
        await self.does(command)
        return command

    async def edits(self, said: MessageReceived, text: str, **more: Any) -> MessageEdited:
        pts = Pts(next(self.telegram.ids))
        edited = MessageEdited(user=self.user, pts=pts, message=said.message, content=Text(text=text), **more)
        await self.does(edited)
        return edited

    async def presses(self, data: str) -> None:
        await self.does(ButtonPressed(user=self.user, query=next(self.telegram.ids), message=MessageId(1), data=data))

    async def does(self, update: Any) -> None:
        if isinstance(update, MessageReceived | MessageEdited):
            self.telegram.written[update.message] = self.user, update.content
        await self.telegram.receive(update)

    async def hears(self, text: str, *, times: int = 1) -> None:
        await self.telegram.until(lambda: self.phone.count(text) >= times)

    async def is_answered(self, update: Any) -> None:
        """Wait until the update is confirmed."""
        await self.telegram.until(lambda: update.pts in self.telegram.confirmed)

    def message(self, text: str) -> Any:
        """The send by which the text arrived."""
        return next(each for each in self.telegram.sent if getattr(each, "to", None) == self.user and _says(each, text))

    def id_of(self, text: str) -> MessageId:
        return MessageId(self.telegram.message_ids[self.message(text).key])

    def id_of_caption(self, text: str) -> MessageId:
        files = (each for each in self.telegram.sent if isinstance(each, Send) and isinstance(each.body, Media))
        return MessageId(next(self.telegram.message_ids[each.key] for each in files if each.body.caption.text == text))


def _says(outgoing: Any, text: str) -> bool:
    return getattr(outgoing.body, "text", None) == text


@asynccontextmanager
async def a_house(*, chat: ChatRules = SETTINGS.chat, durable_streams: bool = True, **actors: float):
    """`actors`: settings of that section."""
    settings = structs.replace(SETTINGS, chat=chat, actors=structs.replace(Actors(), **actors))
    house = House(settings, durable_streams=durable_streams)
    await house.start()
    try:
        yield house
    finally:
        await house.stop()
