"""`supervisor.py doctor`: every thing that a start needs is looked at, and each problem gets its mend.

What lies on this machine is looked at here and in `control/cli/diagnosis_folders.py`, Redis in
`control/cli/diagnosis_redis.py`, the database and Telegram in `control/cli/diagnosis_remote.py`.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from control.cli import diagnosis_folders, diagnosis_redis, diagnosis_remote
from control.cli.findings import Finding, Grade
from control.cli.progress import Show
from control.client import SupervisorClient
from control.settings import constraints
from control.settings import loading as configuration
from control.settings.loading import Loaded
from control.supervisor import specs
from domain.errors import SettingsError, Unavailable
from storage.secrets import FILE, load_secrets

OLDEST_PYTHON = (3, 11)
NEEDED = {
    "tgcrypto": "Telegram's encryption would be many times slower",
    "uvloop": "the event loop",
    "pyrogram": "Telegram's protocol (Kurigram)",
    "hypercorn": "the panel's server",
}


async def examine(folder: Path, environ: Mapping[str, str], show: Show) -> list[Finding]:
    """In the order in which a start needs them. Wrong settings end the examination: all else hangs on them."""
    findings = python()
    try:
        loaded = configuration.read(folder, environ)
    except SettingsError as error:
        return [*findings, _refused("settings", error)]
    findings += [*settings(loaded), *diagnosis_folders.data_folder(loaded), *diagnosis_folders.log_folder(loaded)]
    findings += encryption_key(loaded)
    checks = {
        "the ports": ports,
        "the database": diagnosis_remote.database,
        "Redis": diagnosis_redis.redis,
        "Telegram": diagnosis_remote.telegram,
    }
    for what, check in checks.items():
        show(f"Looking at {what}")
        findings += await check(loaded)
    return findings


def exit_code(findings: Sequence[Finding]) -> int:
    return 1 if any(finding.grade is Grade.FAIL for finding in findings) else 0


def python() -> list[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return [Finding(Grade.FAIL, "python", f"{version} is too old", "use Python 3.11 or newer")]
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    found = [Finding(Grade.OK, "python", version)]
    found += [Finding(Grade.FAIL, "packages", f"{name} is missing: {NEEDED[name]}", "run: make setup") for name in missing]
    return found if missing else [*found, Finding(Grade.OK, "packages", "all there")]


def settings(loaded: Loaded) -> list[Finding]:
    findings = [Finding(Grade.WARN, "settings", warning, "correct or remove it") for warning in loaded.warnings]
    changed = len(loaded.origins)
    findings.append(Finding(Grade.OK, "settings", f"{changed} set by you, the rest are defaults" if changed else "all defaults"))
    try:
        sandbox = specs.wants_sandbox(loaded, asked=False)
    except SettingsError as error:
        return [*findings, _refused("bots", error)]
    bots = len(loaded.settings.telegram.tokens)
    text = "none configured: a sandbox takes Telegram's place" if sandbox else f"{bots} tokens of the right form"
    return [*findings, Finding(Grade.OK, "bots", text)]


def encryption_key(loaded: Loaded) -> list[Finding]:
    """Whether one that is there is a key. What it opens is seen with the database."""
    setting, folder = loaded.settings.stores.encryption_key, Path(loaded.settings.data)
    if not setting and not (folder / FILE).exists():
        return []
    try:
        load_secrets(setting, folder)
    except SettingsError as error:
        return [_refused("encryption key", error)]
    return []


async def ports(loaded: Loaded) -> list[Finding]:
    """Ports that our own running supervisor uses are as they should be."""
    try:
        status = await SupervisorClient(Path(loaded.settings.data)).status()
    except Unavailable:
        return _free_ports(loaded)
    return [Finding(Grade.OK, "ports", f"Masquerade runs here (process {status.pid}) and uses them")]


def _free_ports(loaded: Loaded) -> list[Finding]:
    sandbox = not constraints.is_real(loaded.settings)
    try:
        specs.ports_are_free(loaded, sandbox=sandbox)
    except SettingsError as error:
        return [_refused("ports", error)]
    return [Finding(Grade.OK, "ports", "free")]


def _refused(about: str, error: SettingsError) -> Finding:
    """A refusal names its mend after the first semicolon."""
    text, _, mend = str(error).partition("; ")
    return Finding(Grade.FAIL, about, text, mend)
