"""What an operator has to look at soon: urgent items of the review list, and appeals. They are counted in a line of `status`, and
each is told in the operators' chat, once.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.model.ids import BotId
from domain.model.profile import DAY
from domain.payments.alerts import Alert
from domain.ports.moderation import ReviewItem
from domain.ports.review import Appeal

HOUR = 3600.0


def of_appeals(waiting: Sequence[Appeal], now: float) -> list[Alert]:
    """One that waits for a day is told again."""
    found = []
    for appeal in waiting:
        hours = int((now - appeal.opened_at) / HOUR)
        late = now - appeal.opened_at >= DAY
        arguments: dict[str, str | int] = {
            "number": str(appeal.number),
            "bot": str(appeal.address.bot),
            "hours": hours if late else 0,
        }
        found.append(Alert(key=f"appeal{'-late' if late else ''}:{appeal.number}", text="control-appeal", arguments=arguments))
    return found


def of_items(urgent: Sequence[ReviewItem]) -> list[Alert]:
    return [
        Alert(
            key=f"review:{item.number}",
            text="control-review",
            arguments={"number": str(item.number), "bot": str(item.who.bot), "user": str(item.who.user), "rule": item.rule},
        )
        for item in urgent
    ]


def lines(bot: BotId, waiting: Sequence[Appeal], urgent: Sequence[ReviewItem], now: float) -> list[str]:
    """For `status`: at most one of each kind."""
    found = []
    if urgent:
        what = f"{len(urgent)} urgent item{'s wait' if len(urgent) > 1 else ' waits'} for a review"
        found.append(f"bot{bot}: {what}: supervisor.py reports review")
    if waiting:
        hours = int((now - min(appeal.opened_at for appeal in waiting)) / HOUR)
        what = f"{len(waiting)} appeal{'s wait' if len(waiting) > 1 else ' waits'} for an answer, the oldest for {hours} h"
        found.append(f"bot{bot}: {what}: supervisor.py appeals list --waiting")
    return found
