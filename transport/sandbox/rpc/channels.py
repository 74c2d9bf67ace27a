"""Methods of channels and usernames: posts, and members, which only a bot that is an admin may see."""

from __future__ import annotations

import re

from pyrogram import raw

from transport.sandbox.content.render import admin_rights
from transport.sandbox.mtproto.tl import TL
from transport.sandbox.rpc.call import Call, Methods
from transport.sandbox.rpc.messages import message_numbers
from transport.sandbox.rpc.outbox import ChannelPosts
from transport.sandbox.world.model import Bot, Channel, RpcError

types = raw.types
USERNAME = re.compile(r"@?[A-Za-z]\w{2,31}", re.ASCII)


def resolve_username(call: Call, query: TL) -> TL:
    if not USERNAME.fullmatch(query.username):
        raise RpcError(400, "USERNAME_INVALID")
    found = call.services.world.by_username(query.username)
    renderer, viewer = call.services.renderer, call.bot.id
    if found is None:
        raise RpcError(400, "USERNAME_NOT_OCCUPIED")
    if isinstance(found, Channel):
        chats = [renderer.channel(viewer, found)]
        return types.contacts.ResolvedPeer(peer=types.PeerChannel(channel_id=found.id), chats=chats, users=[])
    person = renderer.bot(viewer, found) if isinstance(found, Bot) else renderer.user(viewer, found)
    return types.contacts.ResolvedPeer(peer=types.PeerUser(user_id=found.id), chats=[], users=[person])


def get_participant(call: Call, query: TL) -> TL:
    channel = call.channel(query.channel)
    is_self = isinstance(query.participant, types.InputPeerSelf)
    number = call.bot.id if is_self else getattr(query.participant, "user_id", 0)
    if number != call.bot.id and call.bot.id not in channel.admins:
        raise RpcError(400, "CHAT_ADMIN_REQUIRED")
    person = call.services.renderer.person(call.bot.id, number)
    if person is None:
        raise RpcError(400, "PARTICIPANT_ID_INVALID")
    return types.channels.ChannelParticipant(
        participant=_participant(call, channel, number),
        chats=[call.services.renderer.channel(call.bot.id, channel)],
        users=[person],
    )


def get_channels(call: Call, query: TL) -> TL:
    chats = [call.services.renderer.channel(call.bot.id, call.channel(peer)) for peer in query.id]
    return types.messages.Chats(chats=chats)


def get_messages(call: Call, query: TL) -> TL:
    channel = call.channel(query.channel)
    found = call.services.renderer.messages(channel.id, message_numbers(call, channel.id, query.id), viewer=call.bot.id)
    chats = [call.services.renderer.channel(call.bot.id, channel)]
    return types.messages.ChannelMessages(pts=channel.pts, count=len(found), messages=found, topics=[], chats=chats, users=[])


def delete_messages(call: Call, query: TL) -> TL:
    return ChannelPosts(call, call.own_channel(query.channel)).delete(query.id)


def get_difference(call: Call, query: TL) -> TL:
    """A client whose place is beyond our log comes from another world. It gets the state of this one."""
    channel = call.channel(query.channel)
    if query.pts >= channel.pts:
        return types.updates.ChannelDifferenceEmpty(pts=channel.pts, final=True)
    return call.services.updates.channel_difference(call.bot, channel, query.pts)


def _participant(call: Call, channel: Channel, number: int) -> TL:
    if number in channel.admins:
        return types.ChannelParticipantAdmin(
            user_id=number,
            promoted_by=number,
            date=channel.created,
            admin_rights=admin_rights(),
            is_self=number == call.bot.id or None,
            inviter_id=number if number == call.bot.id else None,
        )
    if number not in channel.members:
        raise RpcError(400, "USER_NOT_PARTICIPANT")
    return types.ChannelParticipant(user_id=number, date=channel.members[number])


METHODS: Methods = {
    "contacts.ResolveUsername": resolve_username,
    "channels.GetParticipant": get_participant,
    "channels.GetChannels": get_channels,
    "channels.GetMessages": get_messages,
    "channels.DeleteMessages": delete_messages,
    "updates.GetChannelDifference": get_difference,
}
