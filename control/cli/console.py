"""Prints to the operator's terminal: status, settings, findings, log lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from control import VERSION
from control.cli.findings import Finding, Grade
from domain.redaction import redacted
from domain.settings import Settings
from domain.status import ProcessState, ProcessStatus, Status

COLOURS = {
    ProcessState.READY: "green",
    ProcessState.STARTING: "cyan",
    ProcessState.DRAINING: "cyan",
    ProcessState.BACKOFF: "yellow",
    ProcessState.FATAL: "red",
    ProcessState.STOPPED: "dim",
}
GRADE_COLOURS = {Grade.OK: "green", Grade.WARN: "yellow", Grade.FAIL: "red"}
LEVEL_COLOURS = {"DEBUG": "dim", "INFO": "green", "WARNING": "yellow", "ERROR": "red", "CRITICAL": "bold red"}
BOT_COLOURS = {"serving": "green", "refused": "red"}


class DiscreetConsole(Console):
    """Hides what looks like a secret in each text that it prints, also in the cells of tables."""

    def render_str(self, text: str, **style: Any) -> Text:
        return super().render_str(redacted(text), **style)


out = DiscreetConsole(highlight=False)
errors = DiscreetConsole(stderr=True, highlight=False)


def show_record(record: Mapping[str, Any]) -> None:
    """Prints a warning or an error as one line. Its traceback is only in the log."""
    colour = "red" if record["level"] in {"ERROR", "CRITICAL"} else "yellow"
    time = datetime.now().astimezone().strftime("%H:%M:%S")
    text = str(record["text"]).partition("\n")[0]
    errors.print(f"[dim]{time}[/] [{colour}]{escape(str(record.get('process', '')))}: {escape(text)}[/]", soft_wrap=True)


def log_line(record: Mapping[str, Any]) -> None:
    """Prints a log record as one line. Of a traceback it prints the last line, which names the error."""
    time = datetime.fromisoformat(str(record["time"])).astimezone().strftime("%m-%d %H:%M:%S.%f")[:-3]
    level, process = str(record["level"]), escape(str(record.get("process", "")))
    text = str(record["text"]).partition("\n")[0]
    if error := str(record.get("error", "")).strip():
        text += f" ({error.rpartition(chr(10))[2]})"
    colour = LEVEL_COLOURS.get(level, "default")
    shown = f"[{colour}]{escape(text)}[/]" if level in {"WARNING", "ERROR", "CRITICAL"} else escape(text)
    out.print(f"[dim]{time}[/] [{colour}]{level:<8}[/] [cyan]{process:<10}[/] {shown}", soft_wrap=True)


def hint(text: str) -> None:
    """Prints to stderr, so that it does not go into a pipe."""
    errors.print(f"[dim]{escape(text)}[/]", soft_wrap=True)


def refuse(text: str) -> None:
    errors.print(f"[red]{escape(text)}[/]", soft_wrap=True)


def say(text: str) -> None:
    out.print(escape(text), soft_wrap=True)


def summary(settings: Settings, status: Status, *, sandbox: bool) -> None:
    """Printed once, when everything that can start has started."""
    names = ", ".join(process.name for process in status.processes)
    out.print(f"[bold]Masquerade {VERSION}[/] runs: {names}", soft_wrap=True)
    addresses = [("Panel", f"http://{_reachable(settings.admin.host)}:{settings.admin.port}/")]
    if sandbox:
        addresses.insert(0, ("Phones", f"http://127.0.0.1:{settings.sandbox.http_port}/"))
    for label, address in addresses:
        out.print(f"  {label:<7}[cyan]{address}[/]", soft_wrap=True)
    out.print(f"  Logs   {escape(str(Path(settings.logging.folder)))}", soft_wrap=True)
    out.print("  [dim]Ctrl-C stops it; from another terminal: python supervisor.py status, stop[/]", soft_wrap=True)
    _problems(status)


def status_page(status: Status) -> None:
    verdict = "[green]healthy[/]" if status.healthy else "[red]not healthy[/]"
    out.print(f"[bold]Masquerade {status.version}[/], process {status.pid}, up {_span(status.uptime)}: {verdict}")
    if status.under_way:
        out.print(f"[cyan]…[/] {escape(status.under_way)}", soft_wrap=True)
    out.print(_processes(status))
    if status.bots:
        out.print(_bots(status))
    if status.elsewhere:
        out.print(_elsewhere(status))
    if status.figures:
        out.print(" · ".join(_figure(name, value) for name, value in sorted(status.figures.items())), soft_wrap=True)
    _problems(status)


def _problems(status: Status) -> None:
    for problem in status.problems:
        out.print(f"[red]![/] {escape(problem)}", soft_wrap=True)


def settings_page(rows: Iterable[tuple[str, str, str]], is_live: Callable[[str], bool]) -> None:
    table = Table("setting", "value", "from", "", box=None, header_style="dim")
    for setting, value, origin in rows:
        colour = "dim" if origin == "default" else "bold"
        live = "[green]live[/]" if is_live(setting) else ""
        table.add_row(setting, f"[{colour}]{escape(value)}[/]", f"[{colour}]{escape(origin)}[/]", live)
    out.print(table)
    out.print("[green]live[/]: changed without a restart, and shown as in force, by: python supervisor.py config", soft_wrap=True)


def findings(found: Sequence[Finding]) -> None:
    for finding in found:
        mark = f"[{GRADE_COLOURS[finding.grade]}]{finding.grade:<4}[/]"
        out.print(f"{mark} {finding.about:<12} {escape(finding.text)}", soft_wrap=True)
        if finding.mend:
            out.print(f"     {'':<12} [dim]→ {escape(finding.mend)}[/]", soft_wrap=True)


def _processes(status: Status) -> Table:
    table = Table("process", "state", "pid", "up", "restarts", "MB", "bots", "last error", box=None, header_style="dim")
    served = Counter(bot.worker for bot in status.bots)
    for process in status.processes:
        table.add_row(*_process_row(process, served[process.name]))
    return table


def _process_row(process: ProcessStatus, bots: int) -> tuple[str, ...]:
    colour = COLOURS[process.state]
    return (
        process.name,
        f"[{colour}]{process.state}[/]",
        str(process.pid or ""),
        _span(process.uptime) if process.pid else "",
        str(process.restarts),
        f"{process.memory_mb:.0f}" if process.memory_mb else "",
        str(bots or ""),
        escape(process.last_error),
    )


def _bots(status: Status) -> Table:
    table = Table("", "bot", "state", "worker", "unhandled", "", box=None, header_style="dim")
    for place, bot in enumerate(status.bots, 1):
        state = f"[{BOT_COLOURS.get(bot.state, 'yellow')}]{bot.state}[/]"
        unhandled = str(sum(bot.unhandled.values()) or "")
        table.add_row(str(place), _name_of(bot.id, status), state, bot.worker, unhandled, escape(bot.detail))
    return table


def _elsewhere(status: Status) -> Table:
    table = Table("elsewhere", "worker", "bots", "seen", box=None, header_style="dim")
    for near in status.elsewhere:
        bots = ", ".join(_name_of(bot, status) for bot in near.bots) or "none"
        seen = f"{near.seen:.0f} s ago" + ("" if near.ready else ", stopping")
        table.add_row(f"{escape(near.machine)}/{near.house}", near.worker, bots, seen)
    return table


def _name_of(bot: int, status: Status) -> str:
    username = next((each.username for each in status.bots if each.id == bot), "")
    return f"@{username}" if username else str(bot)


def _figure(name: str, value: float) -> str:
    return f"{name.replace('_', ' ')} {_span(value) if name == 'oldest_wait' else f'{value:.0f}'}"


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _reachable(host: str) -> str:
    """The host that a browser on this machine can open."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
