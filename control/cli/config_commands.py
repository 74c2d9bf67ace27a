"""`supervisor.py config …`: reads and changes live settings from the terminal, with `control/settings/live.py`."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from control.streams import say
from domain.errors import ConfigurationError, Unavailable

if TYPE_CHECKING:
    from control.settings.entries import Entry, Past, Saved
    from control.settings.live import ConfigurationEditor
    from control.settings.loading import Loaded
    from domain.status import Announced

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
By = Annotated[str, typer.Option("--by", help="Who changes it, for the history. Left out: the name you are logged in with.")]
Note = Annotated[str, typer.Option("--note", help="Why, for the history.")]


def commands(read: Read) -> typer.Typer:
    """`read` reads the settings."""
    app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, rich_markup_mode=None)

    @app.command("list")
    def list_(*, json: AsJson = False) -> None:
        """Show every setting that can be changed without a restart: its value and where that comes from."""
        entries = _done(read, lambda editor: editor.entries())
        _print(entries, json=json, lines=[_line(entry) for entry in entries])

    @app.command()
    def get(key: Key, *, json: AsJson = False) -> None:
        """Show one setting: its value, where that comes from, and what it would be if nothing were saved."""
        entry = _done(read, lambda editor: editor.get(key))
        _print(entry, json=json, lines=_page(entry))

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

        Exit code 0: saved and in force everywhere, or from the next start if Masquerade does not run. 1: not saved because
        somebody else saved first, or saved but not yet in force in every process. 2: refused; nothing was changed.
        """
        values = _pairs(words)
        seen = None if version is None else {key.partition(".")[0]: version for key in values}
        _change(read, lambda editor: editor.set(values, by=by or _myself(), note=note, versions=seen), json=json)

    @app.command()
    def unset(
        keys: Annotated[list[str], typer.Argument(metavar="KEY...", show_default=False)],
        *,
        by: By = "",
        note: Note = "",
        json: AsJson = False,
    ) -> None:
        """Return to what the environment, .env, settings.toml or the default say."""
        _change(read, lambda editor: editor.unset(keys, by=by or _myself(), note=note), json=json)

    @app.command()
    def history(
        key: Annotated[str, typer.Argument(metavar="KEY", help="A setting, or a section such as profile.", show_default=False)],
        *,
        json: AsJson = False,
    ) -> None:
        """Show every version in which it changed, the newest first. Versions are kept for ever."""
        past = _done(read, lambda editor: editor.history(key))
        _print(past, json=json, lines=[_past(each) for each in past] or [f"{key}: nothing was ever saved"])

    @app.command()
    def undo(
        key: Annotated[str, typer.Argument(metavar="KEY", help="A setting, or a section such as profile.", show_default=False)],
        *,
        to: Annotated[int | None, typer.Option("--to", help="The version whose value it gets; see `history`.")] = None,
        by: By = "",
        note: Note = "",
        json: AsJson = False,
    ) -> None:
        """Give it the value that it had before, as a new version. A second undo is a redo."""
        _change(read, lambda editor: editor.undo(key, by=by or _myself(), note=note, to=to), json=json)

    return app


def _pairs(words: list[str]) -> dict[str, str]:
    if len(words) % 2:
        raise ConfigurationError(f"{words[-1]} has no value; write KEY VALUE, as in: config set profile.max_age 99")
    return dict(zip(words[::2], words[1::2], strict=True))


def _change(read: Read, work: Callable[[ConfigurationEditor], Awaitable[Saved]], *, json: bool) -> None:
    saved = _done(read, work)
    _print(saved, json=json, lines=_outcome(saved))
    if not all(each.yes for each in saved.announced.processes):
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
        yield ConfigurationEditor(loaded, SqlConfigurations(database), lambda versions: _announced(data, versions))
    finally:
        await database.close()


async def _announced(data: Path, versions: Mapping[str, int]) -> Announced:
    from control.client import NotRunning, SupervisorClient
    from domain.status import Announced, InForce

    try:
        return await SupervisorClient(data).announce(versions)
    except NotRunning:
        return Announced(running=False)
    except Unavailable as error:
        late = f"{error}; every process reads it by itself within 10 s"
        return Announced(running=True, processes=(InForce(process="supervisor", yes=False, why_not=late),))


def _myself() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _print(what: Any, *, json: bool, lines: list[str]) -> None:
    """`what`: a dataclass, or a list of them."""
    if json:
        import orjson

        sys.stdout.buffer.write(orjson.dumps(what, option=orjson.OPT_APPEND_NEWLINE))
        return
    for line in lines:
        say(line)


def _shown(value: Any) -> str:
    import orjson

    return orjson.dumps(value).decode()


def _source(entry: Entry) -> str:
    from control.settings.entries import ago

    if entry.source != "saved":
        return entry.source
    return f"saved by {entry.saved_by}, {ago(entry.saved_at)}"


def _line(entry: Entry) -> str:
    mark = "! " if entry.problem else "  "
    return f"{mark}{entry.key} = {_shown(entry.value)}  ({_source(entry)})"


def _page(entry: Entry) -> list[str]:
    without = f"; without it: {_shown(entry.without)} from {entry.without_source}" if entry.source == "saved" else ""
    lines = [f"{entry.key} = {_shown(entry.value)}  ({_source(entry)}{without})"]
    if entry.live:
        unit = f", in {entry.unit}" if entry.unit else ""
        lines += [f"  {entry.meaning}", f"  {entry.must_be}{unit}; version {entry.version} of its section"]
    else:
        lines.append("  A change needs a restart: put it into settings.toml")
    return lines + ([f"  {entry.problem}"] if entry.problem else [])


def _past(past: Past) -> str:
    from datetime import datetime

    when = datetime.fromtimestamp(past.changed_at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    value = _shown(past.value) if past.saved else "(not saved)"
    return f"version {past.version}  {when}  {past.changed_by}  {value}" + (f"  {past.note}" if past.note else "")


def _outcome(saved: Saved) -> list[str]:
    lines = [f"{key}: {_shown(before)} → {_shown(after)}" for key, before, after in saved.changed]
    if not saved.versions:
        lines.append("It was so already; nothing was saved.")
    elif not saved.changed:
        lines.append("Saved; the values in force are the same.")
    announced = saved.announced
    if not announced.running:
        return [*lines, "Masquerade does not run here; it is in force from the next start."]
    late = [each for each in announced.processes if not each.yes]
    there = len(announced.processes) - len(late)
    lines.append(f"In force in {there} of {len(announced.processes)} processes after {announced.seconds * 1000:.0f} ms.")
    return lines + [f"  {each.process} is late: {each.why_not}" for each in late]
