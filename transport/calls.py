"""What we want said → Telegram's methods, and Telegram's answers → outcomes. Pure: `transport/client.py` makes the calls."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, assert_never

from pyrogram import raw
from pyrogram.errors import RPCError

from domain.content import Text, Uncopyable
from domain.outgoing import AnswerPress, Body, Edit, Notice, NotSent, Outcome, Outgoing, Send, Sent, Why
from domain.values import MessageId
from transport.entities import to_telegram
from transport.keyboards import inline_keyboard, reply_keyboard
from transport.pacing import FloodWait
from transport.texts import Texts


def to_call(outgoing: Outgoing, peer: Any, *, random_id: int, texts: Texts, protect: bool) -> Any:
    """`peer` is the recipient as InputPeerUser, `random_id` of `random_id(secret, key)`; presses need neither (None, 0).

    `protect` keeps relayed content from being forwarded or saved; our own texts may be. Raises ValueError for what no
    method can express (an Uncopyable, a button of no use).
    """
    match outgoing:
        case Send():
            return _send(outgoing, peer, random_id, texts, protect=protect)
        case Edit():
            return _edit(outgoing, peer, texts)
        case AnswerPress():
            return _answer(outgoing, texts)
        case _:
            assert_never(outgoing)


def random_id(secret: bytes, key: str) -> int:
    """The same key gives the same id, so that Telegram itself refuses a repeat; without the secret it tells nothing."""
    digest = blake2b(key.encode(), digest_size=8, key=secret).digest()
    return int.from_bytes(digest, "big", signed=True) or 1


def sent_id(result: Any) -> MessageId | None:
    """The id of the message that a send or an edit made, as the recipient's chat numbers it."""
    if isinstance(result, raw.types.UpdateShortSentMessage):
        return MessageId(result.id)
    for update in getattr(result, "updates", ()):
        if isinstance(update, raw.types.UpdateNewMessage | raw.types.UpdateEditMessage):
            return MessageId(update.message.id)
        if isinstance(update, raw.types.UpdateMessageID):
            return MessageId(update.id)
    return None


def own_pts(result: Any) -> tuple[int, int] | None:
    """(pts, pts_count) that our own call took in the bot's log; None where it took none."""
    if isinstance(result, raw.types.UpdateShortSentMessage):
        return result.pts, result.pts_count
    own = (raw.types.UpdateNewMessage, raw.types.UpdateEditMessage)
    places = [(update.pts, update.pts_count) for update in getattr(result, "updates", ()) if isinstance(update, own)]
    return (max(pts for pts, _ in places), sum(count for _, count in places)) if places else None


def failure_of(error: RPCError) -> Outcome | FloodWait:
    """What a refusal of Telegram's means. `Sent()` where the refusal says that there is nothing left to do."""
    name = name_of(error)
    if name in FLOOD_WAITS:
        return FloodWait(float(error.value if isinstance(error.value, int) else UNNAMED_WAIT))
    if name in NOTHING_LEFT:
        return Sent()
    return NotSent(why=WHY.get(name) or WHY_BY_CODE.get(abs(error.CODE or 0), Why.REFUSED), detail=name)


def name_of(error: RPCError) -> str:
    """Telegram's own name of the error, also where the library does not know it (it keeps "[400 SOME_NAME]" as value)."""
    if error.ID is not None:
        return str(error.ID)
    return str(error.value).strip("[]").rpartition(" ")[2]


FLOOD_WAITS = frozenset({"FLOOD_WAIT_X", "FLOOD_PREMIUM_WAIT_X", "FLOOD_TEST_PHONE_WAIT_X", "SLOWMODE_WAIT_X"})
UNNAMED_WAIT = 1.0

NOTHING_LEFT = frozenset({"RANDOM_ID_DUPLICATE", "MESSAGE_NOT_MODIFIED"})
"""It was sent before, or the message already reads so."""

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
"""401 is always about the bot itself (SESSION_REVOKED, AUTH_KEY_UNREGISTERED, USER_DEACTIVATED_BAN, …). All else: REFUSED."""


def _send(send: Send, peer: Any, random_id: int, texts: Texts, *, protect: bool) -> Any:
    relayed = not isinstance(send.body, Notice)
    text = _text_of(send.body, texts)
    return raw.functions.messages.SendMessage(
        peer=peer,
        message=text.text,
        entities=to_telegram(text.entities) or None,
        random_id=random_id,
        no_webpage=None if relayed else True,
        noforwards=(relayed and protect) or None,
        reply_to=raw.types.InputReplyToMessage(reply_to_msg_id=send.reply_to) if send.reply_to else None,
        reply_markup=_markup(send.body, texts),
    )


def _edit(edit: Edit, peer: Any, texts: Texts) -> Any:
    """Telegram takes only buttons on an edit; without any, those that were there go away."""
    text = _text_of(edit.body, texts)
    inline = isinstance(edit.body, Notice) and bool(edit.body.buttons)
    return raw.functions.messages.EditMessage(
        peer=peer,
        id=edit.message,
        message=text.text,
        entities=to_telegram(text.entities) or None,
        no_webpage=True if isinstance(edit.body, Notice) else None,
        reply_markup=_markup(edit.body, texts) if inline else None,
    )


def _answer(answer: AnswerPress, texts: Texts) -> Any:
    message = texts.render(answer.text, answer.arguments, answer.language) if answer.text else None
    return raw.functions.messages.SetBotCallbackAnswer(
        query_id=answer.query, cache_time=0, message=message, alert=answer.alert or None
    )


def _text_of(body: Body, texts: Texts) -> Text:
    match body:
        case Notice():
            return texts.formatted(body.text, body.arguments, body.language)
        case Text():
            return body
        case Uncopyable():
            raise ValueError(f"not to be relayed: {body.reason}")
        case _:
            assert_never(body)


def _markup(body: Body, texts: Texts) -> Any:
    if not isinstance(body, Notice):
        return None
    if body.buttons:
        return inline_keyboard(body.buttons, texts, body.language)
    return reply_keyboard(body.menu, texts, body.language) if body.menu is not None else None
