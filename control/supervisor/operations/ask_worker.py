"""Questions that any worker can answer: which bots BOT_TOKENS names, and whose a token is. Only workers know the sandbox.
Others are answered by each worker for the bots that it serves: what they see of channels, and whether Telegram takes an invoice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from control.supervisor.process import Process
from control.wire import Handler
from domain.errors import Unavailable
from domain.status import ProcessState

QUESTIONS = {"bots_of_settings": 3.0, "check_token": 20.0}
"""Name → seconds for the answer. A token is checked by a log-in at Telegram."""
EACH = {"see_channels": 20.0, "see_invoices": 20.0}
"""The same of questions to all ready workers, whose answers are lists."""


def handlers(workers: Callable[[], list[Process]]) -> dict[str, Handler]:
    return {
        **{op: partial(_asked, workers, op, seconds) for op, seconds in QUESTIONS.items()},
        **{op: partial(_asked_each, workers, op, seconds) for op, seconds in EACH.items()},
    }


async def _asked(workers: Callable[[], list[Process]], op: str, seconds: float, request: Mapping[str, Any]) -> Any:
    return await _ready(workers)[0].ask(op, seconds=seconds, **_given(request))


async def _asked_each(workers: Callable[[], list[Process]], op: str, seconds: float, request: Mapping[str, Any]) -> list[Any]:
    asked = (worker.ask(op, seconds=seconds, **_given(request)) for worker in _ready(workers))
    return [each for answer in await asyncio.gather(*asked) for each in answer]


def _ready(workers: Callable[[], list[Process]]) -> list[Process]:
    """At least one."""
    ready = [worker for worker in workers() if worker.state is ProcessState.READY]
    if not ready:
        raise Unavailable("no worker is ready to answer; look at: python supervisor.py status")
    return ready


def _given(request: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name not in {"id", "op"}}
