"""Pictures of newcomers, of the reported and of minors are judged before they are passed on, if there is a judge."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec import structs

from actors.moderation.messages import NoteFinding
from actors.runtime.actor import Actor
from domain.ask import reply
from domain.errors import Unavailable
from domain.model.content import Media
from domain.model.ids import Pts
from domain.model.inbound import MessageEdited
from domain.ports.judge import Judgement
from tests.actors.house import FIRST, SECOND, House, Person, a_house
from tests.virtual_time import in_virtual_time


class ModerationTwin(Actor[Any]):
    """Notes findings, or has no store for the first `fails` of them."""

    def __init__(self, fails: int = 0) -> None:
        super().__init__()
        self.noted: list[NoteFinding] = []
        self.fails = fails

    def on_receive(self, message: Any) -> Any:
        return reply(message, self._note(message))

    async def _note(self, note: NoteFinding) -> None:
        if self.fails:
            self.fails -= 1
            raise Unavailable("no store")
        self.noted.append(note)


@asynccontextmanager
async def judged_chat(*, url: str = "http://judge", age: int = 25, watched: bool = True, media: str = "all"):
    """Anna, whose pictures may be judged, and Boris."""
    async with a_house() as house:
        now = house.live.current
        house.live.swap(
            structs.replace(now, trust=structs.replace(now.trust, judge_url=url, media="open", minors_media=media)), {}
        )
        boris = house.person(SECOND, age=age)
        await boris.commands("find")
        await boris.hears("searching")
        anna = house.person(FIRST, age=age)
        house.watched.users = {anna.user} if watched else set()
        await anna.commands("find")
        await anna.hears("matched")
        await boris.hears("matched")
        await house.rests()
        yield house, anna, boris


def moderated(house: House, fails: int = 0) -> Any:
    twin = ModerationTwin.start(fails)
    house.moderator_handle.found(twin)
    return twin


def pictures_of(person: Person) -> int:
    return person.phone.count("Media")


@in_virtual_time
async def test_a_picture_is_passed_on_once_the_judge_has_nothing_against_it():
    async with judged_chat() as (_, anna, boris):
        async with anna.telegram.holding():
            picture = await anna.sends_file()
            await anna.telegram.until(lambda: anna.telegram.judged)
            assert pictures_of(boris) == 0
        await anna.is_answered(picture)
        assert pictures_of(boris) == 1


@in_virtual_time
async def test_what_is_said_after_a_picture_does_not_wait_for_the_judge():
    async with judged_chat() as (_, anna, boris):
        async with anna.telegram.holding():
            await anna.sends_file()
            await anna.says("meanwhile")
            await boris.hears("meanwhile")
            assert pictures_of(boris) == 0
        await boris.hears("Media")


@pytest.mark.parametrize("case", ["no judge", "nobody to watch", "a text"])
@in_virtual_time
async def test_others_are_not_judged(case):
    more = {"no judge": {"url": ""}, "nobody to watch": {"watched": False}, "a text": {}}[case]
    async with judged_chat(**more) as (_, anna, _boris):
        said = await anna.says("hi") if case == "a text" else await anna.sends_file()
        await anna.is_answered(said)
        assert anna.telegram.judged == []


@in_virtual_time
async def test_pictures_of_minors_are_judged_whoever_they_are():
    async with judged_chat(age=15, watched=False) as (_, anna, boris):
        await anna.is_answered(await anna.sends_file())
        assert (len(anna.telegram.judged), pictures_of(boris)) == (1, 1)


@in_virtual_time
async def test_while_the_records_are_away_everybody_is_judged():
    async with judged_chat(watched=False) as (house, anna, _):
        house.watched.away = True
        await anna.is_answered(await anna.sends_file())
        assert len(anna.telegram.judged) == 1


@in_virtual_time
async def test_a_held_picture_is_not_passed_on_and_its_sender_reads_so():
    async with judged_chat() as (house, anna, boris):
        moderation = moderated(house)
        anna.telegram.judgement = Judgement.HOLD
        await anna.is_answered(await anna.sends_file())
        await anna.hears("not-delivered-picture-held")
        assert pictures_of(boris) == 0
        assert moderation._actor.noted == []
        anna.telegram.judgement = Judgement.NOTHING
        await anna.is_answered(await anna.sends_file())
        assert pictures_of(boris) == 1


@pytest.mark.parametrize("fails", [0, 3])
@in_virtual_time
async def test_whoever_sends_a_known_illegal_picture_is_held_though_a_store_is_away_for_a_while(fails):
    async with judged_chat() as (house, anna, boris):
        moderation = moderated(house, fails)
        anna.telegram.has_channel = True
        anna.telegram.judgement = Judgement.MATCH
        picture = await anna.sends_file()
        await anna.is_answered(picture)
        await anna.hears("not-delivered-picture-held")
        assert pictures_of(boris) == 0
        (note,) = moderation._actor.noted
        assert (note.who, note.finding.rule, note.finding.hold) == (anna.address, "known-picture", True)
        (chat,) = house.chats.open
        assert note.finding.detail == f"photo in chat {chat}"


@in_virtual_time
async def test_an_edit_that_brings_a_picture_is_judged():
    async with judged_chat() as (_, anna, boris):
        said = await anna.says("a text")
        await boris.hears("a text")
        anna.telegram.judgement = Judgement.HOLD
        picture = (await anna.sends_file()).content
        await anna.hears("not-delivered-picture-held")
        edited = MessageEdited(user=anna.user, pts=Pts(next(anna.telegram.ids)), message=said.message, content=picture)
        await anna.does(edited)
        await anna.is_answered(edited)
        await anna.hears("not-delivered-picture-held", times=2)
        assert not any(isinstance(getattr(each, "body", None), Media) for each in boris.telegram.sent)


@in_virtual_time
async def test_a_reply_to_a_picture_that_is_judged_comes_after_it_as_a_reply():
    async with judged_chat() as (_, anna, boris):
        async with anna.telegram.holding():
            picture = await anna.sends_file(caption="look")
            await anna.says("at this", reply_to=picture.message)
        await boris.hears("at this")
        assert boris.message("at this").reply_to == boris.id_of_caption("look")


@in_virtual_time
async def test_a_picture_of_a_chat_that_is_over_by_then_is_not_passed_on():
    async with judged_chat() as (_, anna, boris):
        async with anna.telegram.holding():
            await anna.sends_file()
            await boris.commands("stop")
            await boris.hears("you-left")
        await anna.hears("partner-left")
        assert pictures_of(boris) == 0
