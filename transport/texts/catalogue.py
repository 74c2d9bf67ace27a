"""Renders the texts of the bots from the catalogues `transport/texts/locale/<language>.ftl` (Fluent).

`**two stars**` in a catalogue make bold. Arguments are never read as markup. Languages fall back: "pt-br" → pt-BR → pt → en.
An unknown text id, a missing argument or a broken catalogue is a programming error. It raises ValueError if `strict` (tests);
otherwise it is logged and the user gets a generic text.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax.ast import Junk

from domain.configuration import LiveConfiguration
from domain.model.content import Entity, Text
from domain.model.outgoing import Menu
from domain.session.feature import Command
from domain.session.typed import normal_form
from domain.session.vocabulary import LabelRows, Vocabulary
from domain.session.vocabulary import vocabulary as the_vocabulary
from transport.texts.earlier_labels import EARLIER
from transport.texts.entities import utf16_length

log = logging.getLogger(__name__)

Arguments = Mapping[str, str | int]
Labels = Mapping[str, str]
"""Command by the normal form of the text that a key of the reply keyboard sends: in all languages, and of earlier releases."""

LOCALE = Path(__file__).parent / "locale"
FALLBACK = "en"
GENERIC = "apology"
HELP = "help"
"""This text may contain { $commands }: the list of commands, one per line, under headings."""
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
STAR_IN_ARGUMENT = "\ue000"
"""Replaces stars in arguments while the markup is read. A private-use character, which is removed from arguments."""
ESCAPE = str.maketrans({"*": STAR_IN_ARGUMENT, STAR_IN_ARGUMENT: None})


class Texts:
    """All catalogues, read once. Rendered texts without arguments are cached."""

    def __init__(
        self,
        folder: Path = LOCALE,
        *,
        vocabulary: Vocabulary | None = None,
        live: LiveConfiguration | None = None,
        earlier: Mapping[str, str] = EARLIER,
        strict: bool = False,
    ) -> None:
        """`live`: which keys the reply keyboards have."""
        self._strict = strict
        self._vocabulary = vocabulary or the_vocabulary()
        self._live = live or LiveConfiguration()
        self._bundles = {path.stem.casefold(): self._bundle(path) for path in sorted(folder.glob("*.ftl"))}
        self._fixed: dict[tuple[str, str], Text] = {}
        self.languages = frozenset(self._bundles)
        self.labels: Labels = self._read_labels(earlier)

    def render(self, text_id: str, arguments: Arguments | None = None, language: str = FALLBACK) -> str:
        return self.formatted(text_id, arguments, language).text

    def formatted(self, text_id: str, arguments: Arguments | None = None, language: str = FALLBACK) -> Text:
        chosen = self.negotiate(language)
        if arguments:
            return marked_up(self._format(text_id, arguments, chosen))
        key = (chosen, text_id)
        if (text := self._fixed.get(key)) is None:
            text = marked_up(self._format(text_id, {}, chosen))
            if text_id in self:
                self._fixed[key] = text
        return text

    def commands(self, language: str = FALLBACK) -> list[tuple[str, str]]:
        """The bot's list of commands in order, as (name, description)."""
        return [(each.name, self.render(each.help, language=language)) for each in self._vocabulary.commands]

    def menu(self, menu: Menu) -> LabelRows:
        """The ids of the labels of its keys, by the configuration of this moment."""
        return self._vocabulary.menu(menu, self._live.current)

    def negotiate(self, language: str) -> str:
        """Name of the catalogue, in lower case, for the language that Telegram gives for a user, such as "pt-br"."""
        wanted = language.casefold().replace("_", "-")
        return next((name for name in (wanted, wanted.partition("-")[0]) if name in self._bundles), FALLBACK)

    def __contains__(self, text_id: object) -> bool:
        return isinstance(text_id, str) and self._bundles[FALLBACK].has_message(text_id)

    def _format(self, text_id: str, arguments: Arguments, language: str) -> str:
        bundle = next((found for found in self._chain(language) if found.has_message(text_id)), None)
        if bundle is None:
            return self._generic(f"no text {text_id!r} in the catalogues")
        escaped = {name: value.translate(ESCAPE) if isinstance(value, str) else value for name, value in arguments.items()}
        if text_id == HELP:
            escaped["commands"] = self._command_lines(language)
        text, errors = bundle.format_pattern(bundle.get_message(text_id).value, escaped)
        if errors:
            return self._generic(f"text {text_id!r}: {'; '.join(map(str, errors))}")
        return str(text)

    def _chain(self, language: str) -> Iterable[FluentBundle]:
        names = (language, language.partition("-")[0], FALLBACK)
        return (self._bundles[name] for name in names if name in self._bundles)

    def _generic(self, error: str) -> str:
        self._report(error)
        bundle = self._bundles[FALLBACK]
        text, _ = bundle.format_pattern(bundle.get_message(GENERIC).value)
        return str(text)

    def _report(self, error: str) -> None:
        if self._strict:
            raise ValueError(error)
        log.error("%s", error)

    def _bundle(self, path: Path) -> FluentBundle:
        resource = FluentResource(path.read_text(encoding="utf-8"))
        for entry in resource.body:
            if isinstance(entry, Junk):
                self._report(f"{path.name} cannot be read at: {entry.content.strip()[:80]}")
        bundle = FluentBundle([path.stem], use_isolating=False)
        bundle.add_resource(resource)
        return bundle

    def _command_lines(self, language: str) -> str:
        """Paragraphs, each a heading and its commands."""
        paragraphs = [
            [self._format(heading, {}, language), *(self._command_line(each, language) for each in commands)]
            for heading, commands in self._vocabulary.headings.items()
            if commands
        ]
        return "\n\n".join(map("\n".join, paragraphs))

    def _command_line(self, command: Command, language: str) -> str:
        what = self.render(command.help, language=language)
        return self.render("command-line", {"command": command.name, "what": what}, language)

    def _read_labels(self, earlier: Mapping[str, str]) -> dict[str, str]:
        """A label that is shown now goes before an earlier one of the same spelling. Two meanings of one label are an error."""
        shown = [
            (self.render(label, language=language), command)
            for language in self._bundles
            for label, command in self._vocabulary.labels.items()
        ]
        labels: dict[str, str] = {}
        for label, command in (*shown, *earlier.items()):
            known = labels.setdefault(normal_form(label), command)
            if known != command:
                self._report(f"the label {label!r} means /{known} and /{command}")
        return labels


def marked_up(text: str) -> Text:
    """Turn `**bold**` into entities, whose offsets and lengths are in UTF-16 units."""
    parts: list[str] = []
    entities: list[Entity] = []
    end = offset = 0
    for bold in BOLD.finditer(text):
        before, inside = text[end : bold.start()], bold[1]
        entities.append(Entity("bold", offset + utf16_length(before), utf16_length(inside)))
        parts += (before, inside)
        offset += utf16_length(before) + utf16_length(inside)
        end = bold.end()
    plain = "".join((*parts, text[end:]))
    return Text(text=plain.replace(STAR_IN_ARGUMENT, "*"), entities=tuple(entities))
