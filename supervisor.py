"""The operator's program: starts Masquerade, watches over it, and tells how it is.

`run` reads as the boot story: settings → the folder's lock → the sandbox's world → logs and control socket → sandbox, workers,
panel → wait → all of it in reverse. What is heavy is imported where it is used, so that `status` and `--help` are quick.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from control.cli import config_commands
from control.cli.logchoice import Level, Topic
from domain.errors import MasqueradeError, SettingsError

if TYPE_CHECKING:
    from control.cli.progress import Show
    from control.settings.loading import Loaded
    from control.supervisor.specs import World

T = TypeVar("T")

NOT_HEALTHY = 1
NOT_RUNNING = 3
"""As init scripts report it."""
INTERRUPTED = 130
"""As shells report Ctrl-C."""

app = typer.Typer(
    help="Masquerade: anonymous one-to-one chats on Telegram. Settings: settings.toml, .env, environment variables.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command()
def run(
    *,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Bring up a Telegram of our own on this machine.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Worker processes; more than one needs Redis.")] = None,
) -> None:
    """Start everything and watch over it until Ctrl-C. Without any bot configured, a sandbox takes Telegram's place."""
    if workers is not None:
        os.environ["WORKERS"] = str(workers)
    os.umask(0o077)
    loaded = _settings()
    asyncio.run(_run(loaded, asked=sandbox))


async def _run(loaded: Loaded, *, asked: bool) -> None:
    from control.cli import console
    from control.cli.progress import Progress
    from control.supervisor import specs
    from control.supervisor.lock import FolderLock
    from control.supervisor.supervisor import House

    wants_sandbox = specs.wants_sandbox(loaded, asked=asked)
    lock = FolderLock(Path(loaded.settings.data))
    lock.take()
    progress = Progress()
    try:
        progress.briefly("Getting ready")
        await lock.wait_for_family()
        specs.ports_are_free(loaded, sandbox=wants_sandbox)
        await asyncio.to_thread(_secrets_can_be_kept, loaded)
        await _connections_suffice(loaded)
        world = await asyncio.to_thread(_prepare_sandbox, loaded) if wants_sandbox else None
        house = House(loaded, lock, read=_settings, show=console.show_record, progress=progress)
        announce = partial(console.summary, loaded.settings, sandbox=wants_sandbox)
        await house.live(specs.plan(loaded, _folder(), world), announce=announce)
    finally:
        progress("")
        lock.release()
    console.say("Masquerade has stopped.")


def _secrets_can_be_kept(loaded: Loaded) -> None:
    from storage.secrets import load_secrets

    load_secrets(loaded.settings.stores.encryption_key, Path(loaded.settings.data))


async def _connections_suffice(loaded: Loaded) -> None:
    if loaded.settings.stores.postgres_uri:
        from control.cli import connections

        await connections.check(loaded)


def _prepare_sandbox(loaded: Loaded) -> World:
    from control.supervisor.specs import World, sandbox_folder
    from transport.sandbox.mtproto import credentials

    folder = sandbox_folder(loaded.settings)
    prepared = credentials.prepare(folder)
    return World(folder=folder, tokens=tuple(prepared.tokens), public_key=prepared.public_key)


@app.command()
def status(*, json: Annotated[bool, typer.Option("--json", help="The whole status as one JSON object.")] = False) -> None:
    """How it stands: processes, bots, figures, problems. Exit code 0: healthy, 1: not healthy, 3: not running."""
    from control.client import SupervisorClient

    now = _asked(SupervisorClient(_data()).status())
    if json:
        import orjson

        sys.stdout.buffer.write(orjson.dumps({"healthy": now.healthy, **asdict(now)}, option=orjson.OPT_APPEND_NEWLINE))
    else:
        from control.cli import console

        console.status_page(now)
    raise typer.Exit(0 if now.healthy else NOT_HEALTHY)


@app.command()
def stop(timeout: Annotated[float, typer.Option(help="Seconds to wait for the end.")] = 60.0) -> None:
    """Finish what is under way, then stop everything. Exit code 1 where it is not over in time."""
    from control.cli.progress import Phase, Progress, narrated
    from control.client import SupervisorClient

    async def stop_and_wait() -> bool:
        client = SupervisorClient(_data())
        pid = await client.stop()
        typer.echo(f"Stopping Masquerade (process {pid}): what is under way is finished first …")
        with Progress() as progress:
            async with narrated(Phase.STOP, client.status, progress):
                return await client.gone(within=timeout)

    if not _asked(stop_and_wait()):
        typer.echo(f"Still stopping after {timeout:g} s; look again with: python supervisor.py status", err=True)
        raise typer.Exit(1)
    typer.echo("Stopped.")


@app.command()
def scale(
    words: Annotated[list[str], typer.Argument(metavar="N", help="How many workers there shall be; `worker N` says the same.")],
) -> None:
    """Add or remove workers while everything runs. New ones are waited for; the highest-numbered ones finish their work and go.

    It lasts until the supervisor stops: cluster.workers (WORKERS) in the settings makes it permanent.
    """
    from control.cli import commands

    _asked(commands.scale(_data(), words))


