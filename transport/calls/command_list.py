"""The bot's list of commands, which phones show beside the input: told to Telegram at each start, in every language there is."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from pyrogram import raw
from pyrogram.errors import RPCError

from transport.texts.catalogue import FALLBACK, Texts

log = logging.getLogger(__name__)


async def tell_commands(call: Callable[[Any], Awaitable[Any]], texts: Texts) -> None:
    """One try: the list is a convenience, and a bot without it serves as well."""
    try:
        for language in sorted(texts.languages):
            await call(_list_in(language, texts))
    except (RPCError, OSError) as error:
        log.warning("the list of commands could not be told to Telegram: %s", type(error).__name__)


def _list_in(language: str, texts: Texts) -> Any:
    """Telegram knows languages by two letters; the fallback is for all that have no list of their own."""
    return raw.functions.bots.SetBotCommands(
        scope=raw.types.BotCommandScopeDefault(),
        lang_code="" if language == FALLBACK else language[:2],
        commands=[raw.types.BotCommand(command=name, description=what) for name, what in texts.commands(language)],
    )
