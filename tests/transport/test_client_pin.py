"""What we use of Kurigram beyond its documented interface. If an upgrade breaks one of these tests, compare
`transport/mtproto/bot_session.py`, `transport/mtproto/bot_client.py` and `transport/mtproto/wire.py` with the library's code
before changing the pinned version.
"""

import inspect
from importlib.metadata import version
from pathlib import Path

import pyrogram
import pytest
from pyrogram import Client, raw
from pyrogram.connection import Connection
from pyrogram.connection.transport import TCPAbridged
from pyrogram.crypto import mtproto, rsa
from pyrogram.errors import rpc_error
from pyrogram.errors.exceptions.all import exceptions
from pyrogram.session import Auth, Session

from transport.mtproto.bot_session import BotSession
from transport.mtproto.kurigram_storage import KurigramStorage
from transport.mtproto.wire import DirectConnection, LeanTCP

PINNED = "2.2.26"
LAYER = 229


def parameters(function) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_the_version_is_the_one_that_was_read():
    assert version("kurigram") == PINNED
    assert f'"kurigram=={PINNED}"' in Path(__file__).parents[2].joinpath("pyproject.toml").read_text()
    assert raw.all.layer == LAYER


def test_the_session_still_has_what_ours_overrides_and_calls():
    assert parameters(Session.__init__)[:7] == ["self", "client", "dc_id", "server_address", "port", "auth_key", "test_mode"]
    assert parameters(Session.send) == parameters(BotSession.send) == ["self", "data", "wait_response", "timeout"]
    assert {"timeout"} < set(parameters(Session.invoke))
    assert parameters(Session.recv_worker) == parameters(BotSession.recv_worker) == ["self"]
    assert parameters(Session.restart) == ["self"]
    assert parameters(Session.stop) == ["self"]
    assert (Session.PING_INTERVAL, Session.WAIT_TIMEOUT) == (5, 15)


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (Session.start, ("connection_factory", "recv_worker", "START_TIMEOUT", "ping_worker", "is_started", "restart")),
        (Session._stop, ("ping_task_event", "connection", "recv_task", "_wait_pending_tasks")),
        (Session.ping_worker, ("PingDelayDisconnect", "send", "restart")),
        (Session.stop, ("_must_stay_stopped", "_stop")),
        (Client.connect, ("load_session", "get_session", "is_connected")),
        (pyrogram.methods.auth.sign_in_bot.SignInBot.sign_in_bot, ("get_dc_option", "get_session", "user_id", "is_bot")),
    ],
)
def test_the_library_still_works_through_the_parts_that_ours_replaces(function, names):
    """Each function of the library still uses the names that our classes define."""
    code = inspect.unwrap(function).__code__
    used = {*code.co_names, *(name for const in code.co_consts if isinstance(const, tuple) for name in const)}
    assert set(names) <= used


async def test_a_session_has_the_attributes_that_ours_uses():
    client = Client("pin", api_id=1, api_hash="x", in_memory=True)
    session = Session(client, 2, "127.0.0.1", 1, bytes(256), test_mode=False)
    for name in ("salt", "session_id", "auth_key", "auth_key_id", "connection", "is_started", "client"):
        assert hasattr(session, name), name
    for name in ("server_time", "_set_server_time", "storage", "session", "loop", "api_id", "connection_factory"):
        assert hasattr(client, name), name


def test_handshake_connection_and_transport_take_what_ours_gives_them():
    assert parameters(Auth.__init__) == ["self", "client", "dc_id", "server_address", "port", "test_mode"]
    assert "MAX_RETRIES" in inspect.unwrap(Auth.create).__code__.co_names
    assert "Public key not found" in inspect.unwrap(Auth.create).__code__.co_consts
    assert {"dc_id", "server_address", "port", "protocol_factory", "loop"} < set(parameters(Connection.__init__))
    assert set(parameters(TCPAbridged.__init__)) == {"self", "ipv6", "proxy", "crypto_executor_workers", "loop", "dc_id"}
    for ours, theirs in ((DirectConnection, Connection), (LeanTCP, TCPAbridged)):
        for name in ("connect", "close", "send", "recv"):
            assert hasattr(theirs, name)
            assert inspect.iscoroutinefunction(getattr(ours, name))


def test_the_librarys_encryption_takes_the_arguments_that_ours_gives_it():
    assert parameters(mtproto.pack) == ["message", "salt", "session_id", "auth_key", "auth_key_id"]
    assert parameters(mtproto.unpack) == ["b", "session_id", "auth_key", "auth_key_id"]
    assert isinstance(rsa.server_public_keys, dict)
    assert parameters(rsa.PublicKey) == ["m", "e"]


def test_errors_are_still_found_by_code_and_name():
    assert exceptions[420]["FLOOD_WAIT_X"] == "FloodWait"
    assert exceptions[400][rpc_error.CATEGORY] == "BadRequest"
    assert rpc_error._split_error_message("FLOOD_WAIT_7").error_id == "FLOOD_WAIT_X"
    assert parameters(rpc_error.RPCError.__init__) == ["self", "value", "rpc_name", "is_unknown", "is_signed"]


def test_the_storage_asks_for_nothing_that_ours_lacks():
    assert KurigramStorage.__abstractmethods__ == frozenset()  # the abstract ones are all the library calls
