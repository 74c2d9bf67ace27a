"""Copies files of another bot to this one before they are sent, because a file id is valid for one bot only. What cannot go by id
at all (`Anew`) is uploaded anew, also within one bot (`transport/media/remaking.py`); so is what we make ourselves.

If there is a media channel, the other bot posts a copy there and this bot reads it. Otherwise the other bot downloads the bytes
and this bot uploads them, part by part; so it is also with what must not lie in the channel (`Send.by_upload`). A file that was
copied once is remembered.

*Invariant*: what goes to one recipient through here is sent in the order submitted. Texts do not go through here, so they never
wait for a file.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future, Task
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Any

from pyrogram.errors import RPCError

from domain.configuration import LiveConfiguration
from domain.errors import Unavailable
from domain.model.content import FileRef, Media, MediaKind, files_of, has_to_be_brought, media_of, with_files
from domain.model.ids import BotId, ChatId, UserId
from domain.model.outgoing import AnswerPress, Delete, Document, Edit, Made, NotSent, Outcome, Outgoing, QrCode, Send
from domain.ports.relay import Files as FileMemory
from transport.calls.pacing import DISCARDED, STALE
from transport.calls.peers import Peers
from transport.calls.persistence import is_passing, reason_of, retry
from transport.media import qr
from transport.media.files import Files, in_parts
from transport.media.references import is_expired_reference
from transport.media.remaking import ELSEWHERE, MEGABYTE, TAKEN_OVER_SECONDS, TOO_BIG, TransferFailed, as_remembered, remake
from transport.media.semaphore import ResizableSemaphore
from transport.media.sources import FileSources

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class TransferJob:
    outgoing: Send | Edit
    before: TransferJob | None
    """The job of the same recipient that must be sent first."""
    done: Future[Outcome]
    until: float
    """Loop time when the job is given up."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    submitted: bool = False
    """The pacer has the call now."""
    task: Task[None] | None = None


