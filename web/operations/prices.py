"""Tests plans and packs before they are saved: a bot asks Telegram for an invoice of each, in each language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from domain.errors import Unavailable
from domain.ports.configuration import ConfigurationDesk
from domain.ports.supervisor import Supervisor
from web.api.operation import operation
from web.operations.configuration import RATE
from web.supervisor_status import SupervisorStatus

MOST_OFFERS = 12


class TestedPrices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: Literal["vip.plans", "credits.packs"]
    value: Annotated[list[Any], Meta(min_length=1, max_length=MOST_OFFERS)]
    """As it would be saved."""


class TestedInvoice(msgspec.Struct, frozen=True, kw_only=True):
    offer: str
    """Id of the plan or pack."""
    language: str
    title: str
    """As people would read it, from the setting or the catalogue of texts."""
    description: str
    stars: int
    made: bool
    """Whether Telegram takes it."""
    problem: str


class PricesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    bot: str
    """@username of the bot that asked."""
    items: Sequence[TestedInvoice]
    """At most 50. Nobody gets these invoices, and they cannot be paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTest:
    desk: ConfigurationDesk
    supervisor: Supervisor
    status: SupervisorStatus

    @operation("POST", "/api/config/test-prices", act="configuration.test", rate=RATE)
    async def test_prices(self, body: TestedPrices) -> PricesAnswer:
        """Whether Telegram takes an invoice of each plan or pack, and how it reads in each language. Nothing is saved."""
        await self.desk.preview({body.key: body.value}, versions={})  # refuses what a save would refuse
        await self.status.status()  # a supervisor that hangs is told within seconds
        sights = await self.supervisor.see_invoices(body.key, body.value)
        if not sights:
            raise Unavailable("No bot is served on this machine now, so none can ask Telegram.")
        bot = sights[0].bot
        return PricesAnswer(
            bot=bot,
            items=[
                TestedInvoice(
                    offer=each.offer,
                    language=each.language,
                    title=each.title,
                    description=each.description,
                    stars=each.stars,
                    made=not each.problem,
                    problem=each.problem,
                )
                for each in sights
                if each.bot == bot
            ],
        )
