"""The bot's commands and the keys of its reply keyboards, collected from the features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.configuration import Configuration
from domain.model.outgoing import Menu
from domain.session.feature import Command, Feature, Heading, Key
from domain.session.machine import FEATURES

LabelRows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    commands: tuple[Command, ...]
    """The commands in the help and in the bot's list of commands, in order."""
    headings: Mapping[Heading, tuple[Command, ...]]
    """The same commands as the help shows them."""
    keys: Mapping[Menu, tuple[tuple[Key, ...], ...]]
    """Menu → its keys, row by row."""
    labels: Mapping[str, str]
    """Id of a label → the command that its key sends."""

    def menu(self, menu: Menu, configuration: Configuration) -> LabelRows:
        """The ids of the labels, row by row, without keys of what is switched off."""
        rows = (tuple(key.label for key in row if key.offered(configuration)) for row in self.keys[menu])
        return tuple(row for row in rows if row)


def vocabulary(features: Sequence[Feature] = FEATURES) -> Vocabulary:
    """Raises ValueError for a key whose command is not one of the same feature."""
    keys = [key for feature in features for key in feature.keys]
    for feature in features:
        for key in feature.keys:
            if key.command not in {command.name for command in feature.commands}:
                raise ValueError(f"the feature {feature.name} has a key for /{key.command}, which is no command of its own")
    return Vocabulary(
        commands=tuple(command for feature in features for command in feature.commands if command.help),
        headings={heading: _under(features, heading) for heading in Heading},
        keys={menu: _rows(keys, menu) for menu in Menu if menu is not Menu.NONE},
        labels={key.label: key.command for key in keys},
    )


def _under(features: Sequence[Feature], heading: Heading) -> tuple[Command, ...]:
    return tuple(each for feature in features if feature.heading is heading for each in feature.commands if each.help)


def _rows(keys: Sequence[Key], menu: Menu) -> tuple[tuple[Key, ...], ...]:
    rows: dict[int, tuple[Key, ...]] = {}
    for key in keys:
        if key.menu is menu:
            rows[key.row] = (*rows.get(key.row, ()), key)
    return tuple(rows[number] for number in sorted(rows))
