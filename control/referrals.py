"""What operators do about invitations: the same functions for the command line and the panel."""

from __future__ import annotations

from control.moderation import DecidedBefore, Nothing, Records
from domain.invitations.counting import State
from domain.ports.review import Operator
from storage.sql.invitations.invitations import Referral


async def approve(records: Records, number: int, operator: Operator) -> Referral:
    """Reward the inviter, who is told. Raises `Nothing`, `DecidedBefore`."""
    return await _decide(records, number, State.REWARDED, operator)


async def reject(records: Records, number: int, operator: Operator) -> Referral:
    """The inviter gets nothing for it, nor a share of payments. Raises `Nothing`, `DecidedBefore`."""
    return await _decide(records, number, State.REJECTED, operator)


async def _decide(records: Records, number: int, verdict: State, operator: Operator) -> Referral:
    done = await records.invitations.decide(number, verdict, operator)
    found = await records.invitations.find(number)
    if found is None:
        raise Nothing(f"there is no invitation {number}; `referrals list` shows those that there are")
    if not done:
        who = f" by {found.decided_by}" if found.decided_by else ""
        raise DecidedBefore(f"invitation {number} does not wait for a decision: it is {found.state}{who}; nothing was changed")
    return found
