"""Questions that any worker can answer: which bots BOT_TOKENS names, and whose a token is. Only workers know the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from control.supervisor.process import Process
from control.wire import Handler
from domain.errors import Unavailable
from domain.status import ProcessState

QUESTIONS = {"bots_of_settings": 3.0, "check_token": 20.0}
"""Name → seconds for the answer. A token is checked by a log-in at Telegram."""


def handlers(workers: Callable[[], list[Process]]) -> dict[str, Handler]:
    return {op: partial(_asked, workers, op, seconds) for op, seconds in QUESTIONS.items()}


async def _asked(workers: Callable[[], list[Process]], op: str, seconds: float, request: Mapping[str, Any]) -> Any:
    ready = next((worker for worker in workers() if worker.state is ProcessState.READY), None)
    if ready is None:
        raise Unavailable("no worker is ready to answer; look at: python supervisor.py status")
    given = {name: value for name, value in request.items() if name not in {"id", "op"}}
    return await ready.ask(op, seconds=seconds, **given)
