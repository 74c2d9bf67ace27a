"""`supervisor.py doctor`: checks everything that a start needs and says how to mend each problem.

This file checks Python, settings, key and ports. `control/cli/diagnosis_folders.py` checks the folders,
`control/cli/diagnosis_redis.py` Redis, `control/cli/diagnosis_remote.py` the database and Telegram.
"""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from control.cli import diagnosis_folders, diagnosis_redis, diagnosis_remote
from control.cli.findings import Finding, Grade
from control.cli.progress import Show
from control.client import SupervisorClient
from control.orphans.found import Orphan, orphans_of
from control.settings import constraints
from control.settings import loading as configuration
from control.settings.loading import Loaded
from control.supervisor import specs
from control.supervisor.pool import counted
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
    """Checks in the order in which a start needs things. Stops at wrong settings, because all other checks need them."""
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
        show(f"Checking {what}")
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
    text = "none configured: a sandbox takes Telegram's place" if sandbox else f"{counted(bots, 'token')} of the right form"
    if not bots and not sandbox:
        text = "BOT_TOKENS has none"
    return [*findings, Finding(Grade.OK, "bots", text)]


def encryption_key(loaded: Loaded) -> list[Finding]:
    """Checks that an existing key can be read. Whether it opens what is stored is checked with the database."""
    setting, folder = loaded.settings.stores.encryption_key, Path(loaded.settings.data)
    if not setting and not (folder / FILE).exists():
        return []
    try:
        load_secrets(setting, folder)
    except SettingsError as error:
        return [_refused("encryption key", error)]
    return []


async def ports(loaded: Loaded) -> list[Finding]:
    """A port in use is no problem if the supervisor of this installation uses it."""
    try:
        status = await SupervisorClient(Path(loaded.settings.data)).status()
    except Unavailable:
        return await asyncio.to_thread(_free_ports, loaded)
    return [Finding(Grade.OK, "ports", f"Masquerade runs here (process {status.pid}) and uses them")]


def _free_ports(loaded: Loaded) -> list[Finding]:
    sandbox = not constraints.is_real(loaded.settings)
    left = [_seen(orphan) for orphan in orphans_of(Path(loaded.settings.data))]
    try:
        specs.ports_are_free(loaded, sandbox=sandbox, panel=not left)
    except SettingsError as error:
        return [_refused("ports", error)]
    if left:
        text = f"a panel of an earlier run (process {left[0]}) serves the panel's; the next run takes it over"
        return [Finding(Grade.WARN, "ports", text, "python supervisor.py run, or stop")]
    return [Finding(Grade.OK, "ports", "free")]


def _seen(orphan: Orphan) -> int:
    """Its process id."""
    orphan.close()
    return orphan.pid


def _refused(about: str, error: SettingsError) -> Finding:
    """The text of a `SettingsError` has the mend after the first semicolon."""
    text, _, mend = str(error).partition("; ")
    return Finding(Grade.FAIL, about, text, mend)
