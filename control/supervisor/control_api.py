"""The operations that an operator can ask of a running supervisor: name → request → job."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, TypeVar

import msgspec

from control.supervisor.job_runner import JobRunner, Refused, Say, Work
from control.supervisor.pool import counted
from control.wire import Handler
from domain.processes import JobProgress
from domain.redaction import redacted

T = TypeVar("T")


class Scale(msgspec.Struct, frozen=True):
    workers: int
    """How many. The name is from a time when only workers could be scaled: old clients use it."""
    kind: str = "worker"
    """worker or panel."""

    @property
    def title(self) -> str:
        return f"scale to {counted(self.workers, self.kind)}"


class Restart(msgspec.Struct, frozen=True):
    name: str = ""
    """One process. If empty: all workers, then the panels."""


class OneBot(msgspec.Struct, frozen=True):
    bot: str
    """The bot's id, @username or number in `status`."""


class Follow(msgspec.Struct, frozen=True):
    number: int
    known: int
    """How many lines of the job the follower has seen."""


class ControlApi:
    def __init__(
        self,
        jobs: JobRunner,
        *,
        scale: Callable[[str, int, Say], Awaitable[None]],
        restart: Callable[[str, Say], Awaitable[None]],
        drain: Callable[[str, Say], Awaitable[None]],
        resume: Callable[[str, Say], Awaitable[None]],
    ) -> None:
        """All operations are refused until `open` is called."""
        self._jobs = jobs
        self.refusal = "Masquerade is still starting; status says what it waits for"
        """Why no operation is done now; empty while they are done."""
        self.handlers: Mapping[str, Handler] = {
            "scale": self._job(Scale, lambda it: (it.title, partial(scale, it.kind, it.workers))),
            "restart": self._job(Restart, lambda it: (f"restart {it.name}".strip(), partial(restart, it.name))),
            "drain": self._job(OneBot, lambda it: (f"drain {it.bot}", partial(drain, it.bot))),
            "resume": self._job(OneBot, lambda it: (f"resume {it.bot}", partial(resume, it.bot))),
            "news": self._follow,  # a client asks an older supervisor by this name during an upgrade
        }

    def open(self) -> None:
        """Operations are done from now on: everything that can start has started."""
        self.refusal = ""

    def close(self) -> None:
        """Operations are refused from now on."""
        self.refusal = "Masquerade is being stopped"

    def _job(self, request: type[T], plan: Callable[[T], tuple[str, Work]]) -> Handler:
        """`plan` gives the title and the work of the job for a request. The answer is the job's number, for `_follow`."""

        async def begin(message: Mapping[str, Any]) -> int:
            title, work = plan(_read(message, request))
            if self.refusal:
                raise Refused(self.refusal)
            return self._jobs.begin(redacted(title), work)

        return begin

    async def _follow(self, message: Mapping[str, Any]) -> JobProgress:
        request = _read(message, Follow)
        return await self._jobs.follow(request.number, request.known)


def _read(message: Mapping[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(message, kind)
    except msgspec.ValidationError as error:
        raise Refused(f"that request cannot be read: {error}") from error
