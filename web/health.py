"""The route `/health` for load balancers and monitoring: 200 while all is well, otherwise 503 with the problems."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from quart import Blueprint

from domain.errors import Unavailable
from web.supervisor_status import SupervisorStatus, problems, serving


def blueprint(supervisor: SupervisorStatus) -> Blueprint:
    pages = Blueprint("health", __name__)

    @pages.get("/health")
    async def health() -> tuple[dict[str, Any], int]:
        try:
            status = await supervisor.status()
        except Unavailable as error:
            return _unhealthy("error", [str(error)])
        wrong = problems(status)
        if wrong or not serving(status):
            return _unhealthy("degraded" if serving(status) else "error", wrong or ["No worker is running."])
        return {"status": "ok", "timestamp": _now()}, 200

    return pages


def _unhealthy(status: str, found: list[str]) -> tuple[dict[str, Any], int]:
    return {"status": status, "timestamp": _now(), "problems": found}, 503


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
