"""Codes that grant VIP: /promo CODE, and gift links, which open the bot with /start gift_CODE.

Minors redeem gifts, which somebody has paid for, though VIP changes nothing for them; but no promo codes.
"""

from __future__ import annotations

from domain.model.inbound import CommandReceived
from domain.ports.payments import NotRedeemed
from domain.session.context import Context, Step
from domain.session.effects import Redeem
from domain.session.facts import Redeemed
from domain.session.feature import Command, Feature, Heading, Passes
from domain.session.replies import say

LONGEST = 64
"""Characters of a code."""


def _promo(context: Context, command: CommandReceived) -> Step:
    session, code = context.session, command.argument.strip().upper()
    if not context.configuration.features.vip:
        return session, [say(session, "pay-off")]
    if session.profile is not None and session.profile.minor:
        return session, [say(session, "vip-minor")]
    if not code.isprintable() or not 0 < len(code) <= LONGEST:
        return session, [say(session, "promo-how")]
    return session, [Redeem(code=code, gift=False)]


def _redeemed(context: Context, redeemed: Redeemed) -> Step:
    session, what = context.session, "gift-link" if redeemed.gift else "promo"
    match redeemed.outcome:
        case NotRedeemed.UNKNOWN:
            return session, [say(session, f"{what}-unknown")]
        case NotRedeemed.USED:
            return session, [say(session, f"{what}-used")]
        case days:
            minor = session.profile is not None and session.profile.minor
            return session, [say(session, "code-redeemed-minor" if minor else "code-redeemed", days=days)]


FEATURE = Feature(
    name="vouchers",
    heading=Heading.SHOP,
    commands=(Command(name="promo", handler=_promo, help="command-promo", passes=frozenset({Passes.ELSEWHERE})),),
    facts={Redeemed: _redeemed},
)
