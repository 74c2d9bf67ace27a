"""`domain.ports.telegram.Telegram` for one bot: composes the link, the inbox and the outbox, and owns their tasks.

    link        the connection, kept open                   (link.py, bot_client.py, bot_session.py, postbag.py, wire.py)
    inbox       updates in, in the order of the log         (inbox.py, update_log.py, difference.py, updates.py)
    pacer       outgoing calls, when                        (pacing.py)
    outbox      outgoing calls, how                         (outbox.py, calls.py, peers.py)
    checkpoint  what is stored of all this                  (checkpoint.py)
    courier     files that other bots have, brought first   (courier.py, files.py, exchange.py, references.py)
    membership  who is in the required channels             (membership.py, channel_door.py)

At least once in: the place stored is the last one with all before it confirmed, and a successor begins there. Exactly once
visible: a send repeated has the same random id, and Telegram refuses it.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future, Task
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pyrogram import raw
from pyrogram.errors import RPCError

from domain.configuration import LiveConfiguration
from domain.errors import BadToken, Fenced, MasqueradeError, Unavailable
from domain.model.bot import Bot
from domain.model.channels import MissingChannel, channel_number
from domain.model.content import Content, files_of, media_of, with_files
from domain.model.ids import ChatId, MessageId, Pts, UserId, bot_of
from domain.model.inbound import Ignored, Inbound
from domain.model.outgoing import AnswerPress, NotSent, Outcome, Outgoing, Why
from domain.ports.records import ConnectionStore
from domain.ports.relay import Files as Memory
from domain.settings import Settings
from transport.calls.command_list import tell_commands
from transport.calls.pacing import Pacer
from transport.calls.peers import Peers
from transport.calls.persistence import is_passing, persisting, reason_of
from transport.calls.sending import Outbox
from transport.channels.membership import Membership
from transport.media.files import Files
from transport.media.sources import FileSources
from transport.media.transfer import FileTransfer
from transport.mtproto.link import Link
from transport.texts.catalogue import Texts
from transport.updates.checkpoint import Checkpoint
from transport.updates.inbox import Inbox
from transport.updates.reading import ReadContext

OWNED_SECONDS = 0.1
"""Between looks whether a lease that ran out was renewed."""

log = logging.getLogger(__name__)

OnState = Callable[[str, str], None]
"""(state, detail) as in `domain.status.BotStatus`: connecting, serving, refused, stopped."""


def _always() -> bool:
    return True


def _unheard(state: str, detail: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all bots of a process have in common."""

    settings: Settings
    live: LiveConfiguration
    texts: Texts
    secret: bytes
    """Keys the random ids; the same in every process of the installation, for ever."""
    files: Memory
    exchange: FileSources


