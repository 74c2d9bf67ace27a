"""What can be read of settings that are broken, for commands that look at a running Masquerade or stop it.

Such a command needs to know where the data and the logs are, and nothing else. A line that cannot be read is left out. A value
that is refused leaves the one that it would have replaced.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from control.settings import dotenv
from control.settings.loading import (
    DEFAULTS,
    DOTENV,
    FILE,
    LEAVES,
    Loaded,
    Value,
    assembled,
    converted,
    from_variables,
    located,
    read,
)
from domain.errors import SettingsError

SECTION = re.compile(r"\s*\[+\s*([A-Za-z0-9_.]*)")
ENTRY = re.compile(r"\s*(?P<key>[A-Za-z0-9_]+)\s*=\s*(?P<text>.*)")
WHERE_RECORDS_ARE = frozenset({"data", "stores.postgres_uri", "stores.sqlite_path"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    loaded: Loaded
    fault: str = ""
    """What is wrong with the settings, in one line. Empty if nothing is; then `loaded` is complete."""
    records_known: bool = True
    """Whether it is certain which database the settings name."""


def salvaged(folder: Path, environ: Mapping[str, str], *, working: Path | None = None) -> Salvaged:
    """The settings as far as they can be read. Nothing that is wrong with them raises an error."""
    working = working or Path.cwd()
    try:
        return Salvaged(loaded=read(folder, environ, working=working))
    except SettingsError as error:
        fault = " ".join(str(error).split())
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    refused: set[str] = set()
    for path, value in _candidates(folder, environ, working):
        if path not in LEAVES:
            continue  # a setting of an earlier release
        try:
            values[path] = converted(path, value)
            origins[path] = value.origin
        except SettingsError:
            refused.add(path)
    settings = located(assembled(values), folder.resolve())
    known = not refused & WHERE_RECORDS_ARE and _are_whole(folder, working)
    kept = {path: origin for path, origin in origins.items() if values[path] != DEFAULTS[path]}
    return Salvaged(loaded=Loaded(settings=settings, origins=kept), fault=fault, records_known=known)


def _candidates(folder: Path, environ: Mapping[str, str], working: Path) -> Iterator[tuple[str, Value]]:
    """(dotted setting, value) in the order in which later ones win."""
    yield from _entries(folder / FILE)
    for texts, where in ((dotenv.readable(working / DOTENV), "in .env"), (environ, "")):
        for name, text in sorted(texts.items()):
            with suppress(SettingsError):  # of an unknown name, which the complete reading has reported
                yield from from_variables({name: text}, where).items()


def _entries(path: Path) -> Iterator[tuple[str, Value]]:
    try:
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:
        return  # the complete reading has reported it
    section = ""
    for line in lines:
        if header := SECTION.match(line):
            section = f"{header[1]}."
        elif (entry := ENTRY.match(line)) and section + entry["key"] in LEAVES:
            key = section + entry["key"]
            yield key, _entry(line, key, entry["text"])


def _entry(line: str, key: str, text: str) -> Value:
    """The line as TOML. If it is none, such as one without its second quote, the text behind the equals sign."""
    origin = f"{key} in {FILE}"
    try:
        (value,) = tomllib.loads(line).values()
    except tomllib.TOMLDecodeError:
        return Value(text.strip().strip("\"'"), origin, text=True)
    return Value(value, origin, text=False)


def _are_whole(folder: Path, working: Path) -> bool:
    """Whether each line of both files can be read. If not, the one that names the database may be among the others."""
    try:
        dotenv.read(working / DOTENV)
        tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return True
    except (OSError, ValueError, SettingsError):
        return False
    return True
