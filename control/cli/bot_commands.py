"""`supervisor.py bots …`: which bots there are, and adding, rotating, draining and removing them while everything runs."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from control.cli.answers import AsJson, By, operator, printed, refuse, when

if TYPE_CHECKING:
    from control.bots import BotDesk
    from control.settings.loading import Loaded
    from domain.ports.bots import BotView, Changed

T = TypeVar("T")
Read = Callable[[], "Loaded"]

REMOVED_SECONDS = 90.0
"""How long `remove` waits for the end of the bot's chats. It goes on without being waited for."""
LOOK_EVERY = 0.3

BotWord = Annotated[
    str, typer.Argument(metavar="BOT", help="Its number in `list`, its id, or its @username.", show_default=False)
]
Token = Annotated[
    str,
    typer.Argument(
        metavar="[TOKEN]",
        help="From @BotFather. Left out: it is asked for, unseen.",
        show_default=False,
    ),
]


def bots(read: Read) -> typer.Typer:
    """`read` reads the settings."""
    app = typer.Typer(help="Bots: add and remove them while everything runs.", no_args_is_help=True, rich_markup_mode=None)
    _add_list(app, read)
    _add_tokens(app, read)
    _add_states(app, read)
    return app


def _add_list(app: typer.Typer, read: Read) -> None:
    @app.command("list")
    def list_(*, json: AsJson = False) -> None:
        """Show the bots of BOT_TOKENS and those that were added. Tokens are masked."""
        found = _done(read, lambda desk: desk.listed())
        printed(found, json=json, lines=map(_line, found) if found else ["No bots: set BOT_TOKENS, or `bots add` one."])


def _add_tokens(app: typer.Typer, read: Read) -> None:
    @app.command()
    def add(token: Token = "", *, by: By = "", json: AsJson = False) -> None:
        """Add a bot. Telegram is asked whose token it is; the token is kept encrypted, and never shown again.

        Exit code 2: the bot already runs, or the token is of another API or revoked; nothing was changed.
        """
        given = _token(token)
        changed = _done(read, lambda desk: desk.add(given, operator(by)))
        _print(changed, f"Added: {_name(changed.bot)}.", json=json)

    @app.command()
    def rotate(bot: BotWord, token: Token = "", *, by: By = "", json: AsJson = False) -> None:
        """Give a bot the new token that @BotFather made for it. Its chats go on.

        Exit code 2: it is a bot of BOT_TOKENS, or the token is not its own; nothing was changed.
        """
        given = _token(token)
        changed = _done(read, lambda desk: desk.rotate(bot, given, operator(by)))
        _print(changed, f"{_name(changed.bot)} has a new token: {changed.bot.token}.", json=json)


def _add_states(app: typer.Typer, read: Read) -> None:
    @app.command()
    def drain(bot: BotWord, *, by: By = "", json: AsJson = False) -> None:
        """Let a bot take no new people, on all machines. Its chats go on. New people are shown the other bots."""
        changed = _done(read, lambda desk: desk.drain(bot, operator(by)))
        _print(changed, f"{_name(changed.bot)} takes no new people; {_load(changed.bot)} go on.", json=json)

    @app.command()
    def resume(bot: BotWord, *, by: By = "", json: AsJson = False) -> None:
        """Let a drained bot take people again."""
        changed = _done(read, lambda desk: desk.resume(bot, operator(by)))
        _print(changed, f"{_name(changed.bot)} takes people again.", json=json)

    @app.command()
    def remove(bot: BotWord, *, by: By = "", json: AsJson = False) -> None:
        """Remove a bot that was added. Its chats and searches end: both sides are told, and where they can go on.

        Exit code 2: it is a bot of BOT_TOKENS; nothing was changed. Exit code 1: its chats are still being ended.
        """
        changed, over = _done(read, lambda desk: _removed(desk, bot, by))
        if over:
            _print(changed, f"Removed: {_name(changed.bot)}. Its token is forgotten.", json=json)
            return
        later = "its chats are still being ended" if changed.running else "its chats end at the next run"
        _print(changed, f"{_name(changed.bot)} is being removed: {later}.", json=json)
        raise typer.Exit(1 if changed.running else 0)


async def _removed(desk: BotDesk, word: str, by: str) -> tuple[Changed, bool]:
    """What was begun, and whether it is over."""
    from domain.model.bot import BotState

    changed = await desk.remove(word, operator(by))
    deadline = asyncio.get_running_loop().time() + (REMOVED_SECONDS if changed.running else 0.0)
    while True:
        if (await desk.store.rows())[changed.bot.id].state is not BotState.REMOVING:
            return changed, True
        if asyncio.get_running_loop().time() >= deadline:
            return changed, False
        await asyncio.sleep(LOOK_EVERY)


def _token(given: str) -> str:
    """As an argument, typed without being shown, or from a pipe."""
    if given and given != "-":
        return given
    return getpass.getpass("Token from @BotFather: ") if sys.stdin.isatty() else sys.stdin.readline().strip()


def _line(view: BotView) -> str:
    name = f"@{view.username}" if view.username else "(name unknown)"
    server = f"{view.serving} at {view.worker}" if view.worker else view.serving
    why = f"({view.detail})" if view.detail else ""
    since = f"added {when(view.since)} by {view.by}" if view.since is not None else "of BOT_TOKENS"
    parts = [f"{view.index}  {name}  {view.token or view.id}  {view.state}", server, why, _load(view), since]
    return "  ".join(part for part in parts if part)


def _load(view: BotView) -> str:
    return f"{view.chats} chat{'s' * (view.chats != 1)} and {view.searches} search{'es' * (view.searches != 1)}"


def _name(view: BotView) -> str:
    from control.bots import shown

    return shown(view)


def _print(changed: Changed, text: str, *, json: bool) -> None:
    lines = [text]
    if not changed.running:
        lines.append("Masquerade does not run here; machines on which it runs learn of it within seconds.")
    lines += [f"  {each.process}: {each.why_not}" for each in changed.processes if not each.yes and not each.starting]
    printed(changed, json=json, lines=lines)


def _done(read: Read, work: Callable[[BotDesk], Awaitable[T]]) -> T:
    """Exit code 2 where it is refused. Raises `domain.errors.Unavailable` and `SettingsError`."""
    from control.bots import opened
    from control.supervisor.lock import make_private
    from domain.ports.bots import BotRefused

    loaded = read()
    make_private(Path(loaded.settings.data))

    async def carried_out() -> T:
        async with opened(loaded.settings) as desk:
            return await work(desk)

    try:
        return asyncio.run(carried_out())
    except BotRefused as refused:
        refuse(str(refused))
