"""Service messages of MTProto: pings, acknowledgements, salts, resends. They are not calls, and faults do not apply to them."""

from __future__ import annotations

import struct
import time
from typing import Any

from pyrogram import raw

from transport.sandbox.mtproto.sessions import Session
from transport.sandbox.mtproto.tl import TL, rpc_result

types, functions = raw.types, raw.functions
SALT_SECONDS = 3600
FUTURE_SALTS = 0xAE500895
RECEIVED = b"\x04"


def handle(session: Session, msg_id: int, message: TL) -> bool:
    """Returns False if the message is a call."""
    handler = HANDLERS.get(type(message))
    if handler is None:
        return False
    handler(session, msg_id, message)
    return True


def _ping(session: Session, msg_id: int, message: TL) -> None:
    session.send(types.Pong(msg_id=msg_id, ping_id=message.ping_id).write(), content=False, answer=True)


def _acknowledge(session: Session, _: int, message: TL) -> None:
    session.acknowledge(message.msg_ids)


def _states(session: Session, msg_id: int, message: TL) -> None:
    info = (RECEIVED * len(message.msg_ids)).decode("latin-1")
    session.send(types.MsgsStateInfo(req_msg_id=msg_id, info=info).write(), content=False, answer=True)


def _resend(session: Session, _: int, message: TL) -> None:
    session.resend(message.msg_ids)


def _salts(session: Session, msg_id: int, _: TL) -> None:
    now = int(time.time())
    body = struct.pack("<Iqii", FUTURE_SALTS, msg_id, now, 1) + struct.pack("<iiq", now, now + SALT_SECONDS, session.key.salt)
    session.send(body, content=False, answer=True)


def _destroy_session(session: Session, msg_id: int, message: TL) -> None:
    number = message.session_id.to_bytes(8, "little", signed=True)
    known = session.key.sessions.pop(number, None) if number != session.id else None
    kind = types.DestroySessionOk if known else types.DestroySessionNone
    session.send(rpc_result(msg_id, kind(session_id=message.session_id)), answer=True)


def _drop_answer(session: Session, msg_id: int, _: TL) -> None:
    session.send(rpc_result(msg_id, types.RpcAnswerUnknown()), answer=True)


def _nothing(_session: Session, _msg_id: int, _message: TL) -> None:
    """The message is for information only."""


HANDLERS: dict[Any, Any] = {
    functions.Ping: _ping,
    functions.PingDelayDisconnect: _ping,
    types.MsgsAck: _acknowledge,
    types.MsgsStateReq: _states,
    types.MsgResendReq: _resend,
    types.MsgsStateInfo: _nothing,
    types.MsgsAllInfo: _nothing,
    types.HttpWait: _nothing,
    functions.GetFutureSalts: _salts,
    functions.DestroySession: _destroy_session,
    functions.RpcDropAnswer: _drop_answer,
}
