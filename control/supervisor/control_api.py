"""The operations that an operator can ask of a running supervisor: their names, their requests, and the jobs that do them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from control.supervisor.job_runner import JobProgress, JobRunner, Refused, Say
from control.supervisor.worker_pool import counted
from control.wire import Handler

T = TypeVar("T")


class Request(Protocol):
    @property
    def title(self) -> str:
        """Names the job in the log, in `status` and to the operator."""


R = TypeVar("R", bound=Request)


class Scale(msgspec.Struct, frozen=True):
    workers: int

    @property
    def title(self) -> str:
        return f"scale to {counted(self.workers)}"


class Restart(msgspec.Struct, frozen=True):
    name: str = ""
    """One process. If empty: all workers, then the panel."""

    @property
    def title(self) -> str:
        return f"restart {self.name}".strip()


class Drain(msgspec.Struct, frozen=True):
    bot: str
    """The bot's id, @username or number in `status`."""

    @property
    def title(self) -> str:
        return f"drain {self.bot}"


class Resume(msgspec.Struct, frozen=True):
    bot: str
    """The bot's id, @username or number in `status`."""

    @property
    def title(self) -> str:
        return f"resume {self.bot}"


class Follow(msgspec.Struct, frozen=True):
    number: int
    known: int
    """How many lines of the job the follower has seen."""


@dataclass(frozen=True, slots=True)
class Operation(Generic[R]):
    request: type[R]
    work: Callable[[R, Say], Awaitable[None]]


class ControlApi:
    def __init__(self, jobs: JobRunner, operations: Mapping[str, Operation[Any]]) -> None:
        """`operations` by the name that a client sends. All are refused until `open` is called."""
        self._jobs = jobs
        self.refusal = "Masquerade is still starting; status says what it waits for"
        """Why no operation is done now; empty while they are done."""
        self.handlers: dict[str, Handler] = {name: partial(self._begin, each) for name, each in operations.items()}
        self.handlers["news"] = self._follow  # a name on the wire: a client of a newer release asks an older supervisor

    def open(self) -> None:
        """Operations are done from now on: everything that can start has started."""
        self.refusal = ""

    def close(self) -> None:
        """Operations are refused from now on."""
        self.refusal = "Masquerade is being stopped"

    async def _begin(self, operation: Operation[Any], message: Mapping[str, Any]) -> int:
        """The number of the job, for `_follow`."""
        request = _read(message, operation.request)
        if self.refusal:
            raise Refused(self.refusal)
        return self._jobs.begin(request.title, partial(operation.work, request))

    async def _follow(self, message: Mapping[str, Any]) -> JobProgress:
        request = _read(message, Follow)
        return await self._jobs.follow(request.number, request.known)


def _read(message: Mapping[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(message, kind)
    except msgspec.ValidationError as error:
        raise Refused(f"that request cannot be read: {error}") from error
