"""Translates outgoing messages into Telegram's methods, and Telegram's answers into outcomes. Pure.

`transport/calls/sending.py` makes the calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, assert_never

from pyrogram import raw
from pyrogram.errors import RPCError

from domain.model.content import Album, Dice, Media, Poll, Text, Uncopyable
from domain.model.ids import MessageId
from domain.model.outgoing import (
    AnswerPress,
    Body,
    Delete,
    Edit,
    Invoice,
    Lane,
    Notice,
    NotSent,
    Outcome,
    Outgoing,
    Send,
    Sent,
    Why,
)
from transport.calls.pacing import FloodWait
from transport.media.writing import FIXED, input_media, input_poll, single
from transport.payments.invoices import input_invoice
from transport.texts.catalogue import Texts
from transport.texts.entities import to_telegram
from transport.texts.keyboards import inline_keyboard, reply_keyboard


@dataclass(frozen=True, slots=True, kw_only=True)
class CallContext:
    texts: Texts
    peer: Any = None
    """The recipient as InputPeerUser. None for answers to presses."""
    random_ids: Sequence[int] = (0,)
    """Made by `random_id`, one for each message that the call sends."""
    protect: bool = False
    """Forbid the recipient to forward or save relayed content, whoever says it. Notices of the bot are never protected."""


def to_call(outgoing: Outgoing, context: CallContext) -> Any:
    """The call as a method of `raw.functions`. Files must belong to the sending bot.

    Raises ValueError for content that no method can express: an Uncopyable, an invalid button.
    """
    match outgoing:
        case Send(body=body):
            return SENDS.get(type(body), _inexpressible)(outgoing, context)
        case Edit(body=body):
            return EDITS.get(type(body), _inexpressible)(outgoing, context)
        case Delete(message=message):
            return raw.functions.messages.DeleteMessages(id=[message], revoke=True)
        case AnswerPress():
            return _answer(outgoing, context.texts)
        case _:
            assert_never(outgoing)


def random_id(secret: bytes, key: str) -> int:
    """A keyed hash of the idempotency key, 64 bits. The same key gives the same id, so Telegram refuses a repeated send."""
    digest = blake2b(key.encode(), digest_size=8, key=secret).digest()
    return int.from_bytes(digest, "big", signed=True) or 1


def sent_id(result: Any) -> MessageId | None:
    """The id of the message that a call sent or edited; None if the answer does not contain it."""
    if isinstance(result, raw.types.UpdateShortSentMessage):
        return MessageId(result.id)
    for update in getattr(result, "updates", ()):
        if isinstance(update, raw.types.UpdateNewMessage | raw.types.UpdateEditMessage):
            return MessageId(update.message.id)
        if isinstance(update, raw.types.UpdateMessageID):
            return MessageId(update.id)
    return None


def sent_ids(result: Any) -> Iterator[int]:
    """The ids of all messages that a call sent."""
    if isinstance(result, raw.types.UpdateShortSentMessage):
        yield result.id
    for update in getattr(result, "updates", ()):
        if isinstance(update, raw.types.UpdateNewMessage):
            yield update.message.id
        elif isinstance(update, raw.types.UpdateMessageID):
            yield update.id


def sent_album(result: Any, random_ids: Sequence[int]) -> tuple[MessageId, ...]:
    """The ids of an album's parts in order; empty if the answer does not contain all of them."""
    ids = {each.random_id: each.id for each in getattr(result, "updates", ()) if isinstance(each, raw.types.UpdateMessageID)}
    return tuple(MessageId(ids[each]) for each in random_ids) if ids.keys() >= set(random_ids) else ()


def own_pts(result: Any) -> tuple[int, int] | None:
    """(pts, pts_count): the places that our own call took in the bot's log. None if it took none."""
    if isinstance(result, raw.types.UpdateShortSentMessage):
        return result.pts, result.pts_count
    own = (raw.types.UpdateNewMessage, raw.types.UpdateEditMessage)
    places = [(update.pts, update.pts_count) for update in getattr(result, "updates", ()) if isinstance(update, own)]
    return (max(pts for pts, _ in places), sum(count for _, count in places)) if places else None


