"""One TCP connection of a client: reads packets, which are parts of the handshake or encrypted messages, and sends answers."""

from __future__ import annotations

import asyncio
import logging
import secrets
import struct
import time
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pyrogram import raw
from pyrogram.raw.core import TLObject

from transport.sandbox.mtproto import service
from transport.sandbox.mtproto.envelope import Envelope, open_envelope, seal
from transport.sandbox.mtproto.framing import Framing, ProtocolError
from transport.sandbox.mtproto.handshake import Handshake
from transport.sandbox.mtproto.keypair import Keypair
from transport.sandbox.mtproto.sessions import AuthKey, Keyring, Packed, Session
from transport.sandbox.mtproto.tl import CONTAINER, MESSAGE_HEAD, rpc_result, split_container
from transport.sandbox.rpc.dispatch import Dispatcher
from transport.sandbox.world.turn import Turn

log = logging.getLogger(__name__)
UNENCRYPTED = bytes(8)
IN_CONTAINER = 50
CONTAINER_BYTES = 256 * 1024
TOO_OLD, TOO_NEW = 16, 17
"""Codes of bad_msg_notification: the client's clock is wrong."""
PAST_SECONDS, FUTURE_SECONDS = 300, 30
BAD_SALT = 48


@dataclass(slots=True, kw_only=True)
class DataCentre:
    keypair: Keypair
    keyring: Keyring
    dispatcher: Dispatcher
    turn: Turn
    links: set[Connection] = field(default_factory=set)
    away_until: dict[int | None, float] = field(default_factory=dict)
    """Monotonic time until which connections of a bot (None: of anybody) are cut at once."""

    def is_away(self, bot: int | None) -> bool:
        if not self.away_until:
            return False
        return time.monotonic() < max(self.away_until.get(None, 0.0), self.away_until.get(bot, 0.0))


