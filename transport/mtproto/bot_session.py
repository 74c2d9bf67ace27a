"""One MTProto session of one bot: encrypts calls, decrypts packets, matches answers to calls. Extends the library's `Session`.

It differs from the library's in these points:
- Packets are processed in order, without a task or thread for each.
- A call is serialised once and waits on a future. Calls made in one loop turn leave in one packet.
- Every received id is acknowledged within `ACK_DELAY`.
- When the connection ends, the calls in flight fail at once.
- It never reconnects. It sets `lost` to the reason, and `transport/mtproto/link.py` opens a new session.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from typing import Any

from pyrogram import errors, raw
from pyrogram.crypto import mtproto
from pyrogram.errors import RPCError, SecurityCheckMismatch
from pyrogram.errors.exceptions.all import exceptions as known_errors
from pyrogram.errors.rpc_error import CATEGORY, UnknownError, _split_error_message
from pyrogram.raw.core import FutureSalts, Int, MsgContainer
from pyrogram.session import Session
from pyrogram.session.session import AuthKeyNotFound

from transport.mtproto.send_buffer import Packed, SendBuffer

ACK_DELAY = 0.5
"""Seconds. Telegram sends a message again if it is not acknowledged."""
ACK_BATCH = 16
"""So many acknowledgements leave at once, without waiting for `ACK_DELAY`."""
INLINE_BYTES = 64 * 1024
"""Larger packets are encrypted and decrypted in a thread. For smaller ones the thread would cost more than it saves."""
REMEMBERED_IDS = 2000
FUTURE_SECONDS = 30
PAST_SECONDS = 300
"""A message id whose time is more than FUTURE_SECONDS ahead or PAST_SECONDS behind the server's is refused."""
KEY_UNKNOWN = 404
CLOCK_FAULTS = frozenset({16, 17, 20})
"""Codes of bad_msg_notification: the message id was too low, too high or too old, so our clock is wrong."""
TRIES = 3
"""How often a call is sent if the server corrects its salt or its clock."""