def failure_of(error: RPCError) -> Outcome | FloodWait:
    """The outcome that an error of Telegram means. `Sent()` if the error says that there is nothing left to do."""
    name = name_of(error)
    if name in FLOOD_WAITS:
        return FloodWait(float(error.value if isinstance(error.value, int) else DEFAULT_FLOOD_WAIT))
    if name in NOTHING_LEFT:
        return Sent()
    return NotSent(why=WHY.get(name) or WHY_BY_CODE.get(abs(error.CODE or 0), Why.REFUSED), detail=name)


def name_of(error: RPCError) -> str:
    """Telegram's name of the error. The value of an error unknown to the library is like "[400 SOME_NAME]"."""
    if error.ID is not None:
        return str(error.ID)
    return str(error.value).strip("[]").rpartition(" ")[2]


FLOOD_WAITS = frozenset({"FLOOD_WAIT_X", "FLOOD_PREMIUM_WAIT_X", "FLOOD_TEST_PHONE_WAIT_X", "SLOWMODE_WAIT_X"})
DEFAULT_FLOOD_WAIT = 1.0
"""Seconds, if the error does not say how long."""

NOTHING_LEFT = frozenset({"RANDOM_ID_DUPLICATE", "MESSAGE_NOT_MODIFIED"})
"""The message was sent before, or already has this content."""

MESSAGE_GONE = frozenset({"MESSAGE_ID_INVALID", "MSG_ID_INVALID"})
"""Of an edit: the recipient has deleted the message."""

UNGROUPED = frozenset({"MEDIA_GROUPED_INVALID", "GROUPED_MEDIA_INVALID", "MULTI_MEDIA_TOO_LONG"})
"""Telegram takes the files of an album, but not as one album."""

WHY = {
    "USER_IS_BLOCKED": Why.GONE,
    "INPUT_USER_DEACTIVATED": Why.GONE,
    "PEER_ID_INVALID": Why.GONE,
    "USER_ID_INVALID": Why.GONE,
    "AUTH_KEY_DUPLICATED": Why.STALE,
    "ACCESS_TOKEN_EXPIRED": Why.STALE,
    "ACCESS_TOKEN_INVALID": Why.STALE,
}
WHY_BY_CODE = {401: Why.STALE, 500: Why.UNREACHABLE, 503: Why.UNREACHABLE}
"""401 is always about the bot itself (SESSION_REVOKED, AUTH_KEY_UNREGISTERED, USER_DEACTIVATED_BAN, …). Other codes: REFUSED."""


def _common(send: Send, context: CallContext) -> dict[str, Any]:
    return {
        "peer": context.peer,
        "noforwards": (((context.protect and send.lane is Lane.RELAY) or send.protected) and not isinstance(send.body, Notice))
        or None,
        "reply_to": raw.types.InputReplyToMessage(reply_to_msg_id=send.reply_to) if send.reply_to else None,
    }


def _send_notice(send: Send, context: CallContext) -> Any:
    notice: Any = send.body
    text = context.texts.formatted(notice.text, notice.arguments, notice.language)
    return raw.functions.messages.SendMessage(
        **_common(send, context),
        **_text_fields(text),
        random_id=context.random_ids[0],
        no_webpage=True,
        reply_markup=_markup(notice, context.texts),
    )


def _send_text(send: Send, context: CallContext) -> Any:
    text = _as_text(send.body)
    return raw.functions.messages.SendMessage(
        **_common(send, context), **_text_fields(text), **_preview(text), random_id=context.random_ids[0]
    )


def _send_media(send: Send, context: CallContext) -> Any:
    media: Any = send.body
    return raw.functions.messages.SendMedia(
        **_common(send, context),
        **_text_fields(media.caption),
        media=input_media(media),
        random_id=context.random_ids[0],
        invert_media=media.caption_above or None,
    )


