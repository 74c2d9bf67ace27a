"""Registers the bot's list of commands, which phones show beside the input field. Done at each start, in every language."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from pyrogram import raw
from pyrogram.errors import RPCError

from transport.texts.catalogue import FALLBACK, Texts

log = logging.getLogger(__name__)


async def register_commands(call: Callable[[Any], Awaitable[Any]], texts: Texts) -> None:
    """One try per start: a bot works without the list too."""
    try:
        for language in sorted(texts.languages):
            await call(_command_list(language, texts))
    except (RPCError, OSError) as error:
        log.warning("the list of commands could not be registered at Telegram: %s", type(error).__name__)


def _command_list(language: str, texts: Texts) -> Any:
    """Telegram names languages by two letters; the empty name is for all that have no list of their own."""
    return raw.functions.bots.SetBotCommands(
        scope=raw.types.BotCommandScopeDefault(),
        lang_code="" if language == FALLBACK else language[:2],
        commands=[raw.types.BotCommand(command=name, description=what) for name, what in texts.commands(language)],
    )
