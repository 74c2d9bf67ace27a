"""The route `/health` for load balancers and monitoring: 200 while all is well, otherwise 503.

Where the panel listens on this machine only, it names the problems. From elsewhere anybody may ask, under any name: then it says
"ok" or "degraded" and no more.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from quart import Blueprint

from domain.errors import Unavailable
from web.supervisor_status import SupervisorStatus, problems, serving

PATH = "/health"


def blueprint(supervisor: SupervisorStatus, *, public: bool) -> Blueprint:
    pages = Blueprint("health", __name__)

    @pages.get(PATH)
    async def health() -> tuple[dict[str, Any], int]:
        answer = await _answer(supervisor)
        well = answer["status"] == "ok"
        return ({"status": "ok" if well else "degraded"} if public else answer), 200 if well else 503

    return pages


async def _answer(supervisor: SupervisorStatus) -> dict[str, Any]:
    try:
        status = await supervisor.status()
    except Unavailable as error:
        return _unhealthy("error", [str(error)])
    wrong = problems(status)
    if wrong or not serving(status):
        return _unhealthy("degraded" if serving(status) else "error", wrong or ["No worker is running."])
    return {"status": "ok", "timestamp": _now()}


def _unhealthy(status: str, found: list[str]) -> dict[str, Any]:
    return {"status": status, "timestamp": _now(), "problems": found}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
