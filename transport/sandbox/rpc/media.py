"""Methods of messages that send media, alone and as albums, and that upload media before."""

from __future__ import annotations

from pyrogram import raw

from transport.sandbox.content import entities, keyboards
from transport.sandbox.content.new_message import MAX_ALBUM, go_together, new_album
from transport.sandbox.mtproto.tl import TL
from transport.sandbox.rpc.call import Call, Methods
from transport.sandbox.rpc.input_media import UPLOADED, read_media
from transport.sandbox.rpc.outbox import CHANNEL_PEERS, Outbox, outbox
from transport.sandbox.rpc.sending import check_caption, check_effect, reply_target
from transport.sandbox.world.model import Entity, Keyboard, Media, RpcError

types = raw.types


def send_media(call: Call, query: TL) -> TL:
    check_caption(query.message)
    formatting = entities.from_tl(query.entities, query.message)
    keyboard = keyboards.from_tl(query.reply_markup)
    to = outbox(call, query.peer)
    media = read_media(call, query.media, above=query.invert_media)
    keyboard = keyboard_beside(media, keyboard)
    check_effect(query)
    to.check_random_id(query.random_id)
    message = to.add(
        query.message,
        entities=formatting,
        keyboard=keyboard,
        media=media,
        reply_to=reply_target(to, query.reply_to),
        random_id=query.random_id,
        protected=bool(query.noforwards),
    )
    pts = to.deliver(message)
    return to.answer([types.UpdateMessageID(id=message.id, random_id=query.random_id), to.added(message, pts)])


def send_multi_media(call: Call, query: TL) -> TL:
    """All parts are checked before the first is sent."""
    to = outbox(call, query.peer)
    album = [_read_single(call, to, one, above=query.invert_media) for one in query.multi_media]
    check_album([media for media, _ in album])
    check_effect(query)
    together = {"album": new_album(), "reply_to": reply_target(to, query.reply_to), "protected": bool(query.noforwards)}
    places, added = [], []
    for (media, formatting), one in zip(album, query.multi_media, strict=True):
        message = to.add(one.message, entities=formatting, media=media, random_id=one.random_id, **together)
        places.append(types.UpdateMessageID(id=message.id, random_id=one.random_id))
        added.append(to.added(message, to.deliver(message)))
    return to.answer([*places, *added])


def upload_media(call: Call, query: TL) -> TL:
    """Returns the media as in a message: with its id the file can be sent without another upload."""
    if isinstance(query.peer, CHANNEL_PEERS):
        call.own_channel(query.peer)
    elif not isinstance(query.peer, types.InputPeerSelf):
        call.user(query.peer)
    return call.services.media.to_tl(call.bot.id, read_media(call, query.media))


def keyboard_beside(media: Media | None, keyboard: Keyboard | None) -> Keyboard | None:
    """The keyboard that a message with this media gets. Raises RpcError."""
    if media is not None and media["kind"] == "invoice":
        return keyboards.with_pay_button(keyboard, media["stars"])
    return keyboards.without_pay_button(keyboard)


def check_album(album: list[Media]) -> None:
    if not album:
        raise RpcError(400, "MEDIA_EMPTY")
    if len(album) > MAX_ALBUM:
        raise RpcError(400, "MULTI_MEDIA_TOO_LONG")
    if not go_together(album):
        raise RpcError(400, "MEDIA_GROUPED_INVALID")


def _read_single(call: Call, to: Outbox, one: TL, *, above: bool | None) -> tuple[Media, list[Entity]]:
    """As with Telegram, only media that was uploaded before can be part of an album."""
    if isinstance(one.media, UPLOADED):
        raise RpcError(400, "MEDIA_INVALID")
    check_caption(one.message)
    to.check_random_id(one.random_id)
    return read_media(call, one.media, above=above), entities.from_tl(one.entities, one.message)


METHODS: Methods = {
    "messages.SendMedia": send_media,
    "messages.SendMultiMedia": send_multi_media,
    "messages.UploadMedia": upload_media,
}
