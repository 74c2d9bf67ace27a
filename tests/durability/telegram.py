"""A Telegram that outlives our processes. It keeps each bot's updates until they are confirmed, sends a message with a known key
only once, and shows on the phones what arrived.
"""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.errors import Unavailable
from domain.model.bot import Bot
from domain.model.content import Content, Text
from domain.model.ids import BotId, ChatId, MessageId, Pts, UserId
from domain.model.inbound import ButtonPressed, CommandReceived, Ignored, Inbound, MessageEdited, MessageReceived
from domain.model.outgoing import AnswerPress, Edit, NotSent, Outcome, Outgoing, Send, Sent, Why
from domain.model.sending import Sending
from domain.trust.evidence import Copy
from tests.durability.crash import Process
from tests.twins import wording

PATIENCE = 20.0


class Telegram:
    def __init__(self, *bots: BotId) -> None:
        self.logs = {bot: Log() for bot in bots}
        self.phones: dict[UserId, Phone] = {}
        self._changed = asyncio.Event()

    def phone(self, bot: BotId, user: UserId) -> Phone:
        phone = self.phones[user] = Phone(self, bot, user)
        return phone

    def tell(self) -> None:
        self._changed.set()

    async def until(self, predicate: Callable[[], Any], what: Callable[[], str]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not predicate():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"did not happen: {what()}") from None


@dataclass(slots=True)
class Log:
    """One bot's updates. `place`: the pts up to which the bot has stored that all is confirmed."""

    updates: list[Inbound] = field(default_factory=list)
    place: int = 0
    number: int = 0
    """The number of the newest message or update."""
    keys: dict[str, MessageId] = field(default_factory=dict)
    receive: Callable[[Inbound], None] | None = None

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def add(self, update: Inbound) -> None:
        """An update without pts is lost if no bot is connected."""
        if update.pts is not None:
            self.updates.append(update)
        if self.receive is not None:
            self.receive(update)

    def since(self, place: int) -> list[Inbound]:
        return [update for update in self.updates if update.pts is not None and update.pts > place]


@dataclass(slots=True)
class Shown:
    message: MessageId
    text: str
    reply_to: MessageId | None


class Phone:
    """One person's phone. `shows`: the texts in the order of their arrival, as last edited."""

    def __init__(self, telegram: Telegram, bot: BotId, user: UserId) -> None:
        self.bot, self.user = bot, user
        self.shown: list[Shown] = []
        self.blocked = False
        self.stuck = False
        """Telegram asks the bot to wait with sends to this person."""
        self._on_hold: list[tuple[Outgoing, Callable[[], None]]] = []
        self._telegram = telegram
        self._log = telegram.logs[bot]

    @property
    def shows(self) -> list[str]:
        return [each.text for each in self.shown]

    def says(self, text: str, *, reply_to: MessageId | None = None) -> MessageId:
        number = self._log.next_number()
        message = MessageId(number)
        self._log.add(
            MessageReceived(user=self.user, pts=Pts(number), message=message, content=Text(text=text), reply_to=reply_to)
        )
        return message

    def sends(self, content: Content) -> MessageId:
        number = self._log.next_number()
        self._log.add(MessageReceived(user=self.user, pts=Pts(number), message=MessageId(number), content=content))
        return MessageId(number)

    def commands(self, name: str) -> None:
        number = self._log.next_number()
        content = Text(text=f"/{name}")
        self._log.add(CommandReceived(user=self.user, pts=Pts(number), message=MessageId(number), name=name, content=content))

    def presses(self, data: str) -> None:
        self._log.add(ButtonPressed(user=self.user, query=self._log.next_number(), message=MessageId(1), data=data))

    def edits(self, message: MessageId, text: str) -> None:
        self._log.add(MessageEdited(user=self.user, pts=Pts(self._log.next_number()), message=message, content=Text(text=text)))

    async def hears(self, *texts: str, times: int = 1) -> None:
        """Wait until any of the texts was shown `times` times."""
        await self._telegram.until(
            lambda: any(self.shows.count(text) >= times for text in texts), lambda: f"{texts} at {self.user}: {self.shows}"
        )

    def holds(self, outgoing: Outgoing, send: Callable[[], None]) -> None:
        self._on_hold.append((outgoing, send))
        self._telegram.tell()

    def flows(self) -> None:
        """The wait is over: what waits is sent, unless its process is dead."""
        self.stuck = False
        on_hold, self._on_hold = self._on_hold, []
        for _, send in on_hold:
            send()

    async def has_waiting(self, *texts: str) -> None:
        """Wait until all of these texts wait to be sent to this person."""
        held = lambda: [wording(outgoing) for outgoing, _ in self._on_hold if isinstance(outgoing, Send)]  # noqa: E731
        await self._telegram.until(lambda: {*texts} <= {*held()}, lambda: f"{texts} for {self.user}: {held()}")

    # Called by the bot's connection

    def show(self, send: Send) -> Outcome:
        if self.blocked:
            return NotSent(why=Why.GONE)
        if send.key in self._log.keys:
            return Sent()
        message = self._log.keys[send.key] = MessageId(self._log.next_number())
        self.shown.append(Shown(message, wording(send), send.reply_to))
        return Sent(message=message)

    def change(self, edit: Edit) -> Outcome:
        for each in self.shown:
            if each.message == edit.message:
                each.text = wording(edit)
                return Sent(message=edit.message)
        return NotSent(why=Why.REFUSED)


