"""`doctor`: checks the data folder and the log folder."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from control.cli.findings import Finding, Grade
from control.logging.logfiles import FILES
from control.settings.loading import Loaded

ROOM_MB = 500
"""Less free space than this is a warning."""
MEGABYTE = 1024 * 1024


def data_folder(loaded: Loaded) -> list[Finding]:
    about, folder = "data folder", Path(loaded.settings.data)
    if finding := refused(about, folder):
        return [finding]
    if folder.exists() and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return [Finding(Grade.WARN, about, f"others may look into {folder}", f"chmod 700 {folder} (a run does it)")]
    return [_room(about, folder, "owner-only")]


def log_folder(loaded: Loaded) -> list[Finding]:
    about, folder = "log folder", Path(loaded.settings.logging.folder)
    if finding := refused(about, folder):
        return [finding]
    for path in (folder / f"{name}.log" for name in FILES):
        if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
            return [Finding(Grade.FAIL, about, f"{path} cannot be written", f"give it to {_user()}, or move it away")]
    return [_room(about, folder, "can be written")]


def refused(about: str, folder: Path) -> Finding | None:
    """Why files cannot be written to `folder`; None if they can."""
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not nearest.is_dir():
        return Finding(
            Grade.FAIL, about, f"{folder} cannot be used: {nearest} is no folder", "move that file, or choose another folder"
        )
    read = os.R_OK if nearest == folder else 0
    if os.access(nearest, read | os.W_OK | os.X_OK):
        return None
    if nearest == folder:
        return Finding(Grade.FAIL, about, f"{folder} cannot be used by this user", f"chown it to {_user()}")
    return Finding(Grade.FAIL, about, f"{folder} cannot be made", f"let this user write to {nearest}")


def _room(about: str, folder: Path, state: str) -> Finding:
    if not folder.exists():
        return Finding(Grade.OK, about, f"{folder} will be made by the first run")
    free = shutil.disk_usage(folder).free // MEGABYTE
    if free < ROOM_MB:
        return Finding(Grade.WARN, about, f"{free} MB are free on its disk", "make room")
    return Finding(Grade.OK, about, f"{folder}, {state}, {free} MB free")


def _user() -> str:
    return os.environ.get("USER") or f"user {os.getuid()}"
