"""Shows a bot's pictures to the judge: downloads them, a few at a time, and keeps them in memory only until it has answered."""

from __future__ import annotations

import asyncio
import logging

from pyrogram.errors import RPCError

from domain.configuration import LiveConfiguration
from domain.errors import Unavailable
from domain.model.content import Content, Media, is_picture, media_of
from domain.ports.judge import Judgement, MediaJudge
from transport.media.files import Files

LARGEST = 20_000_000
"""Bytes. A larger file is not downloaded: it counts as one that the judge does not answer for."""
AT_ONCE = 4

log = logging.getLogger(__name__)


class Judging:
    def __init__(self, files: Files, judge: MediaJudge, live: LiveConfiguration) -> None:
        self._files = files
        self._judge = judge
        self._live = live
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def judge(self, content: Content) -> Judgement:
        """The worst of its pictures. What the judge does not answer for is passed on or held, by `trust.judge_when_down`."""
        worst = Judgement.NOTHING
        for media in filter(is_picture, media_of(content)):
            judgement = await self._one(media)
            if judgement is Judgement.MATCH:
                return judgement
            worst = judgement if judgement is Judgement.HOLD else worst
        return worst

    async def _one(self, media: Media) -> Judgement:
        configuration = self._live.current
        try:
            if media.file.size > LARGEST:
                raise Unavailable("too large to be shown to the judge")  # noqa: TRY301 - handled like no answer
            async with asyncio.timeout(configuration.relay.transfer_seconds), self._slots:
                data = b"".join([part async for part in self._files.parts(media.file)])
                return await self._judge.judge(data, media.mime or "image/jpeg")
        except (RPCError, OSError, Unavailable) as error:
            log.warning("a picture was not judged: %s", error if isinstance(error, Unavailable) else type(error).__name__)
            return Judgement.HOLD if configuration.trust.judge_when_down == "hold" else Judgement.NOTHING
