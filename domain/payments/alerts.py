"""What an operator has to look at: each as a line of `status`, and as a text for the operators' chat, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.payments.sales import UNKNOWN_PAYLOAD
from domain.payments.updates import NANO, hashed
from domain.ports.payments import Paid, RefundRequest, StarList

COMPARED_WITHIN = 3 * 3600.0
"""Seconds. A list of Stars is compared every hour."""

MEND = "supervisor.py payments list shows it; refund or settle it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    key: str
    """The same as long as it is the same event."""
    line: str = ""
    """For `status`; empty where that says it otherwise."""
    text: str
    """A text id."""
    arguments: Mapping[str, str | int | float] = field(default_factory=dict)


def of_charge(paid: Paid) -> Alert:
    what = "its payload is not known, nothing was granted" if paid.flag == UNKNOWN_PAYLOAD else f"{paid.flag}, granted again"
    return Alert(
        key=f"charge:{paid.bot}:{paid.charge}",
        line=f"bot{paid.bot}: charge {hashed(paid.charge)} of {stars(paid.amount)} Stars: {what}: {MEND}",
        text="control-unknown-payload" if paid.flag == UNKNOWN_PAYLOAD else "control-second-charge",
        arguments={"charge": paid.charge},
    )


def of_refused(request: RefundRequest) -> Alert:
    return Alert(
        key=outcome_key(request),
        line=f"bot{request.bot}: the refund of charge {hashed(request.charge)}: {request.outcome}: {MEND}",
        text="control-refund",
        arguments={"charge": request.charge, "outcome": request.outcome},
    )


def of_difference(state: StarList) -> Alert:
    difference = f"{state.difference / NANO:+g}"
    return Alert(
        key=f"difference:{state.bot}:{state.differs_since:.0f}",
        line=f"bot{state.bot}: Telegram has {difference} Stars against the ledger: see docs/payments.md",
        text="control-difference",
        arguments={"bot": str(state.bot), "stars": difference},
    )


def of_silence(state: StarList, since: float, now: float) -> Alert:
    """`since`: when the list was last compared, or when that should have begun."""
    hours = int((now - since) / 3600)
    return Alert(
        key=f"not-compared:{state.bot}:{since:.0f}",
        line=f"bot{state.bot}: its Stars at Telegram were not compared with the ledger for {hours} h: see logs/payments.log",
        text="control-not-compared",
        arguments={"bot": str(state.bot), "hours": hours},
    )


def outcome_key(request: RefundRequest) -> str:
    """One message for each time that a refund was asked for."""
    return f"refund-outcome:{request.bot}:{request.charge}:{request.asked_at:.3f}"


def stars(amount: int) -> str:
    """From nano-Stars."""
    return f"{amount / NANO:g}"
