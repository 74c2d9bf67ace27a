"""The judge that the operator has named, or none (domain.ports.judge.MediaJudge)."""

from __future__ import annotations

import asyncio
from importlib import import_module

from domain.configuration import LiveConfiguration
from domain.ports.judge import Judgement, MediaJudge


class NamedJudge:
    """The HTTP library is loaded with the first question: it takes 6 MB, which a house without a judge does not pay."""

    def __init__(self, live: LiveConfiguration) -> None:
        self._live = live
        self._judge: MediaJudge | None = None

    async def judge(self, data: bytes, mime: str) -> Judgement:
        if not self._live.current.trust.judge_url:
            return Judgement.NOTHING
        if self._judge is None:
            module = await asyncio.to_thread(import_module, "transport.judge.http")
            self._judge = module.HttpJudge(self._live)
        return await self._judge.judge(data, mime)
