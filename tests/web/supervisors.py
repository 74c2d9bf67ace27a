"""A supervisor for tests of the panel: it gives a fixed answer and counts the requests."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from domain.actor_stats import ActorStats
from domain.errors import Unavailable
from domain.model.channels import ChannelSight
from domain.payments.trials import InvoiceSight
from domain.status import BotStatus, ProcessState, ProcessStatus, Status


class RecordingSupervisor:
    def __init__(self, status: Status) -> None:
        self.answer: Status | Unavailable = status
        self.asked = 0
        self.gate = asyncio.Event()
        """While it is not set, the supervisor does not answer."""
        self.gate.set()
        self.sees: dict[str, str] = {"@first_bot": ""}
        """Bot → why it cannot see who is in any channel."""

    async def status(self) -> Status:
        self.asked += 1
        await self.gate.wait()
        if isinstance(self.answer, Unavailable):
            raise self.answer
        return self.answer

    async def see_channels(self, channels: Sequence[str]) -> list[ChannelSight]:
        return [
            ChannelSight(channel=channel, bot=bot, title="" if problem else "The News", problem=problem)
            for bot, problem in self.sees.items()
            for channel in channels
        ]

    async def see_invoices(self, setting: str, offers: Sequence[Any]) -> list[InvoiceSight]:
        words = {"language": "en", "title": "A title", "description": "Words"}
        return [
            InvoiceSight(offer=offer["id"], stars=offer["stars"], bot=bot, problem=problem, **words)
            for bot, problem in self.sees.items()
            for offer in offers
        ]


def process(name: str, state: ProcessState = ProcessState.READY, **more: object) -> ProcessStatus:
    return ProcessStatus(name=name, state=state, pid=4242, uptime=90.0, memory_mb=61.5, **more)


def healthy_status(**changes: object) -> Status:
    """The status of an application in which all is well, except for `changes`."""
    whole = {
        "version": "0.1.0",
        "pid": 4200,
        "uptime": 95.0,
        "processes": (process("worker-1"), process("panel"), process("sandbox")),
        "bots": (BotStatus(id=7100000001, username="first_bot", state="serving", served=True, worker="worker-1"),),
        "actors": (ActorStats(name="SessionActor", alive=2, started=2, handled=40, queued=1, deepest=1),),
        "figures": {"chats": 1.0, "waiting": 3.0, "oldest_wait": 12.5, "sessions": 5.0, "relayed": 31.0},
    }
    return Status(**{**whole, **changes})