class BotSession(Session):
    def __init__(self, client: Any, *args: Any, timeout: float) -> None:
        super().__init__(client, *args)
        self.START_TIMEOUT = timeout
        self.lost: asyncio.Future[Exception] = client.loop.create_future()
        self.heard: float | None = None
        """Loop time of the last packet."""
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._seen: set[int] = set()
        self._seen_order: deque[int] = deque()
        self._buffer = SendBuffer(lambda: client.server_time)
        self._flush_due = False
        self._ack_timer: asyncio.TimerHandle | None = None
        self._service_handlers: dict[Any, Callable[[int, Any], None]] = {
            raw.types.Pong: self._pong,
            FutureSalts: self._salts,
            raw.types.BadServerSalt: self._bad_salt,
            raw.types.BadMsgNotification: self._bad_message,
            raw.types.MsgDetailedInfo: self._detailed,
            raw.types.MsgNewDetailedInfo: self._detailed,
            raw.types.NewSessionCreated: self._new_session,
        }

    async def open(self) -> None:
        """Raises RPCError, OSError or AuthKeyNotFound."""
        try:
            await self.start()
            if not self.is_started.is_set():
                self.lose(TimeoutError("Telegram did not open the session in time"))
        except BaseException:
            await self.stop()
            raise
        if self.lost.done():
            await self.stop()
            raise self.lost.result()

    async def stop(self) -> None:
        self.lose(ConnectionAbortedError("the session was closed"))
        if self._ack_timer is not None:
            self._ack_timer.cancel()
        await super().stop()

    async def restart(self) -> None:
        """The library calls this when the connection has failed."""
        self.lose(ConnectionResetError("the connection to Telegram was lost"))

    def lose(self, reason: Exception) -> None:
        """End the session: sets `lost`, unless it is set, and fails the calls in flight."""
        if not self.lost.done():
            self.lost.set_result(reason)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError("the connection to Telegram was lost"))

    # Calls

    async def send(self, data: Any, wait_response: bool = True, timeout: float = Session.WAIT_TIMEOUT) -> Any:  # noqa: FBT001, FBT002, ASYNC109 - the library's signature
        """The library's `start` and pings call this. Unlike the library's, it keeps the reason of a failure in `lost`."""
        try:
            if wait_response:
                return await self.call(data, timeout)
            self._buffer.add(Packed(data))
            self._flush_soon()
            return None
        except (RPCError, OSError) as error:
            self.lose(error)
            raise

    async def invoke(self, query: Any, *_: Any, timeout: float = Session.WAIT_TIMEOUT, **__: Any) -> Any:  # noqa: ASYNC109 - the library's signature
        """One call, without the library's retries and sleeps."""
        return await self.call(query, timeout)

    async def call(self, query: Any, seconds: float) -> Any:
        """Raises RPCError, TimeoutError, or ConnectionError if the answer can no longer come."""
        packed = Packed(query)
        for _ in range(TRIES):
            answer = await self._ask(packed, seconds)
            if isinstance(answer, raw.types.RpcError):
                raise error_of(answer, query)
            if not isinstance(answer, raw.types.BadServerSalt | raw.types.BadMsgNotification):
                return answer
        raise self._failure("Telegram refuses the session's messages")

    async def _ask(self, packed: Packed, seconds: float) -> Any:
        if self.lost.done():
            raise ConnectionResetError("the connection to Telegram was lost")
        loop = self.client.loop
        answer: asyncio.Future[Any] = loop.create_future()
        large = len(packed.data) > INLINE_BYTES
        message = self._buffer.stamp(packed) if large else None
        msg_id = message.msg_id if message else self._buffer.add(packed)
        self._waiting[msg_id] = answer
        timer = loop.call_later(seconds, _expire, answer)
        try:
            if message:
                await self._send_large(message)
            else:
                self._flush_soon()
            return await answer
        finally:
            timer.cancel()
            del self._waiting[msg_id]
            if not answer.cancel() and not answer.cancelled():
                answer.exception()

    def _flush_soon(self) -> None:
        if not self._flush_due:
            self._flush_due = True
            self.client.loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        if self._ack_timer is not None:
            self._ack_timer.cancel()
            self._ack_timer = None
        try:
            for message in () if self.lost.done() else self._buffer.collect():
                self.connection.protocol.write(mtproto.pack(message, *self._secrets))
        except ConnectionError as error:
            self.lose(error)

    async def _send_large(self, message: Any) -> None:
        frame = await self.client.loop.run_in_executor(None, mtproto.pack, message, *self._secrets)
        await self.connection.send(frame)

    @property
    def _secrets(self) -> tuple[int, bytes, bytes, bytes]:
        return self.salt, self.session_id, self.auth_key, self.auth_key_id

    # Receiving

    async def recv_worker(self) -> None:
        try:
            while (packet := await self.connection.recv()) is not None:
                await self._process(packet)
            self.lose(ConnectionResetError("Telegram closed the connection"))
        except Exception as error:  # noqa: BLE001 - after any bad packet the connection cannot be trusted
            self.lose(error)

    async def _process(self, packet: bytes) -> None:
        self.heard = self.client.loop.time()
        if len(packet) == 4:
            raise _transport_error(-Int.read(BytesIO(packet)))
        _, *secrets = self._secrets
        if len(packet) <= INLINE_BYTES:
            data = mtproto.unpack(BytesIO(packet), *secrets)
        else:
            data = await self.client.loop.run_in_executor(None, mtproto.unpack, BytesIO(packet), *secrets)
        for message in data.body.messages if type(data.body) is MsgContainer else (data,):
            self._process_message(message)

    def _process_message(self, message: Any) -> None:
        if message.seq_no == 0:
            self.client._set_server_time(message.msg_id)  # noqa: SLF001 - what the library's session does
        if message.seq_no % 2:
            self._acknowledge(message.msg_id)
        if self._is_new(message.msg_id):
            self._dispatch(message.msg_id, message.body)

    def _is_new(self, msg_id: int) -> bool:
        """Whether the id was not seen before. Raises SecurityCheckMismatch if its time is wrong: it may be a replayed packet."""
        if msg_id in self._seen:
            return False
        ahead = (msg_id >> 32) - self.client.server_time
        if not -PAST_SECONDS < ahead < FUTURE_SECONDS:
            raise SecurityCheckMismatch("a packet of another time")
        self._seen.add(msg_id)
        self._seen_order.append(msg_id)
        if len(self._seen_order) > REMEMBERED_IDS:
            self._seen.discard(self._seen_order.popleft())
        return True

    def _dispatch(self, msg_id: int, body: Any) -> None:
        kind = type(body)
        if kind is raw.types.RpcResult:
            self._answer(body.req_msg_id, body.result)
        elif kind is raw.types.Updates:
            self.client.on_updates(body)
        elif (handler := self._service_handlers.get(kind)) is not None:
            handler(msg_id, body)
        else:
            self.client.on_updates(body)

    def _answer(self, msg_id: int, answer: Any) -> None:
        """Resolve the call `msg_id`. If it was a container, every call in it gets this answer."""
        for carried in self._buffer.carried_by(msg_id):
            waiting = self._waiting.get(carried)
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)

    # Messages about the session itself

    def _pong(self, _: int, body: Any) -> None:
        self._answer(body.msg_id, body)

    def _salts(self, _: int, body: Any) -> None:
        self._answer(body.req_msg_id, body)

    def _bad_salt(self, _: int, body: Any) -> None:
        self.salt = body.new_server_salt
        self._answer(body.bad_msg_id, body)

    def _bad_message(self, msg_id: int, body: Any) -> None:
        if body.error_code not in CLOCK_FAULTS:
            raise self._failure(f"Telegram refuses a message with code {body.error_code}")
        self.client._set_server_time(msg_id)  # noqa: SLF001 - what the library's session does
        self._buffer.clock_changed()
        self._answer(body.bad_msg_id, body)

    def _detailed(self, _: int, body: Any) -> None:
        self._acknowledge(body.answer_msg_id)

    def _new_session(self, _: int, body: Any) -> None:
        """The server began a new session, so updates may be lost: let the inbox request the difference."""
        self.salt = body.server_salt
        self.client.on_updates(raw.types.UpdatesTooLong())

    def _failure(self, why: str) -> ConnectionError:
        reason = ConnectionAbortedError(why)
        self.lose(reason)
        return reason

    def _acknowledge(self, msg_id: int) -> None:
        self._buffer.acks.append(msg_id)
        if len(self._buffer.acks) >= ACK_BATCH:
            self._flush_soon()
        elif self._ack_timer is None:
            self._ack_timer = self.client.loop.call_later(ACK_DELAY, self._flush)


def error_of(answer: Any, query: Any) -> RPCError:
    """The library's exception for Telegram's answer. (The library's own `RPCError.raise_it` writes unknown names to a file.)"""
    code, text = answer.error_code, answer.error_message
    names = known_errors.get(abs(code))
    parts = _split_error_message(text)
    method = query.QUALNAME.partition(".")[2]
    if names is None:
        return UnknownError(value=f"[{code} {text}]", rpc_name=method)
    module = import_module(errors.__name__)
    if parts.error_id in names:
        return getattr(module, names[parts.error_id])(value=parts.value, rpc_name=method, is_signed=code < 0)
    return getattr(module, names[CATEGORY])(value=f"[{code} {text}]", rpc_name=method, is_signed=code < 0)


def _transport_error(code: int) -> Exception:
    if code == KEY_UNKNOWN:
        return AuthKeyNotFound("Telegram does not know the authorization key")
    return ConnectionAbortedError(f"Telegram ended the connection with transport error {code}")


def _expire(answer: asyncio.Future[Any]) -> None:
    if not answer.done():
        answer.set_exception(TimeoutError("Telegram did not answer in time"))
