"""The protocol between supervisor, children and command line: one JSON object a line over a Unix socket, in both directions.

    {"id": 1, "op": "report", …}    a request, answered by {"id": 1, "ok": …} or {"id": 1, "error": "text"}
    {"op": "beat", …}               a notice, not answered

*Invariant*: whatever comes in, the reader goes on, or closes this connection. No other connection notices.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from domain.errors import Declined, MasqueradeError, Unavailable

LINE_LIMIT = 4 * 1024 * 1024
"""Bytes of one line."""
REQUESTS_AT_ONCE = 32
"""Of one connection. Further requests are refused."""

GONE = "the other end is gone"

Handler = Callable[[Mapping[str, Any]], Awaitable[Any]]
logger = logging.getLogger(__name__)


class Peer:
    """One end of a connection. It sends requests to the other end, and answers the other end's requests."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handlers: Mapping[str, Handler]) -> None:
        self._reader = reader
        self._writer = writer
        self._handlers = handlers
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._answering: set[asyncio.Task[None]] = set()

    async def ask(self, op: str, *, timeout: float, **arguments: Any) -> Any:  # noqa: ASYNC109 - part of every question
        """Raises `domain.errors.Unavailable` if no answer comes within `timeout` seconds, `Declined` if it is refused."""
        if self._writer.is_closing():
            raise Unavailable(GONE)
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                self._send({"id": number, "op": op, **arguments})
                await self._writer.drain()
                return await answer
        except (TimeoutError, OSError) as error:
            raise Unavailable(f"no answer to {op} within {timeout:g} s") from error
        finally:
            del self._asked[number]

    def tell(self, op: str, **arguments: Any) -> None:
        self._send({"op": op, **arguments})

    async def serve(self) -> None:
        """Reads until the other end closes. Requests that are still open then fail."""
        try:
            while line := await self._reader.readline():
                self._take(line)
        except ValueError:
            self._send({"error": f"a line is longer than {LINE_LIMIT} bytes"})
        except OSError as error:
            logger.debug("connection lost: %s", error)
        finally:
            self.close()

    def close(self) -> None:
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(Unavailable(GONE))
        for task in self._answering:
            task.cancel()
        self._writer.close()

    def _take(self, line: bytes) -> None:
        try:
            message = orjson.loads(line)
        except orjson.JSONDecodeError:
            message = None
        if not isinstance(message, dict):
            self._send({"error": "that line is not a JSON object"})
        elif "op" in message:
            self._accept(message)
        else:
            self._settle(message)

    def _accept(self, message: dict[str, Any]) -> None:
        if len(self._answering) >= REQUESTS_AT_ONCE:
            self._send({"id": message.get("id"), "error": "too many requests at once"})
            return
        task = asyncio.create_task(self._answer(message))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, message: dict[str, Any]) -> None:
        number, op = message.get("id"), message["op"]
        handler = self._handlers.get(op) if isinstance(op, str) else None
        if handler is None:
            self._send({"id": number, "error": f"there is no operation {op!r}"})
            return
        try:
            answer = {"id": number, "ok": await handler(message)}
        except MasqueradeError as error:
            answer = {"id": number, "error": str(error)}
        except Exception as error:
            logger.exception("%s failed", op)
            answer = {"id": number, "error": f"{op} failed: {type(error).__name__}"}
        if number is not None:
            self._send(answer)

    def _settle(self, message: dict[str, Any]) -> None:
        number = message.get("id")
        answer = self._asked.get(number) if isinstance(number, int) else None
        if answer is None or answer.done():
            return
        if "ok" in message:
            answer.set_result(message["ok"])
        else:
            answer.set_exception(Declined(str(message.get("error", "an answer without content"))))

    def _send(self, message: Mapping[str, Any]) -> None:
        if not self._writer.is_closing():
            self._writer.write(orjson.dumps(message, option=orjson.OPT_APPEND_NEWLINE))
