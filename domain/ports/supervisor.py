"""The running supervisor, as the panel and the command line see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from domain.model.channels import ChannelSight
from domain.payments.trials import InvoiceSight
from domain.status import Status


class Supervisor(Protocol):
    """Raises `domain.errors.Unavailable` where no supervisor runs."""

    async def status(self) -> Status: ...

    async def see_channels(self, channels: Sequence[str]) -> Sequence[ChannelSight]:
        """What each bot that is served here sees of each channel."""
        ...

    async def see_invoices(self, setting: str, offers: Sequence[Any]) -> Sequence[InvoiceSight]:
        """Whether Telegram takes invoices of these offers, as `vip.plans` or `credits.packs` would be saved; by a bot of each
        worker.
        """
        ...
