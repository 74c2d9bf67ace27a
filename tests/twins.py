"""Twins: the ports of `domain/ports/` in memory. They do what is asked, record it, and can be told to fail."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import Any

from domain.cluster.allocation import Member, RosterSnapshot
from domain.configuration import Matching
from domain.errors import Fenced, Unavailable
from domain.matching.requests import Answer, GetStatus, Request
from domain.matching.rules import Oracle, partition_of
from domain.model.ban import Ban
from domain.model.bot import Bot, Lease
from domain.model.chat import Chat, ChatEnd, PastChat
from domain.model.content import Content, FileRef, Media, Text, with_files
from domain.model.digest import UNKNOWN
from domain.model.events import Entry, Event
from domain.model.ids import Address, BotId, ChatId, LockId, MessageId, Pts, UserId
from domain.model.inbound import Ignored, Inbound
from domain.model.outgoing import AnswerPress, Delete, Edit, Lane, Notice, NotSent, Outcome, Outgoing, Send, Sent, Why
from domain.model.profile import Profile
from domain.model.profile_changes import Begin, ProfileChange, changed
from domain.model.sending import Sending
from domain.model.separation import Apart, Separation
from domain.panel.login import read_code
from domain.payments.calls import StarsCall
from domain.payments.updates import PrecheckoutAsked
from domain.ports.invitations import Invitation
from domain.ports.judge import Judgement
from domain.ports.panel import Answered, NotAsked, PanelQuestion
from domain.ports.panel import Outcome as PanelOutcome
from domain.ports.spam import HIT, SAID, Kind, Noted
from domain.ports.talk import Rating
from domain.trust.appeals import NotAppealed, refusal
from domain.trust.evidence import Copy
from domain.trust.spam.rules import Standing
from domain.trust.standing import Votes

PATIENCE = 100.0
"""Seconds that a test waits for something, by its loop's clock."""
STALE = NotSent(why=Why.STALE)
DISCARDED = NotSent(why=Why.DISCARDED)


