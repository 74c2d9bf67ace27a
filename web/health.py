"""`/health`, for load balancers and watchers: 200 while all is well, 503 with what is wrong otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from quart import Blueprint

from domain.errors import Unavailable
from web.house import House, problems, serving


def blueprint(house: House) -> Blueprint:
    pages = Blueprint("health", __name__)

    @pages.get("/health")
    async def health() -> tuple[dict[str, Any], int]:
        try:
            status = await house.status()
        except Unavailable as error:
            return _ill("error", [str(error)])
        wrong = problems(status)
        if wrong or not serving(status):
            return _ill("degraded" if serving(status) else "error", wrong or ["No worker is running."])
        return {"status": "ok", "timestamp": _now()}, 200

    return pages


def _ill(status: str, wrong: list[str]) -> tuple[dict[str, Any], int]:
    return {"status": status, "timestamp": _now(), "problems": wrong}, 503


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
