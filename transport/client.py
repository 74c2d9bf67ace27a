"""One bot's connection to Telegram, implementing `domain.ports.telegram.Telegram`. Composes these parts and owns their tasks:

    link        keeps the connection open                        mtproto/
    inbox       receives updates, in the order of Telegram's log updates/inbox.py
    checkpoint  stores how far the updates are processed         updates/checkpoint.py
    pacer       decides when a call is made                      calls/pacing.py
    outbox      makes the call and retries it                    calls/sending.py
    transfer    copies files of other bots to this one           media/transfer.py
    judging     shows pictures to the judge                  judge/judging.py
    membership  checks who is in the required channels           channels/membership.py
    stars       asks Telegram about payments                     payments/stars.py

Updates come in at least once: the checkpoint stores a place only when every update before it is confirmed, and the next owner
of the bot starts there. Messages are seen exactly once: a repeated send has the same random id, and Telegram refuses it.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future, Task
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pyrogram import raw
from pyrogram.errors import RPCError

from domain.configuration import LiveConfiguration
from domain.errors import BadToken, Fenced, MasqueradeError, Unavailable
from domain.model.bot import Bot
from domain.model.channels import ChannelSight, MissingChannel, channel_number
from domain.model.content import Anew, Content, Media, files_of, media_of, with_media
from domain.model.ids import ChatId, MessageId, Pts, UserId, bot_of
from domain.model.inbound import Ignored, Inbound
from domain.model.outgoing import Edit, NotSent, Outcome, Outgoing, Send, Why
from domain.model.sending import Sending
from domain.payments.calls import StarsCall
from domain.payments.updates import PrecheckoutAsked
from domain.ports.judge import Judgement, MediaJudge, NullJudge
from domain.ports.records import ConnectionStore
from domain.ports.relay import Files as FileMemory
from domain.settings import Settings
from domain.trust.evidence import Copy
from transport.calls.command_list import register_commands
from transport.calls.failures import failures
from transport.calls.pacing import Pacer
from transport.calls.peers import Peers
from transport.calls.persistence import is_passing, reason_of, retry
from transport.calls.sending import Outbox
from transport.channels.membership import Membership
from transport.judge.judging import Judging
from transport.media.files import Files
from transport.media.read_back import read_back
from transport.media.remaking import TransferFailed
from transport.media.sources import FileSources
from transport.media.transfer import FileTransfer
from transport.mtproto.link import Link
from transport.payments.stars import StarsCalls
from transport.texts.catalogue import Texts
from transport.updates.checkpoint import Checkpoint
from transport.updates.inbox import Inbox
from transport.updates.reading import ReadContext

LEASE_POLL_SECONDS = 0.1
"""How often an expired lease is checked for renewal."""

CLOCK_SECONDS = 30.0
"""A clock that differs more from Telegram's is a problem."""

log = logging.getLogger(__name__)

OnState = Callable[[str, str], None]
"""(state, detail) as in `domain.status.BotStatus`: connecting, serving, refused, stopped."""


def _always() -> bool:
    return True