class FileTransfer:
    def __init__(
        self,
        *,
        bot: BotId,
        files: Files,
        sources: FileSources,
        memory: FileMemory,
        peers: Peers,
        live: LiveConfiguration,
        submit: Callable[[Outgoing], Future[Outcome]],
    ) -> None:
        self._bot = bot
        self._files = files
        self._sources = sources
        self._memory = memory
        self._peers = peers
        self._live = live
        self._slots = ResizableSemaphore(lambda: live.current.relay.transfers_at_once)
        live.watch(self._slots.fill)
        self._pacer_submit = submit
        self._last: dict[UserId, TransferJob] = {}
        self._jobs: set[TransferJob] = set()
        self._stopped = False

    def is_needed(self, outgoing: Outgoing) -> bool:
        if isinstance(outgoing, AnswerPress | Delete):
            return False
        if isinstance(outgoing.body, Made):
            return True
        return has_to_be_brought(outgoing.body, self._bot)

    def submit(self, outgoing: Send | Edit) -> Future[Outcome]:
        """No transfer begins after `stop`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._live.current.relay.transfer_seconds * max(1, len(files_of(outgoing.body)))
        job = TransferJob(outgoing, self._last.get(outgoing.to), loop.create_future(), until)
        if self._stopped:
            _resolve(job, STALE)
            return job.done
        self._last[outgoing.to] = job
        self._jobs.add(job)
        job.task = loop.create_task(self._run(job), name="file transfer")
        return job.done

    def discard(self, chat: ChatId) -> None:
        """Cancel the jobs of a chat that has ended, except those that the pacer has."""
        for job in [each for each in self._jobs if each.outgoing.chat == chat]:
            self._cancel(job, DISCARDED)

    def stop(self) -> None:
        self._stopped = True
        for job in list(self._jobs):
            self._cancel(job, STALE)

    def _cancel(self, job: TransferJob, outcome: NotSent) -> None:
        """No effect while the pacer has the call."""
        if not job.submitted and job.task is not None:
            _resolve(job, outcome)
            job.task.cancel()

    async def _run(self, job: TransferJob) -> None:
        try:
            _resolve(job, await self._deliver(job))
        except TransferFailed as failure:
            _resolve(job, failure.outcome)
        except Exception as error:  # noqa: BLE001 - set on the future of the call
            if not job.done.done():
                job.done.set_exception(error)
        finally:
            self._finish(job)

    def _finish(self, job: TransferJob) -> None:
        _resolve(job, STALE)
        job.over.set()
        job.before = None
        self._jobs.discard(job)
        if self._last.get(job.outgoing.to) is job:
            del self._last[job.outgoing.to]

    async def _deliver(self, job: TransferJob) -> Outcome:
        outgoing = await self._with_own_files(job, use_remembered=True)
        await self._wait_turn(job)
        result = await self._send(job, outgoing)
        if isinstance(result, NotSent) and is_expired_reference(result.detail):
            return await self._send(job, await self._with_own_files(job, use_remembered=False))
        return result

    async def _wait_turn(self, job: TransferJob) -> None:
        """Wait for the job before."""
        if job.before is not None:
            async with _in_time(job):
                await job.before.over.wait()

    async def _send(self, job: TransferJob, outgoing: Send | Edit) -> Outcome:
        job.submitted = True
        try:
            return await self._pacer_submit(outgoing)
        finally:
            job.submitted = False

    async def _with_own_files(self, job: TransferJob, *, use_remembered: bool) -> Send | Edit:
        """The same call with files of this bot. `use_remembered`: without checking them. Raises TransferFailed; the wait for a
        slot is a part of the job's time.
        """
        own: dict[str, FileRef] = {}
        outgoing = job.outgoing
        async with _in_time(job), self._slots:
            if isinstance(outgoing.body, Made):
                return replace(outgoing, body=await self._uploaded(outgoing.body, job))
            for media in media_of(outgoing.body):
                own[media.file.unique_id] = await self._own(media, job, use_remembered=use_remembered)
        return replace(outgoing, body=with_files(outgoing.body, lambda file: own[file.unique_id]))

    async def _uploaded(self, made: Made, job: TransferJob) -> Media:
        data = await asyncio.to_thread(qr.png, made.text) if isinstance(made, QrCode) else made.data
        like = FileRef(bot=self._bot, id=0, access_hash=0, reference=b"", unique_id=token_hex(8), size=len(data))
        media = Media(kind=MediaKind.PHOTO, file=like)
        if isinstance(made, Document):
            media = Media(kind=MediaKind.DOCUMENT, file=like, mime=made.mime, file_name=made.name)

        async def upload() -> FileRef:
            return await self._files.upload(media, in_parts(data), await self._peers.find(job.outgoing.to))

        try:
            return replace(media, file=await retry(upload, job.until))
        except (RPCError, OSError, Unavailable) as error:
            raise TransferFailed(reason_of(error)) from error

    async def _own(self, media: Media, job: TransferJob, *, use_remembered: bool) -> FileRef:
        if media.file.bot == self._bot and not media.anew:
            return media.file
        known = await self._remembered(as_remembered(media)) if use_remembered else None
        return known or await self._copy_in_time(media, job)

    async def remade(self, media: Media, peer: Any) -> FileRef:
        """Raises RPCError, OSError or TransferFailed."""
        most_mb = self._live.current.relay.max_reupload_mb
        return await remake(media, files=self._files, sources=self._sources, peer=peer, most_mb=most_mb)

    async def _copy_in_time(self, media: Media, job: TransferJob) -> FileRef:
        try:
            file = await retry(lambda: self._copy(media, job.outgoing), job.until)
        except (RPCError, OSError, Unavailable) as error:
            raise TransferFailed(reason_of(error)) from error
        await self._remember(file)
        return file

    async def _copy(self, media: Media, outgoing: Send | Edit) -> FileRef:
        """Uses the media channel. If that fails and this process serves the other bot, downloads and uploads the bytes."""
        if media.anew:
            return await self.remade(media, await self._peers.find(outgoing.to))
        seconds = 0.0 if media.file.post else TAKEN_OVER_SECONDS
        source = await self._sources.source(media.file.bot, seconds)
        if self._files.has_channel and not outgoing.by_upload:
            try:
                post = media.file.post or (await source.post(media) if source is not None else None)
                if post is not None:
                    return await self._files.posted(post, media.file)
            except (RPCError, OSError) as error:
                log.warning("bot%d: a file did not come by the media channel: %s", self._bot, error)
                if source is None and is_passing(error):
                    raise
        if source is None:
            raise TransferFailed(ELSEWHERE)
        if media.file.size > self._live.current.relay.max_reupload_mb * MEGABYTE:
            raise TransferFailed(TOO_BIG)
        return await self._files.upload(media, source.parts(media.file), await self._peers.find(outgoing.to))

    async def _remembered(self, file: FileRef) -> FileRef | None:
        try:
            return await self._memory.get(self._bot, file.unique_id)
        except Unavailable as error:
            log.warning("files copied before cannot be looked up: %s", error)
            return None

    async def _remember(self, file: FileRef) -> None:
        try:
            await self._memory.put(file)
        except Unavailable as error:
            log.warning("a copied file is not remembered: %s", error)


@asynccontextmanager
async def _in_time(job: TransferJob) -> AsyncIterator[None]:
    """Raises TransferFailed if the block lasts longer than the job may."""
    try:
        async with asyncio.timeout_at(job.until):
            yield
    except TimeoutError as error:
        raise TransferFailed(reason_of(error)) from error


def _resolve(job: TransferJob, outcome: Outcome) -> None:
    if not job.done.done():
        job.done.set_result(outcome)
