"""The route `/health` for load balancers and monitoring: 200 while all is well, otherwise 503.

Where the panel listens on this machine only, it names the problems. From elsewhere anybody may ask, under any name: then it says
"ok" or "degraded" and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import msgspec

from domain.errors import Unavailable
from web.api.operation import Reply, operation
from web.supervisor_status import SupervisorStatus, problems, serving

PATH = "/health"


class HealthAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    status: Literal["ok", "degraded", "error"]
    timestamp: str
    """ISO 8601, UTC."""
    problems: list[str] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    supervisor: SupervisorStatus
    public: bool

    @operation("GET", PATH, act="health.read", rate="", replies={503: HealthAnswer}, any_query=True)
    async def read_health(self) -> Reply[HealthAnswer]:
        """Whether all is well."""
        answer = await self._answer()
        well = answer.status == "ok"
        if self.public:
            answer = HealthAnswer(status="ok" if well else "degraded", timestamp=answer.timestamp)
        return Reply(answer, 200 if well else 503)

    async def _answer(self) -> HealthAnswer:
        try:
            status = await self.supervisor.status()
        except Unavailable as error:
            return _unhealthy("error", [str(error)])
        wrong = problems(status)
        if wrong or not serving(status):
            return _unhealthy("degraded" if serving(status) else "error", wrong or ["No worker is running."])
        return HealthAnswer(status="ok", timestamp=_now())


def _unhealthy(status: Literal["degraded", "error"], found: list[str]) -> HealthAnswer:
    return HealthAnswer(status=status, timestamp=_now(), problems=found)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