class Connection:
    """One bot's connection, as `domain.ports.telegram.Telegram`. `forgetful`: the confirmed place is stored only by `stop`."""

    def __init__(self, telegram: Telegram, bot: BotId, process: Process, *, forgetful: bool = False) -> None:
        self.state, self.detail = "connecting", ""
        self.sending, self.problems, self.heard = Sending(), (), None
        self._bot = bot
        self._telegram = telegram
        self._log = telegram.logs[bot]
        self._process = process
        self._forgetful = forgetful
        self._confirmed: set[int] = set()
        self._incoming: asyncio.Queue[Inbound] = asyncio.Queue()
        self._reader: asyncio.Task[None] | None = None

    async def start(self, receive: Callable[[Inbound | Ignored], Awaitable[None]], precheckout: object = None) -> Bot:
        for update in self._log.since(self._log.place):
            self._incoming.put_nowait(update)
        self._log.receive = self._incoming.put_nowait
        self._reader = asyncio.create_task(self._read(receive))
        self.state = "serving"
        return Bot(id=self._bot, username=f"bot{self._bot}", name="A bot")

    def look(self) -> None: ...

    def submit(self, outgoing: Outgoing) -> Future[Outcome]:
        outcome: Future[Outcome] = asyncio.get_running_loop().create_future()
        if not isinstance(outgoing, AnswerPress) and (phone := self._telegram.phones[outgoing.to]).stuck:
            phone.holds(outgoing, lambda: self._send(outgoing, outcome))
        else:
            self._send(outgoing, outcome)
        return outcome

    def _send(self, outgoing: Outgoing, outcome: Future[Outcome]) -> None:
        result = self._process.step(f"submit {outgoing}", lambda: self._do(outgoing))
        if not self._process.dead and result is not None:
            outcome.set_result(result)

    def confirm_qts(self, _qts: int) -> None: ...

    async def stars(self, _call: object) -> object:
        raise Unavailable("nothing is sold here")

    def confirm(self, pts: Pts) -> None:
        self._process.step(f"confirm {pts}", lambda: self._confirm(pts))

    async def missing_channels(self, user: UserId) -> tuple[()]:
        return ()

    async def deposit(self, content: Content) -> Content:
        return content

    async def read_back(self, user: UserId, messages: Sequence[MessageId]) -> tuple[Copy, ...]:
        return ()

    def discard(self, chat: ChatId) -> None: ...

    def fence(self) -> None: ...

    async def stop(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
        if not self._process.dead:
            self._store_place()

    async def _read(self, receive: Callable[[Inbound | Ignored], Awaitable[None]]) -> None:
        while not self._process.dead:
            await receive(await self._incoming.get())

    def _do(self, outgoing: Outgoing) -> Outcome:
        if isinstance(outgoing, AnswerPress):
            return Sent()
        phone = self._telegram.phones[outgoing.to]
        outcome = phone.show(outgoing) if isinstance(outgoing, Send) else phone.change(outgoing)
        self._telegram.tell()
        return outcome

    def _confirm(self, pts: Pts) -> None:
        self._confirmed.add(pts)
        if not self._forgetful:
            self._store_place()
        self._telegram.tell()

    @property
    def has_done_everything(self) -> bool:
        return self.state == "serving" and {update.pts for update in self._log.since(self._log.place)} <= self._confirmed

    def _store_place(self) -> None:
        """Move the place up to the first update that is not confirmed."""
        for update in self._log.since(self._log.place):
            if update.pts not in self._confirmed:
                return
            self._log.place = update.pts
