"""The method messages.forwardMessages, which also copies messages."""

from __future__ import annotations

from pyrogram import raw

from transport.sandbox.content import keyboards
from transport.sandbox.content.new_message import new_album
from transport.sandbox.mtproto.tl import TL
from transport.sandbox.rpc.call import Call, Methods
from transport.sandbox.rpc.outbox import CHANNEL_PEERS, Outbox, outbox
from transport.sandbox.world.model import Json, Message, RpcError

types = raw.types
MAX_FORWARDED = 100


def forward_messages(call: Call, query: TL) -> TL:
    """Forward messages, or copy them if `drop_author`. Messages of one album form an album again if they are in one call."""
    to = outbox(call, query.to_peer)
    box = _box(call, query.from_peer)
    if not query.id or len(query.id) > MAX_FORWARDED or len(query.id) != len(query.random_id):
        raise RpcError(400, "MESSAGE_IDS_EMPTY" if not query.id else "RANDOM_ID_INVALID")
    originals = [_original(call, box, number) for number in query.id]
    for random_id in query.random_id:
        to.check_random_id(random_id)
    albums = {original.album: new_album() for original in originals if original.album is not None}
    updates: list[TL] = []
    for original, random_id in zip(originals, query.random_id, strict=True):
        copied = _kept(call, original, query) | {"album": original.album and albums[original.album], "random_id": random_id}
        updates += _copy(to, copied)
    return to.answer(updates)


def _box(call: Call, peer: TL) -> int:
    if isinstance(peer, CHANNEL_PEERS):
        return call.channel(peer).id
    call.user(peer)
    return call.bot.id


def _original(call: Call, box: int, number: int) -> Message:
    original = call.services.mailbox.get(box, number)
    if original is None or original.service is not None:
        raise RpcError(400, "MESSAGE_ID_INVALID")
    if original.protected:
        raise RpcError(400, "CHAT_FORWARDS_RESTRICTED")
    return original


def _invoice_copy(call: Call, original: Message, query: TL) -> Json:
    """Media and keyboard of a forwarded invoice. It can be paid unless the invoice has a start_param. It cannot be copied."""
    if original.media is None or original.media["kind"] != "invoice":
        return {}
    if query.drop_author:
        raise RpcError(400, "MESSAGE_ID_INVALID")
    start, stars = original.media["start_param"], original.media["stars"]
    media = {name: value for name, value in original.media.items() if name != "receipt"} | {"paid": False}
    if start is None:
        return {"media": media, "keyboard": keyboards.with_pay_button(None, stars)}
    link = f"https://t.me/{call.bot.username}?start={start}"
    return {"media": media, "keyboard": {"kind": "inline", "rows": [[{"text": f"Pay ⭐{stars}", "url": link}]]}}


def _kept(call: Call, original: Message, query: TL) -> Json:
    """The fields of a message that its copy has. The reply is left out, and the keyboard but that of an invoice."""
    without_caption = query.drop_media_captions and original.media is not None
    return {
        "text": "" if without_caption else original.text,
        "entities": [] if without_caption else original.entities,
        "media": original.media,
        "forward": None if query.drop_author else original.forward or _origin(call, original),
        **_invoice_copy(call, original, query),
    }


def _origin(call: Call, original: Message) -> Json:
    if original.is_post:
        return {"channel": original.bot, "post": original.id, "date": original.date}
    return {"user": call.bot.id if original.from_bot else original.user, "date": original.date}


def _copy(to: Outbox, copied: Json) -> list[TL]:
    message = to.add(**copied)
    pts = to.deliver(message)
    return [types.UpdateMessageID(id=message.id, random_id=copied["random_id"]), to.added(message, pts)]


METHODS: Methods = {
    "messages.ForwardMessages": forward_messages,
}
