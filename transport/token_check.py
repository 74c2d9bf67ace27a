"""Asks Telegram whose a bot token is, by a log-in of its own, which ends at once and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from pyrogram import raw
from pyrogram.errors import RPCError

from domain.errors import Unavailable
from domain.model.bot import Bot
from domain.model.ids import UserId
from domain.settings import Telegram
from transport.mtproto.link import Link


class _Nowhere:
    """Keeps a session as long as the check goes on (`domain.ports.records.ConnectionStore`)."""

    def __init__(self) -> None:
        self._values: dict[str, bytes | int | str | None] = {}

    async def load(self) -> dict[str, bytes | int | str | None]:
        return dict(self._values)

    async def save(self, values: dict[str, bytes | int | str | None]) -> None:
        self._values = dict(values)

    async def load_state(self) -> tuple[int, int, int, int] | None:
        return None

    async def save_state(self, pts: int, qts: int, date: int, seq: int) -> None: ...

    async def peers(self, users: Sequence[UserId]) -> dict[UserId, int]:  # noqa: ARG002 - as the port has it
        return {}

    async def save_peers(self, hashes: dict[UserId, int]) -> None: ...


async def whose(token: str, settings: Telegram) -> tuple[Bot, tuple[int, int, int, int]]:
    """The bot, and where its updates stand now (pts, qts, date, seq). Raises `BadToken` and `Unavailable`."""
    link = Link(token=token, settings=settings, store=_Nowhere(), on_state=lambda _state, _detail: None)
    try:
        state = await link.open()
        bot = await link.who()
        with suppress(RPCError, OSError, TimeoutError):
            await link.call(raw.functions.auth.LogOut())
    except (RPCError, OSError, TimeoutError) as error:
        raise Unavailable(f"Telegram did not tell whose token it is: {type(error).__name__}") from error
    finally:
        await link.close()
    return bot, (state.pts, state.qts, state.date, state.seq)
