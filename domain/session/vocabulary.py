"""The bot's commands and the keys of its reply keyboards, collected from the features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.model.outgoing import Menu
from domain.session.feature import Command, Feature, Key
from domain.session.machine import FEATURES

LabelRows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    commands: tuple[Command, ...]
    """The commands in the help and in the bot's list of commands, in order."""
    menus: Mapping[Menu, LabelRows]
    """Menu → the ids of its labels, row by row."""
    labels: Mapping[str, str]
    """Id of a label → the command that its key sends."""


def vocabulary(features: Sequence[Feature] = FEATURES) -> Vocabulary:
    """Raises ValueError for a key whose command is not one of the same feature."""
    keys = [key for feature in features for key in feature.keys]
    for feature in features:
        for key in feature.keys:
            if key.command not in {command.name for command in feature.commands}:
                raise ValueError(f"the feature {feature.name} has a key for /{key.command}, which is no command of its own")
    return Vocabulary(
        commands=tuple(command for feature in features for command in feature.commands if command.help),
        menus={menu: _rows(keys, menu) for menu in Menu if menu is not Menu.NONE},
        labels={key.label: key.command for key in keys},
    )


def _rows(keys: Sequence[Key], menu: Menu) -> LabelRows:
    rows: dict[int, tuple[str, ...]] = {}
    for key in keys:
        if key.menu is menu:
            rows[key.row] = (*rows.get(key.row, ()), key.label)
    return tuple(rows[number] for number in sorted(rows))
