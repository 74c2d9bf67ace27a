"""Methods of bots: commands by scope and language, and the menu button."""

from __future__ import annotations

import re

from pyrogram import raw

from transport.sandbox.mtproto.tl import TL, boolean, vector
from transport.sandbox.rpc.call import Call, Methods
from transport.sandbox.world.model import RpcError

types = raw.types
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
MAX_COMMANDS = 100


def set_bot_commands(call: Call, query: TL) -> TL:
    if len(query.commands) > MAX_COMMANDS:
        raise RpcError(400, "BOT_COMMANDS_TOO_MUCH")
    for one in query.commands:
        if not COMMAND.fullmatch(one.command):
            raise RpcError(400, "BOT_COMMAND_INVALID")
        if not 1 <= len(one.description) <= 256:
            raise RpcError(400, "BOT_COMMAND_DESCRIPTION_INVALID")
    commands = [[one.command, one.description] for one in query.commands]
    return _store(call, query, commands)


def reset_bot_commands(call: Call, query: TL) -> TL:
    return _store(call, query, [])


def get_bot_commands(call: Call, query: TL) -> TL:
    known = call.bot.settings.get("commands", {}).get(_place(query), [])
    return vector([types.BotCommand(command=name, description=text) for name, text in known])


def set_bot_menu_button(call: Call, query: TL) -> TL:
    call.bot.settings["menu"] = type(query.button).__name__
    call.services.world.save_bot(call.bot)
    return boolean(True)  # noqa: FBT003 - the value


def _store(call: Call, query: TL, commands: list[list[str]]) -> TL:
    call.bot.settings.setdefault("commands", {})[_place(query)] = commands
    call.services.world.save_bot(call.bot)
    return boolean(True)  # noqa: FBT003 - the value


def _place(query: TL) -> str:
    """Key of scope and language, such as `BotCommandScopeDefault/en`."""
    return f"{type(query.scope).__name__}/{query.lang_code}"


METHODS: Methods = {
    "bots.SetBotCommands": set_bot_commands,
    "bots.ResetBotCommands": reset_bot_commands,
    "bots.GetBotCommands": get_bot_commands,
    "bots.SetBotMenuButton": set_bot_menu_button,
}
