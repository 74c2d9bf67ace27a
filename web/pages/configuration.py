"""Settings that change while Masquerade runs, and the history of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec
from quart import render_template

from domain.errors import ConfigurationError
from web.api.errors import Refused
from web.operations.configuration import ConfigurationOperations, HistoryQuery, Key, SettingAnswer
from web.pages.page import page
from web.pages.times import when

PATH = "/admin/configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationPages:
    operations: ConfigurationOperations

    @page(PATH, act="configuration.read")
    async def configuration_page(self) -> str:
        found = await self.operations.read_config()
        return await render_template(
            "configuration.html", sections=_by_section(found.items), fixed=found.fixed, when=when, written=written
        )

    @page(f"{PATH}/{{key}}", act="configuration.read")
    async def setting_page(self, key: Key) -> str:
        items = (await self.operations.read_config()).items
        setting = next((each for each in items if each.key == key), None)
        if setting is None:
            raise Refused("not_found", "There is no such setting.", field="key")
        past = (await self._history(key)).items
        return await render_template("setting.html", setting=setting, past=past, when=when, written=written)

    async def _history(self, key: str) -> Any:
        try:
            return await self.operations.read_config_history(HistoryQuery(key=key))
        except ConfigurationError as error:
            raise Refused("not_found", str(error), field="key") from error


def written(value: Any) -> str:
    """As JSON, but a text without its quotes."""
    return value if isinstance(value, str) and value else msgspec.json.encode(value).decode()


def _by_section(items: Iterable[SettingAnswer]) -> Mapping[str, list[SettingAnswer]]:
    live = [each for each in items if each.form is not None]
    return {section: [*group] for section, group in groupby(live, key=lambda each: each.section)}
