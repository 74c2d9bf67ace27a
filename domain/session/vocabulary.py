"""The words in which people talk to the bot, gathered from the features: its commands and the keys of its reply keyboards."""

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
    """Those that the help and the bot's list of commands name, in order."""
    menus: Mapping[Menu, LabelRows]
    """The ids of the labels of each reply keyboard, row by row."""
    labels: Mapping[str, str]
    """The id of each label, and the command that it stands for."""


def vocabulary(features: Sequence[Feature] = FEATURES) -> Vocabulary:
    """Raises ValueError for a key whose command its feature does not have."""
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
