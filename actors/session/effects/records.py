"""What is written into the records, and the partner's card, which is read from them."""

from __future__ import annotations

import logging

from actors.messages import NoteStanding
from actors.session.data import SessionData
from actors.session.standing import note_standing
from actors.session.unit_of_work import UnitOfWork
from domain.model.outgoing import Lane, Send
from domain.model.profile_changes import Begin
from domain.ports.records import Chats, Profiles
from domain.ports.review import Appeals
from domain.session import seeking
from domain.session.effects import Appeal, ChangeProfile, Introduce, LookUpBan, NoteSearch, RecordChat, RecordEnd
from domain.session.facts import Appealed, BanLooked, Begun
from domain.session.notices import notices

logger = logging.getLogger(__name__)
admin_log = logging.getLogger("actors.admin.appeals")


class Records:
    def __init__(self, profiles: Profiles, chats: Chats, appeals: Appeals) -> None:
        self._profiles = profiles
        self._chats = chats
        self._appeals = appeals

    async def change_profile(self, me: SessionData, _unit: UnitOfWork, effect: ChangeProfile) -> Begun | None:
        """Of somebody new the records may know more: they had their data deleted."""
        await self._profiles.change(me.address.user, effect.change)
        if not isinstance(effect.change, Begin):
            return None
        profile = await self._profiles.get(me.address.user)
        return None if profile is None else Begun(profile=profile)

    async def record_chat(self, _me: SessionData, _unit: UnitOfWork, effect: RecordChat) -> None:
        await self._chats.opened(effect.chat)

    async def record_end(self, me: SessionData, unit: UnitOfWork, effect: RecordEnd) -> None:
        await me.ends.record(me, unit, effect)

    async def note_search(self, me: SessionData, unit: UnitOfWork, effect: NoteSearch) -> None:
        """Of a search that is over the note is taken away once all that this unit says has been sent."""
        if effect.searching:
            await note_standing(me)
        else:
            unit.end_with(lambda: me.actor_ref.ask(NoteStanding(), timeout=None))

    async def introduce(self, me: SessionData, unit: UnitOfWork, effect: Introduce) -> None:
        partner = await self._profiles.get(effect.chat.partner_of(me.address.user).user)
        assert me.session is not None
        if partner is None or not partner.complete:
            logger.error("%s: the partner of chat %s has no profile", me.address, effect.chat.id)
            return
        notice = notices.partner_found(seeking.card(partner, now=me.world.clock()), me.session.language)
        key = f"chat:{effect.chat.id}:{me.address.user}:found"
        me.submit(unit, Send(to=me.address.user, key=key, body=notice, lane=Lane.ANSWER))

    async def look_up_ban(self, me: SessionData, _unit: UnitOfWork, effect: LookUpBan) -> BanLooked:
        return BanLooked(until=effect.until, profile=await self._profiles.read_anew(me.address.user))

    async def appeal(self, me: SessionData, _unit: UnitOfWork, effect: Appeal) -> Appealed:
        refused = await self._appeals.appeal(me.address, effect.text)
        if effect.text:
            admin_log.info("%s --Appealed--> %s", me.address, refused or "waits for an answer")
        return Appealed(text=effect.text, refused=refused)
