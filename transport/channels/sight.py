"""Tests a channel before it is required: whether the bot finds it, and could see there who is a member."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from pyrogram import raw
from pyrogram.errors import FloodWait, RPCError

from domain.model.channels import ChannelSight, read_channel
from transport.calls.methods import name_of
from transport.channels.probe import ChannelClosed, ChannelProbe, complaint, find_channel, postponed, query_for

ADMINS = (raw.types.ChannelParticipantAdmin, raw.types.ChannelParticipantCreator)

Call = Callable[[Any], Awaitable[Any]]


async def sight_of(written: str, bot: str, call: Call) -> ChannelSight:
    """`call` asks Telegram as that bot. Raises what it raises, but no RPCError."""
    probe = ChannelProbe(read_channel(written))
    problem = await _problem(probe, bot, call)
    return ChannelSight(channel=written, bot=bot, title=probe.found.title if probe.found else "", problem=problem)


async def _problem(probe: ChannelProbe, bot: str, call: Call) -> str:
    try:
        await _look(probe, call)
    except FloodWait as error:
        return postponed(bot, probe.channel, float(error.value))
    except RPCError as error:
        return complaint(bot, probe.channel, name_of(error))
    except ChannelClosed as closed:
        return complaint(bot, probe.channel, closed.reason)
    return ""


async def _look(probe: ChannelProbe, call: Call) -> None:
    """A bot may always ask about itself. About others Telegram answers reliably only to admins."""
    probe.found = find_channel(probe.channel, await call(query_for(probe.channel)))
    myself = raw.types.InputPeerSelf()
    answer = await call(raw.functions.channels.GetParticipant(channel=probe.found.peer, participant=myself))
    if not isinstance(answer.participant, ADMINS):
        raise ChannelClosed("CHAT_ADMIN_REQUIRED")
    if not probe.address:
        raise ChannelClosed("NO_ADDRESS")
