"""The text of /invite."""

from __future__ import annotations

from urllib.parse import quote

from domain.invitations.rules import Referrals
from domain.model.outgoing import Button, Notice
from domain.ports.invitations import Invitation


def invitation(found: Invitation, link: str, rules: Referrals, language: str) -> Notice:
    """Names what an invitation brings, as far as the rules have it, and how many there were."""
    share = Button("invite-share", url=f"https://t.me/share/url?url={quote(link, safe='')}")
    return Notice(
        text="invite",
        language=language,
        arguments={
            "link": link,
            "days": rules.vip_days,
            "credits": rules.credits,
            "commission": rules.commission_percent,
            "invited": found.invited,
            "rewarded": found.rewarded,
            "pending": found.pending,
            "today": found.today,
            "cap": rules.daily_cap,
        },
        buttons=((share,), (Button("invite-renew", data="invite"),)),
    )
