"""A bot on strings: it logs in to the sandbox as any bot does and does what the test says, so that the page is what is tried."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from pyrogram import raw

from domain.settings import Telegram
from transport.mtproto.link import Link

types, functions = raw.types, raw.functions


class ForgetfulStore:
    """A `ConnectionStore` that lives as long as the test."""

    def __init__(self) -> None:
        self._values: dict[str, bytes | int | str | None] = {}

    async def load(self) -> dict[str, bytes | int | str | None]:
        return dict(self._values)

    async def save(self, values: dict[str, bytes | int | str | None]) -> None:
        self._values = dict(values)


class Puppet:
    def __init__(self, token: str, *, server: str, public_key: Path) -> None:
        self._heard: asyncio.Queue[Any] = asyncio.Queue()
        self._hashes: dict[int, int] = {}
        self.link = Link(
            token=token,
            settings=Telegram(server=server, public_key=str(public_key), api_id=1, api_hash="test"),
            store=ForgetfulStore(),
            on_updates=self._receive,
            on_open=lambda _: None,
            on_state=lambda _, __: None,
        )

    async def __aenter__(self) -> Self:
        await self.link.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.link.close()

    async def hears(self, text: str) -> Any:
        """The next message with that text; `from_id` or `peer_id` says whose."""
        return (await self._next(lambda update: getattr(getattr(update, "message", None), "message", None) == text)).message

    async def is_sent(self, user: int) -> Any:
        """That person's next new message that carries media."""
        return (await self._next(lambda update: _is_media_of(update, user, types.UpdateNewMessage))).message

    async def sees_edited(self, user: int) -> Any:
        """The next edit of a message that carries media."""
        return (await self._next(lambda update: _is_media_of(update, user, types.UpdateEditMessage))).message

    async def is_pressed(self) -> Any:
        return await self._next(lambda update: isinstance(update, types.UpdateBotCallbackQuery))

    async def says(
        self, user: int, text: str, *, keyboard: Any = None, entities: list[Any] | None = None, reply_to: int | None = None
    ) -> int:
        """The new message's id in the bot's own numbering, as is `reply_to`."""
        sent = await self.link.call(
            functions.messages.SendMessage(
                peer=self._peer(user),
                message=text,
                random_id=secrets.randbits(62),
                reply_markup=keyboard,
                entities=entities,
                reply_to=None if reply_to is None else types.InputReplyToMessage(reply_to_msg_id=reply_to),
            )
        )
        return self._new_id(sent)

    async def sends_back(self, user: int, message: Any, caption: str = "", *, spoiler: bool = False, above: bool = False) -> int:
        """The photo of a message, as a new one."""
        photo = message.media.photo
        file = types.InputPhoto(id=photo.id, access_hash=photo.access_hash, file_reference=photo.file_reference)
        sent = await self.link.call(
            functions.messages.SendMedia(
                peer=self._peer(user),
                media=types.InputMediaPhoto(id=file, spoiler=spoiler or None),
                message=caption,
                invert_media=above or None,
                random_id=secrets.randbits(62),
            )
        )
        return self._new_id(sent)

    async def changes(self, user: int, message: int, text: str) -> None:
        await self.link.call(functions.messages.EditMessage(peer=self._peer(user), id=message, message=text))

    async def answers(self, query: Any, text: str = "", *, alert: bool = False) -> None:
        await self.link.call(
            functions.messages.SetBotCallbackAnswer(
                query_id=query.query_id, cache_time=0, message=text or None, alert=alert or None
            )
        )

    async def sells(self, user: int, stars: int, *, once: bool = True, **about: str) -> None:
        """An invoice message; one that is paid `once` is marked as paid then."""
        media = _invoice(stars, start_param="once" if once else None, **about)
        query = functions.messages.SendMedia(peer=self._peer(user), media=media, message="", random_id=secrets.randbits(62))
        await self.link.call(query)

    async def offers(self, stars: int, *, period: int | None = None, **about: str) -> str:
        """The link of an invoice; with a period it sells a subscription."""
        media = _invoice(stars, period=period, **about)
        return str((await self.link.call(functions.payments.ExportInvoice(invoice_media=media))).url)

    async def is_asked(self) -> Any:
        """The next payment that waits for this bot's word."""
        return await self._next(lambda update: isinstance(update, types.UpdateBotPrecheckoutQuery))

    def is_asked_more(self) -> bool:
        """Whether another payment waits among the updates that have come."""
        came = [self._heard.get_nowait() for _ in range(self._heard.qsize())]
        return any(isinstance(update, types.UpdateBotPrecheckoutQuery) for update in came)

    async def approves(self, query: Any) -> None:
        await self.link.call(functions.messages.SetBotPrecheckoutResults(query_id=query.query_id, success=True))

    async def refuses(self, query: Any, words: str) -> None:
        await self.link.call(functions.messages.SetBotPrecheckoutResults(query_id=query.query_id, error=words))

    async def gives_back(self, user: int, charge: str) -> None:
        person = types.InputUser(user_id=user, access_hash=self._hashes.get(user, 0))
        await self.link.call(functions.payments.RefundStarsCharge(user_id=person, charge_id=charge))

    def _receive(self, updates: Any) -> None:
        for user in getattr(updates, "users", ()):
            self._hashes[user.id] = user.access_hash or 0
        for update in getattr(updates, "updates", ()):
            self._heard.put_nowait(update)

    async def _next(self, wanted: Callable[[Any], bool]) -> Any:
        async with asyncio.timeout(30):
            while True:
                update = await self._heard.get()
                if wanted(update):
                    return update

    def _peer(self, user: int) -> Any:
        return types.InputPeerUser(user_id=user, access_hash=self._hashes.get(user, 0))

    def _new_id(self, sent: Any) -> int:
        if hasattr(sent, "id"):
            return int(sent.id)
        return next(int(update.message.id) for update in sent.updates if hasattr(update, "message"))


def _is_media_of(update: Any, user: int, kind: Any) -> bool:
    return isinstance(update, kind) and update.message.media is not None and update.message.peer_id.user_id == user


def _invoice(
    stars: int,
    *,
    title: str = "VIP",
    description: str = "A month of it",
    start_param: str | None = None,
    period: int | None = None,
) -> Any:
    prices = [types.LabeledPrice(label=title, amount=stars)]
    return types.InputMediaInvoice(
        title=title,
        description=description,
        invoice=types.Invoice(currency="XTR", prices=prices, subscription_period=period),
        payload=b"order",
        provider_data=types.DataJSON(data="null"),
        start_param=start_param,
    )


def inline(*rows: list[tuple[str, str]]) -> Any:
    """Buttons under a message: (text, data), or (text, address) where it begins with https."""
    return types.ReplyInlineMarkup(
        rows=[
            types.KeyboardInlineButtonRow(
                buttons=[types.KeyboardInlineButton(text=text, type=_action(value)) for text, value in row]
            )
            for row in rows
        ]
    )


def _action(value: str) -> Any:
    if value.startswith("https:"):
        return types.InlineButtonTypeUrl(url=value)
    return types.InlineButtonTypeCallback(data=value.encode())


def keys(*rows: list[str]) -> Any:
    """A reply keyboard."""
    plain = types.ButtonTypeDefault()
    return types.ReplyKeyboardMarkup(
        rows=[types.KeyboardButtonRow(buttons=[types.KeyboardButton(text=text, type=plain) for text in row]) for row in rows],
        resize=True,
    )
