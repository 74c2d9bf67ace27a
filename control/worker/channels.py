"""What the bots that this worker serves see of channels, before people must have joined them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from actors.bot.directory import Directory, ServedBot
from actors.messages import SeeChannels
from actors.runtime.asking import answer_of
from control.child import Child
from domain.errors import Unavailable
from domain.model.channels import ChannelSight

BOT_SECONDS = 15.0
"""For one bot to look at all the channels."""


def register(child: Child, directory: Directory) -> None:
    child.answer("see_channels", partial(_see, directory))


async def _see(directory: Directory, request: Mapping[str, Any]) -> Sequence[ChannelSight]:
    channels = tuple(map(str, request["channels"]))
    served = [(directory.names.get(bot), directory.post(bot)) for bot in directory.bots]
    asked = (_seen_by(f"@{name}", post, channels) for name, post in served if name and post and not post.closing)
    return [sight for of_bot in await asyncio.gather(*asked) for sight in of_bot]


async def _seen_by(bot: str, post: ServedBot, channels: tuple[str, ...]) -> Sequence[ChannelSight]:
    """A bot that cannot look now says so; the others are shown all the same."""
    try:
        return await answer_of(post.transport.ask(SeeChannels(channels=channels), timeout=BOT_SECONDS), "Telegram")
    except Unavailable as error:
        problem = f"{bot} cannot look now: {error}"
        return [ChannelSight(channel=channel, bot=bot, problem=problem) for channel in channels]
