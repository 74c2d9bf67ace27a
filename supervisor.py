"""The operator's program: one function for each command. The work is done in `control/cli/` and `control/supervisor/`.

Modules that are slow to load are imported inside the commands that use them, so that `status` and `--help` are quick.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from control import streams
from control.cli import (
    access_commands,
    bot_commands,
    config_commands,
    credits_commands,
    moderation_commands,
    payments_commands,
    referrals_commands,
)
from control.cli.usage import DiscreetGroup
from control.streams import say
from domain.errors import MasqueradeError, SettingsError
from domain.logs import Level, Topic

if TYPE_CHECKING:
    from control.cli.progress import Show
    from control.settings.loading import Loaded

T = TypeVar("T")

NOT_HEALTHY = 1
NOT_RUNNING = 3
"""The exit code that init scripts use for it."""
INTERRUPTED = 130
"""The exit code that shells use for Ctrl-C."""

app = typer.Typer(
    help="Masquerade: anonymous one-to-one chats on Telegram. Settings: settings.toml, .env, environment variables.",
    cls=DiscreetGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command()
def run(
    *,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Start a sandbox on this machine in Telegram's place.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Worker processes; more than one needs Redis.")] = None,
) -> None:
    """Start everything and watch it until Ctrl-C. If no bot is configured, a sandbox takes Telegram's place."""
    if workers is not None:
        os.environ["WORKERS"] = str(workers)
    os.umask(0o077)
    streams.detach()
    for number in (signal.SIGTTOU, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)  # no terminal stops it, and no logrotate ends it while it starts
    loaded = _settings()
    from control.cli.run import run

    asyncio.run(run(loaded, _folder(), sandbox=sandbox, read=_settings))


@app.command()
def status(*, json: Annotated[bool, typer.Option("--json", help="The whole status as one JSON object.")] = False) -> None:
    """Show processes, bots, figures and problems. Exit code 0: healthy, 1: not healthy, 3: not running."""
    from control.client import SupervisorClient

    data = _data()
    now = _asked(SupervisorClient(data).status(), otherwise=partial(_left_over, data))
    if json:
        import orjson

        from domain.redaction import redacted_value

        shown = redacted_value({"healthy": now.healthy, **asdict(now)})
        sys.stdout.buffer.write(orjson.dumps(shown, option=orjson.OPT_APPEND_NEWLINE))
    else:
        from control.cli import console

        console.status_page(now)
    raise typer.Exit(0 if now.healthy else NOT_HEALTHY)


@app.command()
def stop(timeout: Annotated[float, typer.Option(help="Seconds to wait for the end.")] = 60.0) -> None:
    """Finish what is under way, then stop everything. Exit code 1 if it has not stopped in time.

    Where the supervisor was killed and a panel is left, that panel is stopped.
    """
    from control.cli.progress import Phase, Progress, narrated
    from control.client import NotRunning, SupervisorClient

    data = _data()

    async def stop_and_wait() -> bool:
        client = SupervisorClient(data)
        try:
            pid = await client.stop()
        except NotRunning:
            if not await _ended_what_is_left(data, timeout):
                raise
            return True
        say(f"Stopping Masquerade (process {pid}): what is under way is finished first …")
        with Progress() as progress:
            async with narrated(Phase.STOP, client.status, progress):
                return await client.gone(within=timeout)

    if not _asked(stop_and_wait()):
        sys.stderr.write(f"Still stopping after {timeout:g} s; look again with: python supervisor.py status\n")
        raise typer.Exit(1)
    say("Stopped.")


@app.command()
def scale(
    words: Annotated[list[str], typer.Argument(metavar="[worker|panel] N", help="How many there shall be.")],
) -> None:
    """Add or remove workers, or panels, while everything runs.

    New processes are waited for. Those with the highest numbers finish their work and stop. The number lasts until the
    supervisor stops: cluster.workers (WORKERS) in the settings makes that of the workers permanent. Panels share one port.
    """
    from control.cli import commands

    _asked(commands.scale(_data(), words))


@app.command()
def restart(
    name: Annotated[str, typer.Argument(help="One process only, as status names it.", show_default=False)] = "",
) -> None:
    """Start new processes with new code and settings: worker by worker, then the panel.

    Each worker hands its bots to the others. Its new process is ready before the next worker stops. If there is only one worker,
    its successor is started first, if the stores allow it. The restart ends at a process that does not become ready. The sandbox
    restarts only if it is named.
    """
    from control.cli import commands

    _asked(commands.carried_out(_data(), "restart", name=name))


@app.command()
def drain(bot: Annotated[str, typer.Argument(help="The bot's id, @username or number in status.")]) -> None:
    """Stop serving a bot here until `resume`.

    It finishes what is under way and is given back. Another machine that has its token takes it over. If none has, what people
    write waits at Telegram.
    """
    from control.cli import commands

    _asked(commands.carried_out(_data(), "drain", bot=bot))


@app.command()
def resume(bot: Annotated[str, typer.Argument(help="The bot's id, @username or number in status.")]) -> None:
    """Serve a drained bot here again.

    Bots are spread evenly over all machines that have their tokens, so another machine may be the one that serves it.
    """
    from control.cli import commands

    _asked(commands.carried_out(_data(), "resume", bot=bot))