class KurigramTelegram:
    """Made on the event loop, for one lease.

    `may_send` is asked before every call: False once the lease is older than its time to live, whatever else is known. `on_state`
    is called on every change; "refused" and "stopped" are final (nothing more is received or sent until a new one is started).
    """

    def __init__(
        self,
        token: str,
        shared: Shared,
        *,
        store: ConnectionStore,
        may_send: Callable[[], bool] = _always,
        on_state: OnState = _unheard,
    ) -> None:
        self.state = "connecting"
        self.detail = ""
        settings = self._settings = shared.settings
        self._store = store
        self._may_send = may_send
        self._on_state = on_state
        self._loose = False
        self._peers = Peers(store)
        self._link = self._linked(token)
        bot = bot_of(token)
        self._inbox = Inbox(link=self._link, peers=self._peers, ear=ReadContext(bot, shared.texts.labels))
        self._link.on_updates, self._link.on_open = self._inbox.push, self._inbox.check
        self._checkpoint = Checkpoint(store=store, inbox=self._inbox, peers=self._peers)
        self._outbox = Outbox(
            link=self._link,
            peers=self._peers,
            inbox=self._inbox,
            texts=shared.texts,
            secret=shared.secret,
            live=shared.live,
            call_timeout=settings.telegram.call_timeout,
            ours=self._ours,
        )
        self._membership = Membership(
            link=self._link, peers=self._peers, live=shared.live, call_timeout=settings.telegram.call_timeout
        )
        self.pacer = Pacer(shared.live, self._outbox.perform)
        self._bot, self._exchange, self._texts = bot, shared.exchange, shared.texts
        channel = channel_number(settings.admin.media_channel_id)
        self._files = Files(self._link, bot=bot, media_channel=channel)
        self._courier = self._hired(shared)
        self._depositing = asyncio.Lock()
        self._tasks: dict[str, Task[None]] = {}
        self._stopping = False

    async def start(self, receive: Callable[[Inbound | Ignored], Awaitable[None]]) -> Bot:
        """What `receive` raises ends the connection (state "stopped"); the update was not confirmed and comes again."""
        self._exchange.join(self._bot, self._files)
        try:
            state = await self._link.open()
            await self._resume(state)
            bot = await self._link.who()
        except BadToken as error:
            self._exchange.leave(self._bot, self._files)
            self._enter("refused", str(error))
            await self._link.close()
            raise
        except (RPCError, OSError) as error:
            await self._link.close()
            raise Unavailable(f"Telegram cannot be reached: {type(error).__name__}") from error
        except BaseException:
            await self._link.close()
            raise
        self._membership.bot = f"@{bot.username}"
        self._run("link", self._link.keep())
        self._run("inbox", self._inbox.run(partial(self._while_ours, receive)))
        self._run("checkpoint", self._checkpoint.run())
        self._run("commands", tell_commands(self._link.call, self._texts))
        self._enter("serving", "")
        return bot

    @property
    def flood_waits(self) -> int:
        return self.pacer.figures.flood_waits

    @property
    def problems(self) -> tuple[str, ...]:
        lost_channel = (self._files.trouble,) if self._files.trouble else ()
        return (*self._inbox.problems, *self._membership.problems, *lost_channel)

    async def missing_channels(self, user: UserId) -> tuple[MissingChannel, ...]:
        return await self._membership.missing(user)

    def submit(self, outgoing: Outgoing) -> Future[Outcome]:
        if self.state == "refused":
            return self._refused()
        if not isinstance(outgoing, AnswerPress) and self._courier.concerns(outgoing):
            return self._courier.take(outgoing)
        return self.pacer.submit(outgoing)

    async def deposit(self, content: Content) -> Content | NotSent:
        """One after the other, so that they go on in the order in which they came. Tried again while there is time."""
        if not self._files.has_channel:
            return content
        posts: dict[str, MessageId] = {}
        until = asyncio.get_running_loop().time() + self._settings.relay.transfer_seconds * len(files_of(content))
        try:
            async with self._depositing:
                for media in media_of(content):
                    posts[media.file.unique_id] = await persisting(partial(self._files.post, media), until)
        except (RPCError, OSError) as error:
            log.warning("bot%d: a file could not be copied to the media channel: %s", self._bot, type(error).__name__)
            return reason_of(error) if is_passing(error) else content
        return with_files(content, lambda file: replace(file, post=posts[file.unique_id]))

    def discard(self, chat: ChatId) -> None:
        self._courier.discard(chat)
        self.pacer.discard(chat)

    def confirm(self, pts: Pts) -> None:
        self._inbox.confirm(pts)

    def fence(self) -> None:
        self._loose = True
        self._exchange.leave(self._bot, self._files)
        self._courier.stop()
        self.pacer.fence()

    async def stop(self) -> None:
        if self._stopping:
            return
        self._stopping = True
        await _ended(self._tasks.pop("inbox", None))
        await self._membership.stop()
        await self.pacer.drain(self._settings.telegram.call_timeout if self._may_send() else 0.0)
        self.fence()
        self.pacer.stop()
        for name in list(self._tasks):
            await _ended(self._tasks.pop(name))
        await self._store_last()
        await self._link.close()
        if self.state != "refused":
            self._enter("stopped", self.detail)

    # Within

    async def _while_ours(self, receive: Callable[[Inbound | Ignored], Awaitable[None]], update: Inbound | Ignored) -> None:
        """A process that was paused wakes with updates that the bot's next owner may have."""
        if await self._ours():
            await receive(update)

    def _refused(self) -> Future[Outcome]:
        """The bot may stay so for days: whoever writes to its users is told at once."""
        outcome: Future[Outcome] = asyncio.get_running_loop().create_future()
        outcome.set_result(NotSent(why=Why.UNREACHABLE, detail="the bot is refused"))
        return outcome

    def _linked(self, token: str) -> Link:
        return Link(
            token=token,
            settings=self._settings.telegram,
            store=self._store,
            on_state=self._enter,
        )

    def _hired(self, shared: Shared) -> FileTransfer:
        return FileTransfer(
            bot=self._bot,
            files=self._files,
            exchange=self._exchange,
            memory=shared.files,
            peers=self._peers,
            live=shared.live,
            submit=self.pacer.submit,
        )

    async def _resume(self, state: Any) -> None:
        """Begin where the last owner left off; a bot that never ran here begins with what is sent to it from now on."""
        stored = await self._store.load_state()
        if stored is None:
            stored = (state.pts, state.qts, state.date, state.seq)
            await self._store.save_state(*stored)
        elif state.pts < stored[0]:  # or the last owner stored it after we were told the state
            state = await self._link.call(raw.functions.updates.GetState())
        self._inbox.begin(*stored)
        self._inbox.check(state)

    async def _ours(self) -> bool:
        """Waits while the lease is older than its time to live, until it is renewed, or we are stopped: where it is renewed
        after all, nobody else would do what was dropped.
        """
        while not self._loose and not self._may_send():  # noqa: ASYNC110 - a question of the clock; nothing tells of its end
            await asyncio.sleep(OWNED_SECONDS)
        return not self._loose

    def _enter(self, state: str, detail: str) -> None:
        if (state, detail) != (self.state, self.detail):
            self.state, self.detail = state, detail
            self._on_state(state, detail)

    def _run(self, name: str, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name=f"telegram {name}")
        task.add_done_callback(self._over)
        self._tasks[name] = task

    def _over(self, task: Task[None]) -> None:
        """One of the tasks has ended. Where nobody asked it to, the bot cannot be served on: say why, and hang up."""
        if task.cancelled() or (error := task.exception()) is None or self._stopping:
            return
        self.fence()
        self.pacer.stop()
        for other in self._tasks.values():
            other.cancel()
        if isinstance(error, MasqueradeError):
            self._enter("refused" if isinstance(error, BadToken) else "stopped", str(error))
        else:
            log.error("%s failed", task.get_name(), exc_info=error)
            self._enter("stopped", f"{task.get_name()} failed: {type(error).__name__}")
        self._run("hang-up", self._link.close())

    async def _store_last(self) -> None:
        try:
            await self._checkpoint.write()
        except Fenced:
            log.info("the bot has another owner already: its place in the update log is that owner's to store")
        except Unavailable as error:
            log.warning("the last place in the update log could not be stored, some updates will come again: %s", error)


async def _ended(task: Task[None] | None) -> None:
    """Cancel it and wait; what it failed with was said by `_over`."""
    if task is not None:
        task.cancel()
        await asyncio.wait([task])
