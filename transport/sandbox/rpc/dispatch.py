"""Answers queries: removes wrappers, applies faults, calls the method's handler. Refusals become rpc_error."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter

from pyrogram import raw

from transport.sandbox.faults import Fault, Faults, Kind
from transport.sandbox.mtproto.sessions import AuthKey, Session
from transport.sandbox.mtproto.tl import TL, method_name, rpc_result
from transport.sandbox.rpc import account, bots, channels, forwarding, media, messages, payments, upload
from transport.sandbox.rpc.call import Call, Handler, Methods, Services
from transport.sandbox.world.model import Bot, RpcError

log = logging.getLogger(__name__)
METHODS: Methods = {
    **account.METHODS,
    **messages.METHODS,
    **media.METHODS,
    **forwarding.METHODS,
    **upload.METHODS,
    **bots.METHODS,
    **channels.METHODS,
    **payments.METHODS,
}
WRAPPERS = (
    raw.functions.InvokeWithLayer,
    raw.functions.InitConnection,
    raw.functions.InvokeWithoutUpdates,
    raw.functions.InvokeAfterMsg,
    raw.functions.InvokeAfterMsgs,
)


class Dispatcher:
    def __init__(self, services: Services, faults: Faults) -> None:
        self._services = services
        self._faults = faults
        self._doomed: AuthKey | None = None
        """Key that is destroyed after its last answer is sent."""
        self.calls: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()

    def handle(self, session: Session, msg_id: int, query: TL) -> None:
        query, wants_updates = _unwrap(query)
        if wants_updates and not session.wants_updates:
            session.wants_updates = True
            self._services.keyring.changed(session.key)
        name = method_name(query)
        self.calls[name] += 1
        number = session.key.bot
        bot = None if number is None else self._services.world.bots[number]
        answer = rpc_result(msg_id, self._perform(session, bot, name, query))
        if len(self._faults):
            self._answer_with_faults(session, number, name, answer)
        else:
            session.send(answer, answer=True)
        if self._doomed is not None:
            asyncio.get_running_loop().call_soon(self._services.keyring.forget, self._doomed)
            self._doomed = None

    def _perform(self, session: Session, bot: Bot | None, name: str, query: TL) -> TL:
        try:
            if len(self._faults):
                self._fail(session, bot, name)
            return self._handler(name)(Call(self._services, session, bot), query)
        except RpcError as error:
            self.errors[error.text] += 1
            return raw.types.RpcError(error_code=error.code, error_message=error.text)
        except Exception:
            log.exception("%s failed", name)
            return raw.types.RpcError(error_code=500, error_message="INTERNAL_SERVER_ERROR")

    def _handler(self, name: str) -> Handler:
        handler = METHODS.get(name)
        if handler is None:
            self.unknown[name] += 1
            raise RpcError(400, "METHOD_NOT_IMPLEMENTED")
        return handler

    def _fail(self, session: Session, bot: Bot | None, name: str) -> None:
        """Apply the faults that prevent the method from being carried out."""
        number = None if bot is None else bot.id
        if fault := self._faults.take(Kind.FLOOD_WAIT, number, name):
            raise RpcError(420, f"FLOOD_WAIT_{math.ceil(fault.seconds)}")
        if fault := self._faults.take(Kind.ERROR, number, name):
            raise RpcError(fault.code, fault.text)
        if bot is not None and self._faults.take(Kind.KEY_DUPLICATED, number, name):
            self._doomed = session.key
            raise RpcError(406, "AUTH_KEY_DUPLICATED")

    def _answer_with_faults(self, session: Session, bot: int | None, name: str, answer: bytes) -> None:
        """Apply the faults that take effect after the method was carried out."""
        if self._faults.take(Kind.LOSE_ANSWER, bot, name):
            return
        if self._faults.take(Kind.DROP, bot, name):
            if session.link is not None:
                session.link.abort()
            return
        fault: Fault | None = self._faults.take(Kind.DELAY, bot, name)
        if fault is None:
            session.send(answer, answer=True)
        else:
            asyncio.get_running_loop().call_later(fault.seconds, _send_answer, session, answer)


def _send_answer(session: Session, answer: bytes) -> None:
    session.send(answer, answer=True)


def _unwrap(query: TL) -> tuple[TL, bool]:
    """(the method inside, whether the session receives updates)."""
    wants_updates = True
    while isinstance(query, WRAPPERS):
        wants_updates &= not isinstance(query, raw.functions.InvokeWithoutUpdates)
        query = query.query
    return query, wants_updates
