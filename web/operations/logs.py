"""The log files of this machine: the last lines, and new ones as they come. People are pseudonyms in them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.logs import Level, LogChoice, LogRecord, Topic
from domain.model.ids import UserId
from domain.ports.logs import Logs
from domain.ports.review import Act, ActLog
from web.access.viewer import Viewer, operator_of
from web.api.operation import operation
from web.operations.audit import LATEST
from web.operations.login import LARGEST_ID
from web.pulse import HELLO, QUIET_SECONDS, SIGN_OF_LIFE, SOON_AGAIN, event

LINES = 500


class LogQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    topic: Topic = Topic.ALL
    level: Level = Level.INFO
    """Records of this level and above."""
    process: Annotated[str, Meta(pattern="^([a-z]+(-[0-9]{1,4})?)?$", max_length=16)] = ""
    """Of one process; empty for all."""
    text: Annotated[str, Meta(max_length=200)] = ""
    """A part of the text, the error or the logger's name, whatever its case."""
    limit: Annotated[int, Meta(ge=1, le=LINES)] = LINES

    @property
    def choice(self) -> LogChoice:
        return LogChoice(topic=self.topic, level=self.level, process=self.process, text=self.text)


class LastQuery(LogQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    at: Annotated[float, Meta(ge=0, le=LATEST)] | None = None
    """Unix seconds: the lines nearest to that time instead of the last ones, half of them from before it."""


class LogsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    items: Sequence[LogRecord]
    """The oldest first."""


class PersonBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    telegram_id: Annotated[int, Meta(ge=1, le=LARGEST_ID)]


class PersonAnswer(msgspec.Struct, frozen=True, kw_only=True):
    pseudonym: str
    """As the log has that person now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReader:
    logs: Logs
    acts: ActLog
    stopping: asyncio.Event

    @operation("GET", "/api/logs", act="logs.read")
    async def read_logs(self, query: LastQuery) -> LogsAnswer:
        """The last lines of the log that are chosen, or those around a time."""
        if query.at is not None:
            return LogsAnswer(items=await self.logs.around(query.choice, query.at, query.limit))
        return LogsAnswer(items=await self.logs.last(query.choice, query.limit))

    @operation("GET", "/api/logs/stream", act="logs.read")
    async def follow_logs(self, query: LogQuery) -> AsyncIterator[bytes]:
        """Server-sent events: `last` with the last lines, then `lines` with new ones. Both are as in `GET /api/logs`."""
        yield HELLO
        now = asyncio.get_running_loop().time
        async with aclosing(self.logs.follow(query.choice, query.limit)) as news:
            yield event("last", LogsAnswer(items=await anext(news)))
            heard = now()
            while not self.stopping.is_set():
                items = await anext(news)
                if items:
                    yield event("lines", LogsAnswer(items=items))
                elif now() - heard >= QUIET_SECONDS:
                    yield SIGN_OF_LIFE
                else:
                    continue
                heard = now()
        yield SOON_AGAIN

    @operation("POST", "/api/logs/person", act="logs.find_person")
    async def find_person(self, viewer: Viewer, body: PersonBody) -> PersonAnswer:
        """Under which pseudonym a person is in the log. That somebody asked is in the audit."""
        await self.acts.add(Act(operator=operator_of(viewer), name="find in logs", target=f"user:{body.telegram_id}"))
        return PersonAnswer(pseudonym=self.logs.pseudonym(UserId(body.telegram_id)))