def _send_album(send: Send, context: CallContext) -> Any:
    album: Any = send.body
    return raw.functions.messages.SendMultiMedia(
        **_common(send, context),
        multi_media=[single(media, number) for media, number in zip(album.items, context.random_ids, strict=True)],
        invert_media=album.items[0].caption_above or None,
    )


def _send_poll(send: Send, context: CallContext) -> Any:
    poll: Any = send.body
    return raw.functions.messages.SendMedia(
        **_common(send, context), media=input_poll(poll), message="", random_id=context.random_ids[0]
    )


def _send_invoice(send: Send, context: CallContext) -> Any:
    """Always protected: an invoice that is forwarded could be paid by somebody else."""
    invoice: Any = send.body
    return raw.functions.messages.SendMedia(
        peer=context.peer,
        media=input_invoice(invoice, context.texts),
        message="",
        random_id=context.random_ids[0],
        noforwards=True,
    )


def _edit_notice(edit: Edit, context: CallContext) -> Any:
    """An edit can have buttons but no reply keyboard. Without buttons, those of the message are removed."""
    notice: Any = edit.body
    text = context.texts.formatted(notice.text, notice.arguments, notice.language)
    markup = _markup(notice, context.texts) if notice.buttons else None
    return raw.functions.messages.EditMessage(
        peer=context.peer, id=edit.message, **_text_fields(text), no_webpage=True, reply_markup=markup
    )


def _edit_text(edit: Edit, context: CallContext) -> Any:
    text = _as_text(edit.body)
    return raw.functions.messages.EditMessage(peer=context.peer, id=edit.message, **_text_fields(text), **_preview(text))


def _edit_media(edit: Edit, context: CallContext) -> Any:
    """Sends both the caption and the file: it is not known which of them changed."""
    media: Any = edit.body
    return raw.functions.messages.EditMessage(
        peer=context.peer,
        id=edit.message,
        **_text_fields(media.caption),
        media=None if media.kind in FIXED else input_media(media),
        invert_media=media.caption_above or None,
    )


def _inexpressible(outgoing: Send | Edit, _: CallContext) -> Any:
    body = outgoing.body
    what = body.reason if isinstance(body, Uncopyable) else type(body).__name__
    raise ValueError(f"{type(outgoing).__name__} cannot express {what}")


SENDS: Mapping[type, Callable[[Send, CallContext], Any]] = {
    Notice: _send_notice,
    Invoice: _send_invoice,
    Text: _send_text,
    Dice: _send_text,
    Media: _send_media,
    Album: _send_album,
    Poll: _send_poll,
}
EDITS: Mapping[type, Callable[[Edit, CallContext], Any]] = {
    Notice: _edit_notice,
    Text: _edit_text,
    Media: _edit_media,
}


def _as_text(content: Body) -> Text:
    match content:
        case Text():
            return content
        case Dice(emoji=emoji, value=value):
            return Text(text=f"{emoji} {value}")
        case _:
            raise ValueError(f"not a text: {type(content).__name__}")


def _text_fields(text: Text) -> dict[str, Any]:
    return {"message": text.text, "entities": to_telegram(text.entities) or None}


def _preview(text: Text) -> dict[str, Any]:
    return {"no_webpage": text.no_preview or None, "invert_media": text.preview_above or None}


def _answer(answer: AnswerPress, texts: Texts) -> Any:
    message = texts.render(answer.text, answer.arguments, answer.language) if answer.text else None
    return raw.functions.messages.SetBotCallbackAnswer(
        query_id=answer.query, cache_time=0, message=message, alert=answer.alert or None
    )


def _markup(notice: Notice, texts: Texts) -> Any:
    if notice.buttons:
        return inline_keyboard(notice.buttons, texts, notice.language)
    return reply_keyboard(notice.menu, texts, notice.language) if notice.menu is not None else None
