"""A judge of pictures that is asked by HTTP (domain.ports.judge.MediaJudge).

    POST <trust.judge_url>                 the bytes of the picture, Content-Type as Telegram names it
    200 {"verdict": "nothing" | "hold" | "match"}

Nothing else is sent: no name, no id. Any other answer counts as none. Redirects are not followed, and proxies of the environment
are not used: the bytes go where the operator has said.
"""

from __future__ import annotations

import asyncio
import logging
from enum import StrEnum

import httpx
import msgspec

from domain.configuration import LiveConfiguration
from domain.errors import Unavailable
from domain.ports.judge import Judgement

LARGEST_ANSWER = 4096
"""Bytes."""

logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs each address, which may contain a secret


class Answer(msgspec.Struct):
    verdict: Judgement


class Why(StrEnum):
    STATUS = "another status than 200"
    LONG = "an answer that is too long"
    FORM = "an answer of another form"


class HttpJudge:
    """Without an address, nothing speaks against any picture."""

    def __init__(self, live: LiveConfiguration) -> None:
        self._live = live
        self._client: httpx.AsyncClient | None = None

    async def judge(self, data: bytes, mime: str) -> Judgement:
        rules = self._live.current.trust
        if not rules.judge_url:
            return Judgement.NOTHING
        try:
            async with asyncio.timeout(rules.judge_seconds):
                return await self._ask(rules.judge_url, data, mime, rules.judge_seconds)
        except TimeoutError as error:
            raise Unavailable(f"the judge of pictures did not answer within {rules.judge_seconds:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(f"the judge of pictures cannot be asked: {type(error).__name__}") from error

    async def _ask(self, url: str, data: bytes, mime: str, seconds: float) -> Judgement:
        headers = {"Content-Type": mime}
        client = self._client = self._client or _client()
        async with client.stream("POST", url, content=data, headers=headers, timeout=seconds) as response:
            if response.status_code != httpx.codes.OK:
                raise _no_answer(Why.STATUS)
            answer = b""
            async for part in response.aiter_bytes():
                answer += part
                if len(answer) > LARGEST_ANSWER:
                    raise _no_answer(Why.LONG)
        try:
            return msgspec.json.decode(answer, type=Answer).verdict
        except msgspec.MsgspecError as error:
            raise _no_answer(Why.FORM) from error


def _client() -> httpx.AsyncClient:
    """It keeps no connection, so that nothing has to be closed when the process ends."""
    return httpx.AsyncClient(follow_redirects=False, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


def _no_answer(why: Why) -> Unavailable:
    return Unavailable(f"the judge of pictures gave {why}")