class Twin:
    """Base class. A test can wait until something is true of it, make it unavailable, hold its calls, or make a call fail."""

    def __init__(self) -> None:
        self.away = False
        """Calls raise Unavailable."""
        self.fault: Exception | None = None
        """The next call raises this."""
        self._open = asyncio.Event()
        self._open.set()
        self._changed = asyncio.Event()
        self.held = 0
        self.times_asked = 0

    async def until(self, predicate: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not predicate():
                self._changed.clear()
                await self._changed.wait()

    def tell(self) -> None:
        """Something has changed."""
        self._changed.set()

    @asynccontextmanager
    async def holding(self):
        """Calls made within the block wait until its end."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    async def asked(self) -> None:
        self.times_asked += 1
        if not self._open.is_set():
            self.held += 1
            self.tell()
            await self._open.wait()
        fault, self.fault = self.fault, None
        if fault is not None:
            raise fault
        if self.away:
            raise Unavailable(f"{type(self).__name__} is away")


class TelegramTwin(Twin):
    """Sends at once, and a message with a known key only once. `shown`: texts on each user's phone, in order of arrival."""

    def __init__(self, bot: BotId, fresh: Callable[[], bool] = lambda: True) -> None:
        super().__init__()
        self.bot = bot
        self.state = "connecting"
        self.detail = ""
        self.silent = False
        """Nothing is heard from Telegram."""
        self.sending = Sending()
        self.problems: tuple[str, ...] = ()
        self.refusal: Exception | None = None
        """With what the token is refused."""
        self.starts = 0
        self.stopped = False
        self.submitted: list[Outgoing] = []
        self.sent: list[Outgoing] = []
        self.shown: dict[UserId, list[str]] = {}
        self.message_ids: dict[str, int] = {}
        """By the key of the send."""
        self.outcomes: dict[UserId, Outcome] = {}
        """For users whom nothing reaches."""
        self.confirmed: list[Pts] = []
        self.discarded: list[ChatId] = []
        self.holds_files = False
        """Files are held back; everything else is sent."""
        self.stuck: set[UserId] = set()
        """Nothing can be sent to these users until `flows`."""
        self.has_channel = False
        self.judged: list[Content] = []
        """What the judge was shown."""
        self.judgement = Judgement.NOTHING
        self.missing: tuple[tuple[str, str], ...] = ()
        self.receive: Callable[[Inbound | Ignored], Awaitable[None]] | None = None
        self.precheckout: Callable[[PrecheckoutAsked], None] | None = None
        self.confirmed_qts: list[int] = []
        self.asked_stars: list[StarsCall] = []
        self.stars_answers: dict[type, object] = {}
        """Type of a call about Stars → its reply."""
        self.ids = count(1)
        self.written: dict[MessageId, tuple[UserId, Content]] = {}
        """What people wrote to the bot, as it stands now, by its number. A test that deletes it takes it out."""
        self.read: list[tuple[MessageId, ...]] = []
        """What was read back."""
        self.fresh = fresh
        self._waiting: list[tuple[Outgoing, Future[Outcome]]] = []

    async def start(
        self,
        receive: Callable[[Inbound | Ignored], Awaitable[None]],
        precheckout: Callable[[PrecheckoutAsked], None] | None = None,
    ) -> Bot:
        self.starts += 1
        self.tell()
        await self.asked()
        if self.refusal is not None:
            self.state = "refused"
            raise self.refusal
        self.receive, self.precheckout = receive, precheckout
        self.state = "serving"
        self.tell()
        return Bot(id=self.bot, username=f"bot{self.bot}", name="A bot")

    def look(self) -> None: ...

    @property
    def heard(self) -> float | None:
        return None if self.silent else asyncio.get_running_loop().time()

    def submit(self, outgoing: Outgoing) -> Future[Outcome]:
        done: Future[Outcome] = asyncio.get_running_loop().create_future()
        self.submitted.append(outgoing)
        self._waiting.append((outgoing, done))
        if self._open.is_set():
            self._send()
        self.tell()
        return done

    @asynccontextmanager
    async def holding(self):
        async with super().holding():
            yield
        self._send()
        self.tell()

    def confirm(self, pts: Pts) -> None:
        self.confirmed.append(pts)
        self.tell()

    def confirm_qts(self, qts: int) -> None:
        self.confirmed_qts.append(qts)
        self.tell()

    async def stars(self, call: StarsCall) -> object:
        self.asked_stars.append(call)
        self.tell()
        await self.asked()
        return self.stars_answers.get(type(call))

    async def deposit(self, content: Content) -> Content:
        await self.asked()
        if not self.has_channel:
            return content
        return with_files(content, lambda file: replace(file, post=MessageId(file.id)))

    async def read_back(self, user: UserId, messages: Sequence[MessageId]) -> tuple[Copy, ...]:
        self.read.append(tuple(messages))
        self.tell()
        await self.asked()
        return tuple(copy for message in messages if (copy := self._copy(user, message)) is not None)

    def _copy(self, user: UserId, message: MessageId) -> Copy | None:
        if message in self.written:
            writer, content = self.written[message]
            return Copy(message=message, by_user=True, at=float(message), content=content) if writer == user else None
        content = None
        for each in self.sent:
            number = each.message if isinstance(each, Edit) else self.message_ids.get(getattr(each, "key", ""))
            if number == message and each.to == user:
                content = each.body
        return content and Copy(message=message, by_user=False, at=float(message), content=content)

    async def judge(self, content: Content) -> Judgement:
        self.judged.append(content)
        self.tell()
        await self.asked()
        return self.judgement

    async def missing_channels(self, user: UserId) -> tuple[tuple[str, str], ...]:
        await self.asked()
        return self.missing

    def discard(self, chat: ChatId) -> None:
        self.discarded.append(chat)
        for outgoing, done in self._waiting:
            if not isinstance(outgoing, AnswerPress) and outgoing.chat == chat and not done.done():
                done.set_result(DISCARDED)
        self.tell()

    def fence(self) -> None: ...

    async def stop(self) -> None:
        self.stopped = True
        self.state = "stopped"
        self.tell()

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        for outgoing, done in waiting:
            if self._holds_back(outgoing):
                self._waiting.append((outgoing, done))
            elif not done.done():
                done.set_result(self._outcome(outgoing))

    def send_oldest(self) -> None:
        """Of what waits within `holding`."""
        outgoing, done = self._waiting.pop(0)
        done.set_result(self._outcome(outgoing))
        self.tell()

    def flows(self) -> None:
        self.stuck = set()
        self._send()
        self.tell()

    def _holds_back(self, outgoing: Outgoing) -> bool:
        if isinstance(outgoing, AnswerPress):
            return False
        holds = self.holds_files and isinstance(outgoing, Send | Edit) and isinstance(outgoing.body, Media)
        return outgoing.to in self.stuck or holds

    def _outcome(self, outgoing: Outgoing) -> Outcome:
        if not self.fresh() or self.stopped:
            return STALE
        if isinstance(outgoing, AnswerPress):
            self.sent.append(outgoing)
            return Sent()
        if outgoing.to in self.outcomes:
            return self.outcomes[outgoing.to]
        if isinstance(outgoing, Send) and outgoing.key in self.message_ids:
            return Sent()
        self.sent.append(outgoing)
        if isinstance(outgoing, Delete):
            return Sent()
        self.shown.setdefault(outgoing.to, []).append(wording(outgoing))
        if isinstance(outgoing, Edit):
            return Sent(message=outgoing.message)
        if isinstance(outgoing, Send) and outgoing.keys:
            numbers = tuple(self.message_ids.setdefault(key, next(self.ids)) for key in outgoing.keys)
            return Sent(message=numbers[0], album=numbers)
        number = self.message_ids[outgoing.key] = next(self.ids)
        return Sent(message=number)


def wording(outgoing: Send | Edit) -> str:
    """The id of a notice, or the text of a message."""
    if isinstance(outgoing.body, Notice):
        return outgoing.body.text
    return outgoing.body.text if isinstance(outgoing.body, Text) else type(outgoing.body).__name__


def relays(sent: Sequence[Outgoing]) -> list[Send]:
    return [each for each in sent if isinstance(each, Send) and each.lane is Lane.RELAY]


class StreamTwin(Twin):
    """The events of each bot. Each is read once; those not acknowledged are read again after `hand_out_again`."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[BotId, list[Entry]] = {}
        self.leases: dict[BotId, Lease] = {}
        """Leases of bots served elsewhere."""
        self.acknowledged: list[str] = []
        self._handed_out: set[str] = set()
        self._numbers = count(1)

    async def append(self, bot: BotId, event: Event, lease: Lease | None = None) -> None:
        await self.asked()
        if lease is not None and self.leases.get(lease.bot, lease) != lease:
            raise Fenced("served elsewhere")
        self.add(bot, event)

    async def recover(self) -> None:
        """Nothing is ever lost here."""
        await self.asked()

    def add(self, bot: BotId, event: Event) -> str:
        id_ = f"{next(self._numbers)}-0"
        self.entries.setdefault(bot, []).append(Entry(id=id_, event=event))
        self.tell()
        return id_

    async def read(self, bots: Sequence[BotId], *, wait: float) -> list[tuple[BotId, Entry]]:
        await self.asked()
        news = self._news(bots)
        if not news:
            await asyncio.sleep(wait)
            await self.asked()
            news = self._news(bots)
        self._handed_out |= {entry.id for _, entry in news}
        return news

    async def acknowledge(self, bot: BotId, ids: Sequence[str]) -> None:
        await self.asked()
        self.acknowledged += ids
        self.tell()

    def of(self, kind: type) -> list[str]:
        """Ids of all events of that kind."""
        return [entry.id for entries in self.entries.values() for entry in entries if isinstance(entry.event, kind)]

    def hand_out_again(self) -> None:
        self._handed_out &= set(self.acknowledged)

    def _news(self, bots: Sequence[BotId]) -> list[tuple[BotId, Entry]]:
        return [(bot, entry) for bot in bots for entry in self.entries.get(bot, []) if entry.id not in self._handed_out]


class PoolTwin(Twin):
    """The oracle as the pool, with its locks."""

    def __init__(self, stream: StreamTwin) -> None:
        super().__init__()
        self.oracle = Oracle(rules=Matching(), now=1_000_000.0)
        self.asked_for: list[Request] = []
        self.round_trips: list[int] = []
        """The number of requests of each."""
        self.sweeps = 0
        self.touched: list[ChatId] = []
        self.answers_lost = False
        """Decisions are made, but the call raises Unavailable."""
        self.faults: dict[UserId, Exception] = {}
        """What `GetStatus` for that user raises."""
        self.late: list[Request] = []
        """Requests that came while it was `away`. `catch_up` decides them."""
        self._stream = stream
        self._chats = count(1)
        self._alive: dict[ChatId, float] = {}
        """Loop time of the last message of each chat."""
        self._nudged: dict[ChatId, float] = {}
        """The silence, by its beginning, in which each chat got a question."""
        self.counted = 0
        """How many times `waiting` was asked."""

    async def decide(self, requests: Sequence[Request]) -> list[Answer | Exception]:
        if self.away:
            self.late += requests
        await self.asked()
        self.round_trips.append(len(requests))
        self.asked_for += requests
        answers = self._decided(requests)
        if self.answers_lost and any(not isinstance(request, GetStatus) for request in requests):
            raise Unavailable("the answer was lost")
        return answers

    def catch_up(self) -> None:
        """Decide what was asked while it was `away`, as a server that hung does, though nobody waits for it."""
        late, self.late = self.late, []
        self._decided(late)

    async def touch(self, chats: Sequence[ChatId]) -> None:
        self.touched += chats
        self._alive |= dict.fromkeys(chats, asyncio.get_running_loop().time())

    async def end_idle(self, seconds: float) -> int:
        """By the loop's clock. The time of a chat without messages begins with the first call."""
        now = asyncio.get_running_loop().time()
        chats = {chat.id: chat for chat in self.oracle.chats.values()}
        silent = [chat for id_, chat in chats.items() if self._alive.setdefault(id_, now) <= now - seconds]
        for chat in silent:
            self.oracle.end_chat(chat.first.user, ChatEnd.IDLE, by=None)
            self.oracle.tell_chat_ended(chat.first.user, chat, ChatEnd.IDLE)
        for id_, chat in chats.items():
            began = self._alive[id_]
            if chat not in silent and began <= now - seconds / 2 and self._nudged.get(id_) != began:
                self._nudged[id_] = began
                self.oracle.give_topic(chat)
        self._publish()
        return len(silent)

    async def waiting(self) -> dict[str, int]:
        self.counted += 1
        return dict(Counter(partition_of(search.seeker) for search in self.oracle.searches.values()))

    async def sweep(self, *, pairs: int) -> int:
        self.sweeps += 1
        self.tell()
        if self.away:
            raise Unavailable("the pool is away")
        paired = self.oracle.sweep(lambda: ChatId(f"swept{next(self._chats)}"), pairs=pairs)
        self._publish()
        return paired

    async def ban(self, user: UserId, until: float) -> None:
        if self.away:
            raise Unavailable("the pool is away")
        self.oracle.ban(user, until)
        self._publish()

    async def end_chats(self, chats: Sequence[ChatId], why: ChatEnd) -> int:
        live = {chat.id: chat for chat in self.oracle.chats.values() if chat.id in chats}
        for chat in live.values():
            self.oracle.end_chat(chat.first.user, why, by=UserId(0))
            self.oracle.tell_chat_ended(chat.first.user, chat, why)
        self._publish()
        return len(live)

    async def put_blocks_back(self, blocks: Sequence[Separation]) -> None:
        for each in blocks:
            if each.why is Apart.REPORT:
                self.oracle.reported.add(frozenset((each.user, each.other)))
            else:
                self.oracle.block(each.user, each.other)

    async def settle(self, locks: Sequence[LockId]) -> dict[LockId, Any]:
        await self.asked()
        return self.oracle.locks.settle(locks)

    async def end_due(self) -> float | None:
        await self.asked()
        left = self.oracle.end_due_locks()
        self._publish()
        return left

    async def in_force(self) -> int:
        await self.asked()
        return len(self.oracle.locks.ends())

    def lease(self, lease: Lease) -> None:
        self.oracle.leases[lease.bot] = lease

    def _decided(self, requests: Sequence[Request]) -> list[Answer | Exception]:
        answers = [self._fault_of(request) or self.oracle.decide(request) for request in requests]
        self._publish()
        self.tell()
        return answers

    def _fault_of(self, request: Request) -> Exception | None:
        return self.faults.get(request.user) if isinstance(request, GetStatus) else None

    def _publish(self) -> None:
        events, self.oracle.events = self.oracle.events, []
        for bot, event in events:
            self._stream.add(bot, event)


class ProfilesTwin(Twin):
    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[UserId, Profile] = {}
        self.ban_of: Callable[[UserId], Awaitable[Ban | None]] | None = None
        """Where the bans are recorded, if they are records of their own."""

    async def get(self, user: UserId) -> Profile | None:
        await self.asked()
        profile = self.kept.get(user)
        ban = await self.ban_of(user) if self.ban_of is not None else None
        return replace(profile, banned_until=ban.until, ban=ban) if profile is not None and ban is not None else profile

    async def read_anew(self, user: UserId) -> Profile | None:
        return await self.get(user)

    async def change(self, user: UserId, change: ProfileChange) -> None:
        await self.asked()
        before = self.kept.get(user)
        if (before is None) == isinstance(change, Begin):
            self.kept[user] = changed(before or Profile(user=user), change)


class AppealsTwin(Twin):
    """`ban_of`: whose last ban is which."""

    def __init__(self, ban_of: Callable[[UserId], Ban | None], clock: Callable[[], float]) -> None:
        super().__init__()
        self._ban_of = ban_of
        self._clock = clock
        self.kept: dict[tuple[UserId, float], tuple[Address, str]] = {}

    async def appeal(self, address: Address, text: str) -> NotAppealed | None:
        await self.asked()
        ban = self._ban_of(address.user)
        refused = refusal(ban, self._clock())
        if refused is not None or ban is None:
            return refused
        before = self.kept.get((address.user, ban.since))
        if before is not None:
            return None if before[1] == text else NotAppealed.ALREADY
        if text:
            self.kept[address.user, ban.since] = (address, text)
        return None


class QuestionsTwin(Twin):
    """Log-ins to the panel. `waiting`: code → (its admin, the question)."""

    def __init__(self) -> None:
        super().__init__()
        self.admins: set[UserId] = set()
        self.waiting: dict[str, tuple[UserId, PanelQuestion]] = {}
        self.numbers: dict[str, str] = {}
        """Reference of a question → its right number."""

    async def ask(self, sender: Address, code: str) -> PanelQuestion | NotAsked | None:
        await self.asked()
        if sender.user not in self.admins:
            return None
        user, question = self.waiting.get(read_code(code), (None, None))
        return question if question is not None and user == sender.user else NotAsked(wait=1.0 if code else 0.0)

    async def answer(self, sender: Address, reference: str, pressed: str) -> Answered | None:
        await self.asked()
        if sender.user not in self.admins:
            return None
        right = self.numbers.pop(reference, None)
        if right is None:
            return Answered(outcome=PanelOutcome.OVER)
        return Answered(outcome=PanelOutcome.ACCEPTED if right == pressed else PanelOutcome.REFUSED)


class ChatsTwin(Twin):
    def __init__(self) -> None:
        super().__init__()
        self.open: dict[ChatId, Chat] = {}
        self.known: dict[ChatId, Chat] = {}
        self.ended_at: dict[ChatId, float] = {}
        self.clock: Callable[[], float] = lambda: 1_000_000.0
        self.ends: dict[ChatId, ChatEnd] = {}

    async def opened(self, chat: Chat) -> None:
        await self.asked()
        self.known[chat.id] = chat
        if chat.id not in self.ends:
            self.open[chat.id] = chat
        self.tell()

    async def ended(self, chat: ChatId, why: ChatEnd) -> None:
        await self.asked()
        self.open.pop(chat, None)
        self.ends.setdefault(chat, why)
        self.ended_at.setdefault(chat, self.clock())
        self.tell()

    async def past(self, chat: ChatId) -> PastChat | None:
        await self.asked()
        known = self.known.get(chat)
        return known and PastChat(chat=known, ended=self.ended_at.get(chat), why=self.ends.get(chat))

    async def last(self, user: UserId) -> PastChat | None:
        await self.asked()
        chats = [chat for chat in self.known.values() if user in {chat.first.user, chat.second.user}]
        newest = max(chats, key=lambda chat: chat.started, default=None)
        return newest and PastChat(chat=newest, ended=self.ended_at.get(newest.id), why=self.ends.get(newest.id))


class RatingsTwin(Twin):
    def __init__(self, chats: ChatsTwin) -> None:
        super().__init__()
        self.votes: dict[UserId, Votes] = {}
        self._chats = chats
        self._rated: set[tuple[ChatId, UserId]] = set()

    async def rate(self, chat: ChatId, rater: UserId, *, up: bool) -> Rating:
        await self.asked()
        past = await self._chats.past(chat)
        if past is None or past.ended is None or rater not in past.members:
            return Rating.UNKNOWN
        if (chat, rater) in self._rated:
            return Rating.AGAIN
        self._rated.add((chat, rater))
        rated = past.chat.partner_of(rater).user
        before = self.votes.get(rated, Votes())
        self.votes[rated] = Votes(before.up + up, before.down + (not up))
        return Rating.COUNTED


class InvitationsTwin(Twin):
    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[UserId, str] = {}
        self._numbers = count(1)

    async def look(self, address: Address) -> Invitation:
        await self.asked()
        if address.user not in self.codes:
            self.codes[address.user] = f"{next(self._numbers):012}"
        return Invitation(code=self.codes[address.user])

    async def renew(self, address: Address) -> Invitation:
        self.codes.pop(address.user, None)
        return await self.look(address)


class WatchedTwin(Twin):
    def __init__(self) -> None:
        super().__init__()
        self.users: set[UserId] = set()

    async def is_watched(self, user: UserId) -> bool:
        await self.asked()
        return user in self.users


class SearchesTwin(Twin):
    def __init__(self) -> None:
        super().__init__()
        self.noted: set[Address] = set()

    async def begun(self, address: Address) -> None:
        await self.asked()
        self.noted.add(address)

    async def over(self, user: UserId) -> None:
        await self.asked()
        self.noted = {address for address in self.noted if address.user != user}


class PresenceTwin:
    def __init__(self) -> None:
        self.noted: list[Address] = []

    def seen(self, address: Address) -> None:
        self.noted.append(address)


class PersonalTwin(Twin):
    """Somebody's data: what was asked, and one export a person."""

    def __init__(self) -> None:
        super().__init__()
        self.exports: dict[UserId, str] = {}
        self.waiting: set[UserId] = set()
        self.deleted: list[UserId] = []
        self.again_at = 2_000_000.0

    async def export(self, user: UserId, key: str) -> bytes | float:
        await self.asked_for()
        if self.exports.setdefault(user, key) != key:
            return self.again_at
        return b"{}"

    async def take_back(self, user: UserId, key: str) -> None:
        await self.asked_for()
        if self.exports.get(user) == key:
            del self.exports[user]

    async def ask_deletion(self, address: Address) -> None:
        await self.asked_for()
        self.waiting.add(address.user)

    async def asked(self, user: UserId) -> bool:
        return user in self.waiting

    async def delete(self, user: UserId) -> bool:
        await self.asked_for()
        if user not in self.waiting:
            return False
        self.waiting.discard(user)
        self.deleted.append(user)
        self.tell()
        return True

    asked_for = Twin.asked


class MapsTwin(Twin):
    """What is noted is kept by itself, soon after."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: dict[ChatId, list[tuple[MessageId, MessageId, int]]] = {}
        self.kept: dict[ChatId, list[tuple[MessageId, MessageId, int]]] = {}
        self.ended: list[ChatId] = []
        self._writer: asyncio.Task[None] | None = None

    def note(self, chat: ChatId, first: MessageId, second: MessageId, digest: int = UNKNOWN) -> None:
        self.noted.setdefault(chat, []).append((first, second, digest))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._write())

    def over(self, chat: ChatId) -> None:
        self.ended.append(chat)

    async def flush(self, chat: ChatId | None = None) -> None:
        if chat is not None and chat not in self.noted:
            return
        await self.asked()
        for each, pairs in self.noted.items():
            self.kept.setdefault(each, []).extend(pairs)
        self.noted = {}
        self.tell()

    async def load(self, chat: ChatId) -> list[tuple[MessageId, MessageId, int]]:
        await self.asked()
        return [*self.kept.get(chat, []), *self.noted.get(chat, [])]

    async def _write(self) -> None:
        while self.noted:
            await asyncio.sleep(0.1)
            try:
                await self.flush()
            except Unavailable:
                continue


class FilesTwin(Twin):
    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[BotId, str], FileRef] = {}

    async def get(self, bot: BotId, unique_id: str) -> FileRef | None:
        await self.asked()
        return self.kept.get((bot, unique_id))

    async def put(self, file: FileRef) -> None:
        await self.asked()
        self.kept[file.bot, file.unique_id] = file


class LeasesTwin(Twin):
    """The leases as one owner sees them. `holders` may be shared between owners."""

    def __init__(self, owner: str, holders: dict[BotId, Lease] | None = None) -> None:
        super().__init__()
        self.holders = {} if holders is None else holders
        self.renewals = 0
        self._renewing = asyncio.Event()
        self._renewing.set()
        self._answers_held = False
        self._owner = owner
        self._tokens = count(1)

    async def acquire(self, bot: BotId) -> Lease | None:
        await self.asked()
        held = self.holders.get(bot)
        if held is not None:
            return held if held.owner == self._owner else None
        lease = self.holders[bot] = Lease(bot=bot, owner=self._owner, token=next(self._tokens))
        self.tell()
        return lease

    async def renew(self, lease: Lease) -> bool:
        await self.asked()
        self.renewals += 1
        self.tell()
        renewed = self.holders.get(lease.bot) == lease
        await self._renewing.wait()
        return renewed if self._answers_held else self.holders.get(lease.bot) == lease

    @asynccontextmanager
    async def holding_renewals(self, *, answers_only: bool = False):
        """Renewals asked for within the block are made, or with `answers_only` only answered, at its end."""
        self._renewing.clear()
        self._answers_held = answers_only
        try:
            yield
        finally:
            self._renewing.set()

    async def release(self, lease: Lease) -> None:
        await self.asked()
        if self.holders.get(lease.bot) == lease:
            del self.holders[lease.bot]
        self.tell()


class RosterTwin(Twin):
    """The roster as one worker sees it. `entries` and `holders` may be shared. An entry expires after `seconds`."""

    def __init__(self, entries: dict[str, tuple[float, Member]], holders: dict[BotId, Lease], *, seconds: float) -> None:
        super().__init__()
        self.entries = entries
        self.holders = holders
        self._seconds = seconds

    async def beat(self, member: Member) -> RosterSnapshot:
        await self.asked()
        now = asyncio.get_running_loop().time()
        for owner, (seen, _) in list(self.entries.items()):
            if now - seen > self._seconds:
                del self.entries[owner]
        known = member.owner in self.entries
        self.entries[member.owner] = now, member
        self.tell()
        return RosterSnapshot(
            members=tuple(replace(each, seen=now - seen) for seen, each in self.entries.values()),
            holders={bot: lease.owner for bot, lease in self.holders.items()},
            known=known,
        )

    async def leave(self, owner: str) -> None:
        await self.asked()
        self.entries.pop(owner, None)


class SpamNotesTwin(Twin):
    """Notes that never expire."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, int], Any] = {}
        self.seconds: dict[tuple[str, int], float] = {}
        """For how long each was to be kept when it was last written."""

    async def change(self, kind: Kind[Any], subject: int, fold: Callable[[Any], Noted[Any, Any]]) -> Any:
        await self.asked()
        name = kind.name, subject
        value = self.kept.get(name, kind.empty)
        noted = fold(value)
        if noted.value != value:
            self.kept[name], self.seconds[name] = noted.value, noted.seconds
        self.tell()
        return noted.result

    async def forget(self, user: UserId) -> None:
        await self.asked()
        for kind in (SAID, HIT):
            self.kept.pop((kind.name, user), None)


class StandingsTwin(Twin):
    """Everybody is known for long, unless `known` says otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[UserId, Standing] = {}
        self.ids: Sequence[int] = ()

    async def of(self, user: UserId) -> Standing | None:
        await self.asked()
        return self.known.get(user, Standing(since=0.0, chats=3))

    async def ids_before(self, when: float) -> Sequence[int]:
        await self.asked()
        return self.ids