@app.command()
def logs(
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Show new records as they come, until Ctrl-C.")] = False,
    level: Annotated[Level, typer.Option(case_sensitive=False, help="Records of this level and above.")] = Level.DEBUG,
    topic: Annotated[Topic, typer.Option(case_sensitive=False, help="Records about this.")] = Topic.ALL,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the records that there are already.")] = 50,
    json: Annotated[bool, typer.Option("--json", help="The records as they were written, one JSON object a line.")] = False,
    reopen: Annotated[bool, typer.Option("--reopen", help="Only have the log files opened anew, after logrotate.")] = False,
) -> None:
    """Show what the processes logged, one record a line."""
    from control.cli import logview

    if reopen:
        from control.client import SupervisorClient

        _asked(SupervisorClient(_data()).reopen_logs())
        return
    folder = Path(_salvaged().settings.logging.folder)
    with suppress(KeyboardInterrupt):
        logview.show(folder, topic=topic, level=level, lines=lines, follow=follow, json=json)


@app.command()
def migrate() -> None:
    """Bring the database's schema up to date. It may be repeated, and done while an older release runs."""
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
        say(f"applied {name}")
    say("The schema is up to date.")


@app.command("rotate-key")
def rotate_key(
    *,
    drop: Annotated[bool, typer.Option("--drop", help="Make no new key; drop the old ones, if no row names them.")] = False,
) -> None:
    """Encrypt all that is encrypted in the database with a new key, while everything runs. It may be stopped and repeated.

    The new key is made in encryption.key of the data folder; where ENCRYPTION_KEY is set, it says what to set. At the end it says
    whether the old key may be dropped. Exit code 1: a row still names it; 2: ENCRYPTION_KEY has to be set first.
    """
    from control.cli.progress import Progress
    from control.cli.rotate_key import rotate

    with Progress() as progress:
        code = asyncio.run(rotate(_settings().settings, say, progress.briefly, drop=drop))
    raise typer.Exit(code)


@app.command()
def doctor() -> None:
    """Check everything that a start needs, and say how to mend each problem. Exit code 1 if something fails."""
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
    """Show every setting: its value by the files and the environment, its source, and whether it is live. No secrets."""
    from control.cli import console
    from control.settings import table as settings_table
    from control.settings.loading import is_live

    if markdown:
        sys.stdout.write(settings_table.markdown(_folder() / "settings.toml"))
    else:
        console.settings_page(settings_table.effective(_settings()), is_live)


def _folder() -> Path:
    """The folder of settings.toml: MASQUERADE_FOLDER, or the working directory if it has one, or this program's folder."""
    if named := os.environ.get("MASQUERADE_FOLDER"):
        if not Path(named).is_dir():
            raise SettingsError(f"MASQUERADE_FOLDER: {named} is not a folder; name the one in which settings.toml is")
        return Path(named).resolve()
    here = Path.cwd()
    return here if (here / "settings.toml").is_file() else Path(__file__).resolve().parent


def _settings() -> Loaded:
    from control.settings import loading as configuration

    return configuration.read(_folder(), os.environ)


def _salvaged(*, records: bool = False) -> Loaded:
    """The settings as far as they can be read. What is wrong with them is said, and the command goes on.

    With `records` it must be certain which database they name; if it is not, it raises `SettingsError`.
    """
    from control.settings.salvage import salvaged

    found = salvaged(_folder(), os.environ)
    if records and not found.records_known:
        raise SettingsError(found.fault)
    if found.fault:
        sys.stderr.write(f"{found.fault} (this command goes on without it)\n")
    return found.loaded


app.add_typer(config_commands.commands(_settings, look=partial(_salvaged, records=True)), name="config")
app.add_typer(payments_commands.payments(_settings), name="payments")
app.add_typer(payments_commands.promo(_settings), name="promo")
app.add_typer(credits_commands.commands(_settings), name="credits")
app.add_typer(moderation_commands.reports(_settings), name="reports")
app.add_typer(moderation_commands.users(_settings), name="users")
app.add_typer(moderation_commands.appeals(_settings), name="appeals")
app.add_typer(referrals_commands.referrals(_settings), name="referrals")
app.add_typer(bot_commands.bots(_settings), name="bots")
app.add_typer(access_commands.admin(_settings), name="admin")
app.add_typer(access_commands.tokens(_settings), name="tokens")


def _data() -> Path:
    return Path(_salvaged().settings.data)


async def _ended_what_is_left(data: Path, within: float) -> bool:
    """Stops the panels whose supervisor was killed. False if there are none."""
    from control.orphans.found import dismiss

    ended = await dismiss(data, within=within)
    for pid in ended:
        say(f"The supervisor was not running; a panel was left (process {pid}) and is stopped now.")
    return bool(ended)


def _left_over(data: Path) -> None:
    """Says which panels go on though no supervisor runs."""
    from control.orphans.found import orphans_of

    for orphan in orphans_of(data):
        orphan.close()
        long = f"for another {orphan.seconds / 60:.0f} min at most" if orphan.answers else "and does not answer"
        sys.stderr.write(
            f"A panel is left (process {orphan.pid}) and shows what is in the records, {long}; nobody is served. "
            "The next run takes its place; to end it: python supervisor.py stop\n"
        )


def _asked(question: Coroutine[None, None, T], *, otherwise: Callable[[], None] | None = None) -> T:
    """The running supervisor's answer. The program ends with exit code 3 if no supervisor runs, after `otherwise`."""
    from control.client import NotRunning

    try:
        return asyncio.run(question)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except NotRunning as error:
        sys.stderr.write(f"{error}\n")
        if otherwise is not None:
            otherwise()
        raise typer.Exit(NOT_RUNNING) from error


def main() -> None:
    """Errors that are raised on purpose are shown as one line. Any other error is a bug and shows its traceback."""
    output = streams.prepare()
    code = 0
    try:
        app(standalone_mode=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        code = os.EX_CONFIG
    except MasqueradeError as error:
        sys.stderr.write(f"{error}\n")
        code = 1
    sys.exit(streams.exit_code(output, code))


if __name__ == "__main__":
    main()
