"""Codes of invitations, and what came of them."""

from __future__ import annotations

from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork
from domain.ports.invitations import Invitations
from domain.session.effects import LookUpInvitation
from domain.session.facts import InvitationLooked


class InvitationEffects:
    def __init__(self, invitations: Invitations) -> None:
        self._invitations = invitations

    async def look_up(self, me: SessionData, _unit: UnitOfWork, effect: LookUpInvitation) -> InvitationLooked:
        ask = self._invitations.renew if effect.renew else self._invitations.look
        return InvitationLooked(invitation=await ask(me.address))