def _ignore_state(state: str, detail: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    settings: Settings
    live: LiveConfiguration
    texts: Texts
    secret: bytes
    """Key of the hash that makes random ids. The same in every process of the installation, and never changed."""
    files: FileMemory
    sources: FileSources
    judge: MediaJudge = NullJudge()


class KurigramTelegram:
    """Made on the event loop, for one lease.

    `may_send` is asked before every call. It answers False once the lease is older than its time to live. `on_state` is called
    on every change of state. "refused" and "stopped" are final: receiving and sending need a new instance then.
    """

    def __init__(
        self,
        token: str,
        shared: Shared,
        *,
        store: ConnectionStore,
        may_send: Callable[[], bool] = _always,
        on_state: OnState = _ignore_state,
    ) -> None:
        self.state = "connecting"
        self.detail = ""
        settings = self._settings = shared.settings
        self._live = shared.live
        self._store = store
        self._may_send = may_send
        self._on_state = on_state
        self._fenced = False
        self._peers = Peers(store)
        self._link = self._make_link(token)
        bot = bot_of(token)
        self._inbox = Inbox(link=self._link, peers=self._peers, reading=ReadContext(bot, shared.texts.labels))
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
            is_owned=self._is_owned,
        )
        self._stars = StarsCalls(link=self._link, peers=self._peers, texts=shared.texts, on_updates=self._inbox.push)
        self._membership = Membership(
            link=self._link, peers=self._peers, live=shared.live, call_timeout=settings.telegram.call_timeout
        )
        self.pacer = Pacer(shared.live, self._outbox.perform, partial(failures.of_call, bot))
        self._bot, self._sources, self._texts = bot, shared.sources, shared.texts
        channel = channel_number(settings.admin.media_channel_id)
        self._files = Files(self._link, bot=bot, media_channel=channel)
        self._transfer = self._make_transfer(shared)
        self._judging = Judging(self._files, shared.judge, shared.live)
        self._depositing = asyncio.Lock()
        self._tasks: dict[str, Task[None]] = {}
        self._stopping = False

    async def start(
        self,
        receive: Callable[[Inbound | Ignored], Awaitable[None]],
        precheckout: Callable[[PrecheckoutAsked], None] | None = None,
    ) -> Bot:
        """An exception from `receive` ends the connection (state "stopped"). Its update is not confirmed and comes again."""
        self._sources.join(self._bot, self._files)
        self._inbox.on_precheckout = precheckout or self._inbox.on_precheckout
        try:
            state = await self._link.open()
            await self._resume(state)
            bot = await self._link.who()
        except BadToken as error:
            self._sources.leave(self._bot, self._files)
            self._enter("refused", str(error))
            await self._link.close()
            raise
        except (RPCError, OSError) as error:
            await self._link.close()
            self._enter("connecting", why := f"Telegram cannot be reached: {type(error).__name__}")
            raise Unavailable(why) from error
        except BaseException as error:
            if isinstance(error, MasqueradeError):
                self._enter("connecting", str(error))
            await self._link.close()
            raise
        self._membership.bot = f"@{bot.username}"
        self._inbox.named(bot.username)
        self._run("link", self._link.keep())
        self._run("inbox", self._inbox.run(partial(self._while_owned, receive)))
        self._run("checkpoint", self._checkpoint.run())
        self._run("commands", register_commands(self._link.call, self._texts))
        self._enter("serving", "")
        return bot

    @property
    def sending(self) -> Sending:
        figures = self.pacer.figures
        return Sending(
            sent=figures.sent,
            flood_waits=figures.flood_waits,
            queued=sum(figures.queued.values()),
            held=figures.held,
            flood_seconds=figures.flood_seconds,
        )

    @property
    def heard(self) -> float | None:
        return self._link.heard

    @property
    def problems(self) -> tuple[str, ...]:
        of_bot = filter(None, (self._files.problem, self._of_other_senders(), self._of_clock()))
        return (*self._inbox.problems, *self._membership.problems, *of_bot)

    def look(self) -> None:
        self._link.look()

    async def missing_channels(self, user: UserId) -> tuple[MissingChannel, ...]:
        return await self._membership.missing(user)

    async def see_channels(self, channels: Sequence[str]) -> tuple[ChannelSight, ...]:
        if self.state != "serving":
            raise Unavailable(f"it is not served now: {self.detail or self.state}")
        return await self._membership.see(channels)

    def submit(self, outgoing: Outgoing) -> Future[Outcome]:
        if self.state == "refused":
            return self._refuse()
        if isinstance(outgoing, Send | Edit) and self._transfer.is_needed(outgoing):
            return self._transfer.submit(outgoing)
        return self.pacer.submit(outgoing)

    async def deposit(self, content: Content) -> Content | NotSent:
        """One content at a time, so that the order is kept. Given up after `relay.transfer_seconds` per file, with the wait for
        those before. Raises `Fenced` where the bot is fenced.
        """
        if self._fenced:
            raise Fenced(f"bot{self._bot} is fenced")
        if not self._files.has_channel:
            return content
        until = asyncio.get_running_loop().time() + self._live.current.relay.transfer_seconds * len(files_of(content))
        try:
            async with asyncio.timeout_at(until), self._depositing:
                return await self._deposited(content, until)
        except TransferFailed as failure:
            return failure.outcome
        except (RPCError, OSError) as error:
            log.warning("bot%d: a file could not be copied to the media channel: %s", self._bot, type(error).__name__)
            return reason_of(error) if is_passing(error) else content

    async def _deposited(self, content: Content, until: float) -> Content:
        """What must not go by its id is uploaded anew first, for whoever reads the post gets it by the post's."""
        posted: list[Media] = []
        for media in media_of(content):
            remade = media
            if media.anew:
                file = await retry(partial(self._transfer.remade, media, raw.types.InputPeerSelf()), until)
                remade = replace(media, file=file, anew=Anew.NO)
            post = await retry(partial(self._files.post, remade), until)
            posted.append(replace(remade, file=replace(remade.file, post=post)))
        in_order = iter(posted)
        return with_media(content, lambda _: next(in_order))

    async def read_back(self, user: UserId, messages: Sequence[MessageId]) -> tuple[Copy, ...]:
        return await read_back(self._link, self._bot, user, messages)

    async def judge(self, content: Content) -> Judgement:
        return await self._judging.judge(content)

    def discard(self, chat: ChatId) -> None:
        self._transfer.discard(chat)
        self.pacer.discard(chat)

    def confirm(self, pts: Pts) -> None:
        self._inbox.confirm(pts)

    def confirm_qts(self, qts: int) -> None:
        self._inbox.confirm_qts(qts)

    async def stars(self, call: StarsCall) -> object:
        if not await self._is_owned():
            raise Unavailable("this bot is served by another process now")
        return await self._stars.make(call)

    def fence(self) -> None:
        self._fenced = True
        self._sources.leave(self._bot, self._files)
        self._transfer.stop()
        self.pacer.fence()

    async def stop(self) -> None:
        if self._stopping:
            return
        self._stopping = True
        await _cancelled(self._tasks.pop("inbox", None))
        await self._membership.stop()
        await self.pacer.drain(self._settings.telegram.call_timeout if self._may_send() else 0.0)
        self.fence()
        self.pacer.stop()
        for name in list(self._tasks):
            await _cancelled(self._tasks.pop(name))
        await self._store_last()
        await self._link.close()
        if self.state != "refused":
            self._enter("stopped", self.detail)

    # Internals

    def _of_other_senders(self) -> str:
        if not (count := self._inbox.others.count):
            return ""
        mend = "stop it, or have @BotFather make a new token and put it here only"
        return f"bot {self._bot}: another installation or program uses its token and has sent {count} messages; {mend}"

    def _of_clock(self) -> str:
        error = self._link.clock_error
        if abs(error) < CLOCK_SECONDS:
            return ""
        off = f"{abs(error):.0f} s {'ahead of' if error > 0 else 'behind'}"
        return f"this machine's clock is {off} Telegram's; see that NTP keeps it"

    async def _while_owned(self, receive: Callable[[Inbound | Ignored], Awaitable[None]], update: Inbound | Ignored) -> None:
        """Drops the update if the lease is lost: after a pause of this process, the bot may have another owner."""
        if await self._is_owned():
            await receive(update)

    def _refuse(self) -> Future[Outcome]:
        """A refused bot may stay refused for days, so the sender gets the outcome at once."""
        outcome: Future[Outcome] = asyncio.get_running_loop().create_future()
        outcome.set_result(NotSent(why=Why.UNREACHABLE, detail="the bot is refused"))
        return outcome

    def _make_link(self, token: str) -> Link:
        return Link(
            token=token,
            settings=self._settings.telegram,
            store=self._store,
            on_state=self._enter,
        )

    def _make_transfer(self, shared: Shared) -> FileTransfer:
        return FileTransfer(
            bot=self._bot,
            files=self._files,
            sources=self._sources,
            memory=shared.files,
            peers=self._peers,
            live=shared.live,
            submit=self.pacer.submit,
        )

    async def _resume(self, state: Any) -> None:
        """Begin where the last owner stopped. A bot that never ran here begins with the updates from now on."""
        stored = await self._store.load_state()
        if stored is None:
            stored = (state.pts, state.qts, state.date, state.seq)
            await self._store.save_state(*stored)
        elif state.pts < stored[0]:  # the last owner may have stored its place after `state` was read: read it again
            state = await self._link.call(raw.functions.updates.GetState())
        self._inbox.begin(*stored)
        self._inbox.check(state)

    async def _is_owned(self) -> bool:
        """Whether the lease is ours. While it is expired, waits until it is renewed or this bot is fenced: if it is renewed,
        nobody else would process what had been dropped meanwhile.
        """
        while not self._fenced and not self._may_send():  # noqa: ASYNC110 - a question of the clock; nothing notifies of its end
            await asyncio.sleep(LEASE_POLL_SECONDS)
        return not self._fenced

    def _enter(self, state: str, detail: str) -> None:
        if (state, detail) != (self.state, self.detail):
            self.state, self.detail = state, detail
            if detail:
                failures.of_connection(self._bot, detail)
            self._on_state(state, detail)

    def _run(self, name: str, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name=f"telegram {name}")
        task.add_done_callback(self._on_task_done)
        self._tasks[name] = task

    def _on_task_done(self, task: Task[None]) -> None:
        """A task has ended. Unless it was stopped, the bot cannot be served any more: report why and disconnect."""
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
            log.info("another process owns the bot already and stores its place in the update log")
        except Unavailable as error:
            log.warning("the last place in the update log could not be stored, some updates will come again: %s", error)


async def _cancelled(task: Task[None] | None) -> None:
    """Cancel the task and wait for its end. `_on_task_done` has reported its error, if any."""
    if task is not None:
        task.cancel()
        await asyncio.wait([task])
