"""What becomes of an invitation when the person who came by it completes the profile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.invitations.rules import Referrals


class State(StrEnum):
    OPENED = "opened"
    """The link was opened by somebody new, whose profile is not complete yet."""
    REWARDED = "rewarded"
    CAPPED = "capped"
    """It counts, without a reward: the inviter had as many as there are in a day."""
    HELD = "held"
    """It waits for an operator."""
    REJECTED = "rejected"
    """By an operator."""
    VOID = "void"
    """The inviter was banned by then, or had their data deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inviter:
    """How things are when the profile is completed."""

    stands: bool
    """Whether they are still here, and not banned."""
    at_once: int
    """Others who came by their invitations within `burst_minutes`."""
    rewarded: int
    """Invitations of theirs that were rewarded within 24 hours."""


def judge(inviter: Inviter, rules: Referrals) -> State:
    if not inviter.stands:
        return State.VOID
    if inviter.at_once >= rules.burst_people:
        return State.HELD
    return State.CAPPED if inviter.rewarded >= rules.daily_cap else State.REWARDED


def commission(stars: int, rules: Referrals) -> int:
    """Credits for a payment of so many Stars."""
    return stars * rules.commission_percent // 100