class Connection(asyncio.Protocol):
    """Everything queued in one loop turn is sent with one write, after the turn is committed."""

    def __init__(self, data_centre: DataCentre) -> None:
        self._data_centre = data_centre
        self._framing = Framing()
        self._handshake: Handshake | None = None
        self._session: Session | None = None
        self._queued: list[Packed] = []
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._data_centre.links.add(self)
        if self._data_centre.is_away(None):
            self.abort()

    def connection_lost(self, _: Exception | None) -> None:
        self._data_centre.links.discard(self)
        self._detach()

    def data_received(self, data: bytes) -> None:
        try:
            for packet in self._framing.feed(data):
                if self._transport.is_closing():
                    return
                self._packet(packet)
        except (ProtocolError, ValueError, struct.error) as error:
            log.warning("closing a connection: %s", error)
            self.abort()

    # Used by sessions

    def queue(self, packed: Packed) -> None:
        self._queued.append(packed)
        self._data_centre.turn.then(self._flush)

    def abort(self) -> None:
        if self._session is not None:
            self._session.lose(self._queued)
        self._queued.clear()
        self._detach()
        self._transport.abort()

    def refuse(self, code: int) -> None:
        self._queued.clear()
        self._detach()
        if not self._transport.is_closing():
            self._transport.write(self._framing.wrap(struct.pack("<i", -code)))
            self._transport.close()

    # Receiving

    def _packet(self, packet: bytes) -> None:
        if packet[:8] == UNENCRYPTED:
            self._in_the_clear(packet)
            return
        key = self._data_centre.keyring.get(packet[:8])
        if key is None:
            self.refuse(404)
        elif self._data_centre.is_away(key.bot):
            self.abort()
        else:
            self._encrypted(key, open_envelope(key.key, packet))

    def _in_the_clear(self, packet: bytes) -> None:
        """Key id 0 (8), msg_id (8), length (4), body."""
        if self._handshake is None:
            self._handshake = Handshake(self._data_centre.keypair)
        body = self._handshake.answer(packet[20:])
        if body is None:
            return
        if self._handshake.auth_key:
            self._data_centre.keyring.add(self._handshake.auth_key, self._handshake.salt)
            self._handshake = None
            self._data_centre.turn.finish()
        msg_id = int(time.time() * 2**32) & ~3 | 1
        self._transport.write(self._framing.wrap(UNENCRYPTED + struct.pack("<qi", msg_id, len(body)) + body))

    def _encrypted(self, key: AuthKey, envelope: Envelope) -> None:
        session, is_new = key.session(envelope.session_id)
        if session.link is not self:
            self._attach(session)
        if envelope.salt != key.salt:
            session.send(_bad_salt(envelope, key.salt), content=False)
            return
        if is_new:
            session.send(_new_session(envelope, key.salt))
        messages = [envelope[2:]]
        if envelope.body.startswith(CONTAINER):
            messages = split_container(envelope.body)
        for msg_id, seq_no, body in messages:
            self._message(session, msg_id, seq_no, body)

    def _attach(self, session: Session) -> None:
        self._detach()
        if session.link is not None:
            session.link.abort()
        self._session = session
        session.link = self
        self._data_centre.keyring.changed(session.key)
        session.resend()

    def _detach(self) -> None:
        if self._session is not None and self._session.link is self:
            self._session.link = None
            self._data_centre.keyring.changed(self._session.key)

    def _message(self, session: Session, msg_id: int, seq_no: int, body: bytes) -> None:
        if code := _clock_is_off(msg_id):
            note = raw.types.BadMsgNotification(bad_msg_id=msg_id, bad_msg_seqno=seq_no, error_code=code)
            session.send(note.write(), content=False)
            return
        if not session.first_sight(msg_id):
            return
        try:
            query = TLObject.read(BytesIO(body))
        except KeyError as unknown:
            error = raw.types.RpcError(error_code=400, error_message=f"INPUT_METHOD_INVALID_{unknown.args[0]}")
            session.send(rpc_result(msg_id, error), answer=True)
            return
        if not service.handle(session, msg_id, query):
            self._data_centre.dispatcher.handle(session, msg_id, query)

    # Sending

    def _flush(self) -> None:
        queued, self._queued = self._queued, []
        session = self._session
        if session is None or not queued or self._transport.is_closing():
            return
        packets = [self._seal(session, group) for group in _groups(queued)]
        self._transport.write(b"".join(packets))

    def _seal(self, session: Session, group: list[Packed]) -> bytes:
        key = session.key
        packed = group[0] if len(group) == 1 else _container(session, group)
        envelope = Envelope(key.salt, session.id, packed.msg_id, packed.seq_no, packed.body)
        return self._framing.wrap(seal(key.key, key.id, envelope))


def _bad_salt(envelope: Envelope, salt: int) -> bytes:
    note = raw.types.BadServerSalt(
        bad_msg_id=envelope.msg_id, bad_msg_seqno=envelope.seq_no, error_code=BAD_SALT, new_server_salt=salt
    )
    return bytes(note.write())


def _new_session(envelope: Envelope, salt: int) -> bytes:
    unique = secrets.randbits(63)
    note = raw.types.NewSessionCreated(first_msg_id=envelope.msg_id, unique_id=unique, server_salt=salt)
    return bytes(note.write())


def _clock_is_off(msg_id: int) -> int:
    """A code of bad_msg_notification, or 0."""
    ahead = (msg_id >> 32) - time.time()
    if ahead < -PAST_SECONDS:
        return TOO_OLD
    return TOO_NEW if ahead > FUTURE_SECONDS else 0


def _groups(queued: list[Packed]) -> list[list[Packed]]:
    """Split the queue into packets of at most `IN_CONTAINER` messages and `CONTAINER_BYTES`."""
    groups: list[list[Packed]] = []
    size = 0
    for packed in queued:
        if not groups or len(groups[-1]) == IN_CONTAINER or size + len(packed.body) > CONTAINER_BYTES:
            groups.append([])
            size = 0
        groups[-1].append(packed)
        size += len(packed.body)
    return groups


def _container(session: Session, group: list[Packed]) -> Packed:
    """Its id is above those of its messages. Clients do not acknowledge it."""
    inner = b"".join(MESSAGE_HEAD.pack(one.msg_id, one.seq_no, len(one.body)) + one.body for one in group)
    body = CONTAINER + struct.pack("<i", len(group)) + inner
    return Packed(session.new_msg_id(answer=True), session.container_seq(), body)
