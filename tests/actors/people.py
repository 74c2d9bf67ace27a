"""Actors of the runtime's tests, and their messages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from actors.runtime.actor import Actor


@dataclass(frozen=True, slots=True)
class Say:
    text: str = ""


@dataclass(frozen=True, slots=True)
class Typing:
    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Urgent:
    SYSTEM: ClassVar[bool] = True
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fail:
    error: BaseException = field(default_factory=lambda: ValueError("a secret"))


@dataclass(frozen=True, slots=True)
class FailAsync:
    error: BaseException = field(default_factory=lambda: ValueError("a secret"))


@dataclass(frozen=True, slots=True)
class Do:
    """Call `what` with the actor. The result is the reply, awaited if it is a coroutine."""

    what: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class WaitFor:
    """Handled by a coroutine that waits for `gate`."""

    gate: Awaitable[Any]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """The reply is the actor's log so far."""


Message = Say | Typing | Urgent | Fail | FailAsync | Do | WaitFor | Heard


class Listener(Actor[Message]):
    """Notes in `log` what happens to it. `log` may be shared."""

    def __init__(self, log: list[str] | None = None) -> None:
        super().__init__()
        self.log = [] if log is None else log

    def on_start(self) -> None:
        self.log.append("on_start")

    def on_stop(self) -> None:
        self.log.append("on_stop")

    def on_failure(self, exception_type, exception_value, traceback) -> None:
        self.log.append(f"on_failure {exception_type.__name__}")

    def on_receive(self, message: Message) -> Any:
        match message:
            case Say(text) | Urgent(text):
                self.log.append(text)
                return text
            case Fail(error):
                raise error
            case FailAsync(error):
                return self.fail_later(error)
            case Do(what):
                return what(self)
            case WaitFor(gate, text):
                return self.wait_for(gate, text)
            case Heard():
                return list(self.log)
            case _:
                return super().on_receive(message)

    async def fail_later(self, error: BaseException) -> None:
        await asyncio.sleep(0)
        raise error

    async def wait_for(self, gate: Awaitable[Any], text: str) -> str:
        self.log.append(f"waiting {text}".strip())
        await gate
        self.log.append(text or "waited")
        return text


class Survivor(Listener):
    SURVIVES = True

    def on_message_failed(self, message: Message, error: BaseException) -> None:
        self.log.append(f"lost {type(message).__name__} by {type(error).__name__}")


class Small(Listener):
    MAILBOX_LIMIT = 3


def a_gate() -> asyncio.Future[Any]:
    return asyncio.get_running_loop().create_future()
