"""`supervisor.py settings`: every setting with its value and its meaning. The meanings are the comments in `settings.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import orjson

from control.settings.loading import DEFAULTS, Loaded, flatten, is_live
from control.settings.variables import variable_of
from control.settings.visible import SET, visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    setting: str
    variable: str
    default: str
    meaning: str
    """The comment above the setting in the file. Two settings below one comment have the same meaning."""


KEY = re.compile(r"\w+ =")
"""How a setting's line begins. Lines of a list that spans several begin otherwise."""


def rows(file: Path) -> list[Row]:
    return [
        Row(setting=path, variable=variable_of(path), default=shown(DEFAULTS[path]), meaning=meaning)
        for path, meaning in _meanings(file.read_text(encoding="utf-8").splitlines())
    ]


def markdown(file: Path) -> str:
    """The table in README.md."""
    lines = ["| setting | variable | default | meaning | live |", "|---|---|---|---|---|"]
    for row in rows(file):
        meaning = row.meaning.replace("|", "\\|")
        lines.append(
            f"| `{row.setting}` | `{row.variable}` | `{row.default}` | {meaning} | {'yes' if is_live(row.setting) else ''} |"
        )
    return "\n".join(lines) + "\n"


def effective(loaded: Loaded) -> Iterator[tuple[str, str, str]]:
    """(setting, value, source) by the files and the environment. Of a secret it is only said that it is set."""
    for path, value in flatten(loaded.settings).items():
        seen = visible(path, value)
        yield path, seen if seen == SET else shown(seen), loaded.origins.get(path, "default")


def shown(value: Any) -> str:
    """The value as it is written in the file."""
    return orjson.dumps(msgspec.to_builtins(value)).decode()


def _meanings(lines: list[str]) -> Iterator[tuple[str, str]]:
    section, comment, fresh = "", "", True
    for line in lines:
        if line.startswith("["):
            section, comment = f"{line.strip('[]')}.", ""
        elif line.startswith("#"):
            text = line.removeprefix("#").strip()
            comment = text if fresh else f"{comment} {text}"
            fresh = False
        elif KEY.match(line):
            yield section + line.partition("=")[0].strip(), comment.partition(" [")[0]
            fresh = True
        else:
            fresh = True
