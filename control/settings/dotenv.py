"""Reads a `.env` file: lines of `NAME=value`. `export` and quotes are optional; `#` starts a comment."""

from __future__ import annotations

import re
from pathlib import Path

from domain.errors import SettingsError

LINE = re.compile(
    r"""^(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*
        (?:'(?P<single>[^']*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<bare>[^'"].*?)?)
        \s*(?:(?<=\s)\#.*)?$""",
    re.VERBOSE,
)
ESCAPE = re.compile(r"\\(.)")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def read(path: Path) -> dict[str, str]:
    """The variables in the file; empty if there is no file. Raises `domain.errors.SettingsError`, which names the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read ({error}); make it a UTF-8 text file that you may read") from error
    return parse(text, str(path))


def readable(path: Path) -> dict[str, str]:
    """The variables of those lines that can be read, of any file."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return {}  # `read` names the error
    return _parsed(text, str(path))[0]


def parse(text: str, where: str) -> dict[str, str]:
    values, faults = _parsed(text, where)
    if faults:
        raise SettingsError(faults[0])
    return values


def _parsed(text: str, where: str) -> tuple[dict[str, str], list[str]]:
    """(variable → its text, what is wrong with other lines)"""
    values: dict[str, str] = {}
    faults: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        found = LINE.match(stripped)
        if not found:
            faults.append(f"{where} line {number} is not NAME=value; write NAME=value or start the line with #")
        else:
            values[found["name"]] = _value(found)
    return values, faults


def _value(found: re.Match[str]) -> str:
    if found["double"] is not None:
        return ESCAPE.sub(lambda escape: ESCAPES.get(escape[1], escape[1]), found["double"])
    return found["single"] or found["bare"] or ""
