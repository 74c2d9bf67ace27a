"""The library's `Storage` in our database, so that any worker that takes over the bot resumes without a new log-in.

The library's methods about peers and update states do nothing: `transport/calls/peers.py` and
`transport/updates/update_log.py` keep those.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyrogram.storage import Storage, UpdateState

from domain.ports.records import ConnectionStore

FIRST_DC = 2
FIRST_ADDRESS = "149.154.167.51"
FIRST_PORT = 443


class KurigramStorage(Storage):
    def __init__(self, store: ConnectionStore) -> None:
        self._store = store
        self._values: dict[str, bytes | int | str | None] = {}

    async def open(self) -> None:
        self._values = await self._store.load()

    async def save(self) -> None:
        """Raises `domain.errors.Fenced` if another process owns the bot."""
        await self._store.save(self._values)

    async def close(self) -> None: ...

    async def delete(self) -> None:
        await self.forget()

    async def forget(self) -> None:
        self._values = {}
        await self._store.save(self._values)

    @property
    def logged_in(self) -> bool:
        return bool(self._values.get("auth_key") and self._values.get("user_id"))

    async def update_peers(self, peers: Iterable[tuple[int, int, str, str | None]]) -> None: ...

    async def update_usernames(self, usernames: Iterable[tuple[int, list[str | None]]]) -> None: ...

    async def get_update_states(self, ids: int | Iterable[int] | None = None) -> list[UpdateState]:  # noqa: ARG002
        return []

    async def set_update_state(self, update_state: UpdateState | Iterable[UpdateState]) -> None: ...

    async def delete_update_state(self, state_id: int | Iterable[int]) -> None: ...

    async def get_peer_by_id(self, peer_id: int) -> Any:
        raise KeyError(peer_id)

    async def get_peer_by_username(self, username: str) -> Any:
        raise KeyError(username)

    async def get_peer_by_phone_number(self, phone_number: str) -> Any:
        raise KeyError(phone_number)

    async def dc_id(self, value: int | None = None) -> Any:
        return self._value("dc_id", value) or FIRST_DC

    async def api_id(self, value: int | None = None) -> Any:
        return self._value("api_id", value)

    async def server_address(self, value: str | None = None) -> Any:
        return self._value("server_address", value) or FIRST_ADDRESS

    async def port(self, value: int | None = None) -> Any:
        return self._value("port", value) or FIRST_PORT

    async def test_mode(self, value: bool | None = None) -> Any:  # noqa: FBT001 - the library's signature
        return bool(self._value("test_mode", value))

    async def auth_key(self, value: bytes | None = None) -> Any:
        return self._value("auth_key", value)

    async def date(self, value: int | None = None) -> Any:
        return self._value("date", value) or 0

    async def user_id(self, value: int | None = None) -> Any:
        return self._value("user_id", value)

    async def is_bot(self, value: bool | None = None) -> Any:  # noqa: FBT001 - the library's signature
        return self._value("is_bot", value)

    def _value(self, name: str, value: bytes | int | str | None) -> Any:
        """Returns the value after setting it. None only reads: the library's convention."""
        if value is not None:
            self._values[name] = value
        return self._values.get(name)
