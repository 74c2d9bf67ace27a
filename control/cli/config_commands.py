"""`supervisor.py config …`: reads and changes live settings from the terminal, with `control/settings/live.py`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from control.cli.answers import operator
from control.cli.usage import refuse
from control.streams import say
from domain.errors import ConfigurationError
from domain.redaction import redacted

if TYPE_CHECKING:
    from types import ModuleType

    from control.settings.live import ConfigurationEditor
    from control.settings.loading import Loaded
    from domain.ports.configuration import Saved

T = TypeVar("T")
Read = Callable[[], "Loaded"]

REFUSED = 2
"""The exit code if a value or a key is refused."""

HELP = """Look at settings and change them without a restart.

What is saved here wins over the environment, .env and settings.toml. KEY is a setting as `supervisor.py settings` names it, such
as profile.max_age. While Masquerade runs, a change is in force within a second; otherwise from its next start.
"""

AsJson = Annotated[bool, typer.Option("--json", help="One JSON value instead of text.")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="Such as profile.max_age.", show_default=False)]
KeyOrSection = Annotated[str, typer.Argument(metavar="KEY", help="A setting, or a section such as profile.", show_default=False)]
By = Annotated[str, typer.Option("--by", help="Who changes it, for the history. Left out: the name you are logged in with.")]
Note = Annotated[str, typer.Option("--note", help="Why, for the history.")]


def commands(read: Read, *, look: Read) -> typer.Typer:
    """`read` reads the settings. `look` reads them as far as they can be read, which is enough to show what is saved."""
    app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
    for add in (_list, _get):
        add(app, look)
    for add in (_set, _unset):
        add(app, read)
    _history(app, look)
    _undo(app, read)
    return app


def _list(app: typer.Typer, read: Read) -> None:
    @app.command("list")
    def list_(*, json: AsJson = False) -> None:
        """Show every setting that can be changed without a restart: its value and where that comes from."""
        entries = _done(read, lambda editor: editor.entries())
        _print(entries, json=json, lines=lambda pages: map(pages.line, entries))


def _get(app: typer.Typer, read: Read) -> None:
    @app.command()
    def get(key: Key, *, json: AsJson = False) -> None:
        """Show one setting: its value, where that comes from, and what it would be if nothing were saved."""
        entry = _done(read, lambda editor: editor.get(key))
        _print(entry, json=json, lines=lambda pages: pages.page(entry))


def _set(app: typer.Typer, read: Read) -> None:
    @app.command("set", context_settings={"ignore_unknown_options": True})  # for values such as -4
    def set_(
        words: Annotated[list[str], typer.Argument(metavar="KEY VALUE [KEY VALUE]...", help="All are saved, or none.")],
        *,
        version: Annotated[
            int | None, typer.Option("--version", help="Only where the section is still at this version, as `get` shows it.")
        ] = None,
        by: By = "",
        note: Note = "",
        json: AsJson = False,
    ) -> None:
        """Change settings. A list is written as JSON: channels.required '["@one", "@two"]'.

        Exit code 0: saved and in force everywhere, or from the next start if Masquerade does not run. A process that is starting
        reads it in its start. 1: not saved because somebody else saved first, or saved but not yet in force in every
        process. 2: refused; nothing was changed.
        """
        values = _pairs(words)
        seen = None if version is None else {key.partition(".")[0]: version for key in values}
        _change(read, lambda editor: editor.set(values, by=operator(by), note=note, versions=seen), json=json)


def _unset(app: typer.Typer, read: Read) -> None:
    @app.command()
    def unset(
        keys: Annotated[list[str], typer.Argument(metavar="KEY...", show_default=False)],
        *,
        by: By = "",
        note: Note = "",
        json: AsJson = False,
    ) -> None:
        """Return to what the environment, .env, settings.toml or the default say."""
        _change(read, lambda editor: editor.unset(keys, by=operator(by), note=note), json=json)


def _history(app: typer.Typer, read: Read) -> None:
    @app.command()
    def history(key: KeyOrSection, *, json: AsJson = False) -> None:
        """Show every version in which it changed, the newest first. Versions are kept for ever."""
        past = _done(read, lambda editor: editor.history(key))
        _print(past, json=json, lines=lambda pages: map(pages.past, past) if past else [f"{key}: nothing was ever saved"])


def _undo(app: typer.Typer, read: Read) -> None:
    @app.command()
    def undo(
        key: KeyOrSection,
        *,
        to: Annotated[int | None, typer.Option("--to", help="The version whose value it gets; see `history`.")] = None,
        by: By = "",
        note: Note = "",
        json: AsJson = False,
    ) -> None:
        """Give it the value that it had before, as a new version. A second undo is a redo."""
        _change(read, lambda editor: editor.undo(key, by=operator(by), note=note, to=to), json=json)


def _pairs(words: list[str]) -> dict[str, str]:
    """Setting → text. Anything else than one value for each setting is refused."""
    if len(words) == 1 and "=" in words[0]:
        key, _, value = words[0].partition("=")
        refuse(f"a space stands between a setting and its value: {key} {value}")
    if len(words) == 1:
        refuse(f"{words[0]} has no value")
    if len(words) % 2:
        refuse(f"{len(words)} words are no pairs of a setting and its value; put a value with spaces, or a list, into quotes")
    keys = words[::2]
    for key in keys:
        if keys.count(key) > 1:
            refuse(f"{key} gets two values; leave one out")
    return dict(zip(keys, words[1::2], strict=True))


def _change(read: Read, work: Callable[[ConfigurationEditor], Awaitable[Saved]], *, json: bool) -> None:
    saved = _done(read, work)
    _print(saved, json=json, lines=lambda pages: pages.outcome(saved))
    if not all(each.yes or each.starting for each in saved.announced.processes):
        raise typer.Exit(1)


def _done(read: Read, work: Callable[[ConfigurationEditor], Awaitable[T]]) -> T:
    """Ends the program with exit code 2 if the change was refused. Other errors are raised."""

    async def opened() -> T:
        async with _editor(read()) as editor:
            return await work(editor)

    try:
        return asyncio.run(opened())
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(REFUSED) from error


@asynccontextmanager
async def _editor(loaded: Loaded) -> AsyncIterator[ConfigurationEditor]:
    """Opens the database and works on it directly, whether Masquerade runs or not: nothing else holds saved settings."""
    from control.announcing import announced
    from control.settings.live import ConfigurationEditor
    from control.settings.loading import database_uri
    from control.supervisor.lock import make_private
    from storage.sql.configurations import SqlConfigurations
    from storage.sql.database import open_database
    from storage.sql.migrate import migrate

    data = Path(loaded.settings.data)
    make_private(data)
    database = await open_database(database_uri(loaded.settings), pool_size=1)
    try:
        await migrate(database)
        yield ConfigurationEditor(loaded, SqlConfigurations(database), lambda versions: announced(data, versions))
    finally:
        await database.close()


def _print(what: Any, *, json: bool, lines: Callable[[ModuleType], Iterable[str]]) -> None:
    """`what`: a dataclass, or a list of them. `lines` makes the text of it, with `control/cli/config_pages.py`."""
    if json:
        import orjson

        sys.stdout.buffer.write(orjson.dumps(what, option=orjson.OPT_APPEND_NEWLINE))
        return
    from control.cli import config_pages

    for line in lines(config_pages):
        say(redacted(line))