@app.command()
def restart(
    name: Annotated[str, typer.Argument(help="One process only, as status names it.", show_default=False)] = "",
) -> None:
    """Take up new code and settings: worker by worker, then the panel.

    Each hands its bots to the others and is ready again, as a new process, before the next one goes; beside an only worker its
    successor is started first, where the stores allow it. It ends at a process that does not become ready. The sandbox restarts
    by name only.
    """
    from control.cli import commands

    _asked(commands.carried_out(_data(), "restart", name=name))


@app.command()
def drain(bot: Annotated[str, typer.Argument(help="The bot's id, @username or number in status.")]) -> None:
    """Let a bot go: it is not served here until `resume`.

    It finishes what is under way and is given back. Another machine that has its token takes it over; where none has, what
    people write waits at Telegram.
    """
    from control.cli import commands

    _asked(commands.carried_out(_data(), "drain", bot=bot))


@app.command()
def resume(bot: Annotated[str, typer.Argument(help="The bot's id, @username or number in status.")]) -> None:
    """Serve a drained bot here again.

    Which machine serves it is settled by the even spread over all that have its token.
    """
    from control.cli import commands

    _asked(commands.carried_out(_data(), "resume", bot=bot))


@app.command()
def logs(
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")] = False,
    level: Annotated[Level, typer.Option(case_sensitive=False, help="Records of this level and above.")] = Level.DEBUG,
    topic: Annotated[Topic, typer.Option(case_sensitive=False, help="Records about this.")] = Topic.ALL,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of those that are there already.")] = 50,
    json: Annotated[bool, typer.Option("--json", help="The records as they were written, one JSON object a line.")] = False,
) -> None:
    """What the processes logged, one record a line."""
    from control.cli import logview

    folder = Path(_settings().settings.logging.folder)
    with suppress(KeyboardInterrupt):
        logview.show(folder, topic=topic, level=level, lines=lines, follow=follow, json=json)


@app.command()
def migrate() -> None:
    """Bring the database's schema up to date. Safe to repeat, and while an older version runs."""
    from control.cli.progress import Progress
    from control.settings.loading import database_uri
    from control.supervisor.lock import make_private
    from storage.sql.database import open_database
    from storage.sql.migrate import migrate as apply

    async def apply_to(uri: str, show: Show) -> list[str]:
        show("Opening the database")
        database = await open_database(uri)
        try:
            show("Looking at the schema")
            return await apply(database, begins=lambda name: show(f"Applying {name}"))
        finally:
            await database.close()

    loaded = _settings()
    make_private(Path(loaded.settings.data))
    with Progress() as progress:
        applied = asyncio.run(apply_to(database_uri(loaded.settings), progress.briefly))
    for name in applied:
        typer.echo(f"applied {name}")
    typer.echo("The schema is up to date.")


@app.command()
def doctor() -> None:
    """Name each problem of a start and its mend. Exit code 1 where something fails."""
    from control.cli import console, diagnosis
    from control.cli.progress import Progress

    with Progress() as progress:
        findings = asyncio.run(diagnosis.examine(_folder(), os.environ, progress.briefly))
    console.findings(findings)
    raise typer.Exit(diagnosis.exit_code(findings))


@app.command()
def settings(
    *, markdown: Annotated[bool, typer.Option("--markdown", help="The table of all settings for the README.")] = False
) -> None:
    """Every setting, its value by the files and the environment, where that comes from, and which are live. No secrets."""
    from control.cli import console
    from control.settings import table as settings_table

    if markdown:
        typer.echo(settings_table.markdown(_folder() / "settings.toml"), nl=False)
    else:
        console.settings_page(settings_table.effective(_settings()), settings_table.is_live)


def _folder() -> Path:
    """Where settings.toml lives: MASQUERADE_FOLDER, the working directory where it has one, else beside this program."""
    if named := os.environ.get("MASQUERADE_FOLDER"):
        if not Path(named).is_dir():
            raise SettingsError(f"MASQUERADE_FOLDER: {named} is not a folder; name the one in which settings.toml is")
        return Path(named).resolve()
    here = Path.cwd()
    return here if (here / "settings.toml").is_file() else Path(__file__).resolve().parent


def _settings() -> Loaded:
    from control.settings import loading as configuration

    return configuration.read(_folder(), os.environ)


app.add_typer(config_commands.commands(_settings), name="config")


def _data() -> Path:
    return Path(_settings().settings.data)


def _asked(question: Coroutine[None, None, T]) -> T:
    """The running supervisor's answer; the program ends where there is none."""
    from control.client import NotRunning

    try:
        return asyncio.run(question)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except NotRunning as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(NOT_RUNNING) from error


def main() -> None:
    """Errors raised on purpose are one line each; everything else is a fault of ours and shows its traceback."""
    try:
        app(standalone_mode=True)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(os.EX_CONFIG)
    except MasqueradeError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
