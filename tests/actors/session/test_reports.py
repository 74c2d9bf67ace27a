"""A report or a block ends the chat at once, is booked whatever happens in between, and brings its evidence with it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from domain.model.ban import Ban
from domain.model.chat import ChatEnd
from domain.model.content import Text
from domain.model.events import ChatEnded, RelayedMessage, Separated
from domain.model.outgoing import AnswerPress, NotSent, Why
from domain.model.separation import Apart
from domain.trust.reports import Reason
from tests.actors.house import FIRST, House, a_house
from tests.virtual_time import in_virtual_time


def chat_of(person) -> str:
    return person.session._actor.session.place.chat.id


async def reports(person, reason: Reason = Reason.INSULT, marked: str = "", chat: str = "") -> None:
    await person.presses(f"report:{reason}:{chat or chat_of(person)}:{marked}")


def apart(house: House) -> dict:
    return {key: separation.why for key, (separation, _) in house.restrictions.kept.items()}


def toasts(person) -> list[str]:
    return [each.text for each in person.telegram.sent if isinstance(each, AnswerPress) and each.text]


async def never(*_) -> None:
    """Telegram does not answer."""
    await asyncio.Event().wait()


async def never_meet(house: House, *people) -> None:
    """Long after they count as recent partners."""
    house.pool.oracle.now += 10_000
    for person in people:
        await person.commands("find")
        await person.hears("searching", times=person.phone.count("searching") + 1)


@in_virtual_time
async def test_the_chat_ends_for_both_the_report_is_booked_and_they_never_meet_again():
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = chat_of(anna)
        await boris.says("give me your money")
        await anna.hears("give me your money")
        await anna.says("no")
        await boris.hears("no")
        await reports(anna, Reason.FRAUD)
        await anna.hears("report-booked")
        await boris.hears("partner-gone")
        (report,) = house.moderation.reports
        assert (report.reporter, report.reported, report.chat, report.reason) == (anna.address, boris.address, chat, Reason.FRAUD)
        assert [(said.by_reporter, said.text) for said in report.evidence] == [(False, "give me your money"), (True, "no")]
        assert report.answered
        assert apart(house) == {(anna.user, boris.user): Apart.REPORT}
        assert house.chats.ends == {chat: ChatEnd.REPORTED}
        assert [text for text in boris.phone if "report" in text] == []
        assert anna.phone.index("reported") < anna.phone.index("report-booked")
        await never_meet(house, anna, boris)


@in_virtual_time
async def test_it_ends_at_once_though_the_database_is_away_and_is_booked_when_it_is_back():
    async with a_house() as house:
        anna, boris = await house.chatting()
        for store in (house.chats, house.restrictions, house.moderation):
            store.away = True
        await reports(anna)
        await anna.hears("reported")
        await boris.hears("partner-gone")
        await house.rests()
        assert house.moderation.reports == []
        for store in (house.chats, house.restrictions, house.moderation):
            store.away = False
        await anna.hears("report-booked")
        assert len(house.moderation.reports) == 1
        assert anna.phone.count("reported") == 1


@in_virtual_time
async def test_a_report_whose_process_dies_behind_the_decision_is_booked_by_the_next_and_told():
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = chat_of(anna)
        house.pool.answers_lost = True
        async with house.restrictions.holding():
            await reports(anna)
            await house.restrictions.until(lambda: house.restrictions.held)
            house.pool.answers_lost = False
            anna.session.kill()
            house.directory.forget(anna.address, anna.session)
        house.stream.hand_out_again()
        await anna.hears("report-booked")
        assert [report.chat for report in house.moderation.reports] == [chat]
        assert "reported" in anna.phone
        await boris.hears("partner-gone")


@in_virtual_time
async def test_a_decision_whose_answer_is_lost_is_found_out_and_its_report_booked():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.pool.away = True
        await reports(anna)
        await house.rests()
        assert toasts(anna) == ["stores-down"]
        house.pool.away = False
        await anna.hears("report-booked")
        await boris.hears("partner-gone")


@in_virtual_time
async def test_pressed_twice_it_is_one_report_and_each_press_is_answered():
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = chat_of(anna)
        await reports(anna, Reason.ADS, chat=chat)
        await reports(anna, Reason.THREAT, chat=chat)
        await anna.hears("report-booked", times=2)
        assert [report.reason for report in house.moderation.reports] == [Reason.ADS]
        assert anna.phone.count("reported") == 1
        assert boris.phone.count("partner-gone") == 1
        presses = [each for each in anna.telegram.sent if isinstance(each, AnswerPress)]
        assert len({each.query for each in presses}) == 2


@in_virtual_time
async def test_after_the_chat_the_last_partner_is_reported_and_the_next_chat_goes_on():
    async with a_house() as house:
        anna, boris = await house.chatting()
        earlier = chat_of(anna)
        await boris.says("you idiot")
        await anna.hears("you idiot")
        await anna.commands("stop")
        await boris.hears("partner-left")
        await anna.commands("report")
        await anna.hears("report-ask")
        carla = await house.searching()
        await anna.commands("find")
        await anna.hears("matched", times=2)
        await reports(anna, chat=earlier)
        await anna.hears("report-booked")
        assert [said.text for said in house.moderation.reports[0].evidence] == ["you idiot"]
        await anna.says("still here")
        await carla.hears("still here")


@in_virtual_time
async def test_a_partner_whose_account_is_deleted_is_reported_all_the_same():
    """At Telegram, and here."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = chat_of(anna)
        await boris.says("come here")
        await anna.hears("come here")
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.GONE)
        await anna.says("who are you?")
        await anna.hears("partner-gone")
        del house.profiles.kept[boris.user]
        await anna.commands("report")
        await anna.hears("report-ask")
        await reports(anna, Reason.UNDER_AGE, chat=chat)
        await anna.hears("report-booked")
        assert [report.reported for report in house.moderation.reports] == [boris.address]


@in_virtual_time
async def test_a_session_that_forgot_everything_knows_the_last_partner_for_an_hour():
    async with a_house(idle_seconds=60) as house:
        anna, boris = await house.chatting()
        chat = chat_of(anna)
        await anna.commands("stop")
        await boris.hears("partner-left")
        await asyncio.sleep(400)
        assert anna.session is None
        house.pool.oracle.now += 3500
        await anna.commands("report")
        await anna.hears("report-ask")
        house.pool.oracle.now += 200
        await reports(anna, chat=chat)
        await anna.telegram.until(lambda: toasts(anna))
        assert toasts(anna) == ["report-too-late"]
        await anna.commands("report")
        await anna.hears("report-too-late")
        assert house.moderation.reports == []


@in_virtual_time
async def test_without_a_partner_or_about_a_chat_of_others_nothing_happens():
    async with a_house() as house:
        anna, boris = await house.chatting()
        carla = house.person()
        for name in ("report", "block"):
            await carla.commands(name)
            await carla.hears(f"{name}-nobody")
        await reports(carla, chat=chat_of(anna))
        await carla.telegram.until(lambda: "report-nobody" in toasts(carla))
        await anna.says("undisturbed")
        await boris.hears("undisturbed")
        assert house.moderation.reports == []
        assert apart(house) == {}


@in_virtual_time
async def test_evidence_that_telegram_no_longer_has_leaves_the_report():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await boris.says("gone soon")
        await anna.hears("gone soon")
        anna.telegram.sent.clear()
        await reports(anna)
        await anna.hears("report-booked")
        assert house.moderation.reports[0].evidence == ()
        assert house.moderation.reports[0].answered, "it may have been the partner's"


@in_virtual_time
async def test_a_telegram_that_does_not_answer_costs_the_evidence_and_not_the_report():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await boris.says("hello")
        await anna.hears("hello")
        await house.rests()

        anna.telegram.read_back = never
        await reports(anna)
        await boris.hears("partner-gone")
        assert "reported" in anna.phone
        assert "report-booked" not in anna.phone
        await anna.hears("report-booked")
        assert house.moderation.reports[0].evidence == ()


@in_virtual_time
async def test_who_said_nothing_is_told_apart_from_who_did():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.says("hello?")
        await boris.hears("hello?")
        await reports(anna)
        await anna.hears("report-booked")
        assert not house.moderation.reports[0].answered


@in_virtual_time
async def test_the_message_that_was_replied_to_is_marked_though_it_is_an_old_one():
    async with a_house() as house:
        anna, boris = await house.chatting()
        for number in range(30):
            await boris.says(f"number {number}")
        await anna.hears("number 29")
        await house.rests()
        await reports(anna, marked=str(anna.id_of("number 3")))
        await anna.hears("report-booked")
        evidence = house.moderation.reports[0].evidence
        assert [said.text for said in evidence] == ["number 3", *(f"number {number}" for number in range(11, 30))]
        assert [said.text for said in evidence if said.marked] == ["number 3"]


@in_virtual_time
async def test_what_a_message_said_before_it_was_edited_goes_with_the_report():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await boris.says("a terrible thing")
        await anna.hears("a terrible thing")
        await boris.edits(said, "a worse one", date=1000.0, written=900.0)
        await anna.hears("a worse one")
        await boris.edits(said, "a nice thing", date=1010.0, written=900.0)
        await anna.hears("a nice thing")
        await house.rests()
        await reports(anna)
        await anna.hears("report-booked")
        (kept,) = house.moderation.reports[0].evidence
        assert (kept.text, kept.earlier) == ("a nice thing", ("a terrible thing", "a worse one"))


@in_virtual_time
async def test_ones_own_earlier_forms_are_found_by_the_partners_numbers():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("what I wrote")
        await boris.hears("what I wrote")
        await anna.edits(said, "what I did not write", date=1000.0, written=900.0)
        await boris.hears("what I did not write")
        await house.rests()
        await reports(anna)
        await anna.hears("report-booked")
        (kept,) = house.moderation.reports[0].evidence
        assert (kept.by_reporter, kept.text, kept.earlier) == (True, "what I did not write", ("what I wrote",))


@in_virtual_time
async def test_a_typing_error_that_is_mended_at_once_costs_no_look():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await boris.says("helo")
        await anna.hears("helo")
        await boris.edits(said, "hello", date=905.0, written=900.0)
        await anna.hears("hello")
        assert anna.telegram.read == []
        assert house.earlier.kept == {}


@in_virtual_time
async def test_an_edit_arrives_though_nothing_can_be_read_or_kept():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await boris.says("one")
        await anna.hears("one")
        anna.telegram.read_back = never
        house.earlier.away = True
        await boris.edits(said, "two", date=1000.0, written=900.0)
        await anna.hears("two")
        await anna.says("seen")
        await boris.hears("seen")


@in_virtual_time
async def test_edits_from_afar_keep_their_order_though_the_first_takes_long_to_be_read():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await boris.says("one")
        await anna.hears("one")
        answers = iter([1.0, 0.0])

        async def slow(*_):
            await asyncio.sleep(next(answers))
            return ()

        anna.telegram.read_back = slow
        edit = RelayedMessage(
            user=anna.user,
            chat=chat_of(anna),
            source=boris.address,
            message=said.message,
            content=Text(text="two"),
            edits=anna.id_of("one"),
            late=True,
        )
        house.stream.add(FIRST, edit)
        house.stream.add(FIRST, replace(edit, content=Text(text="three")))
        await anna.hears("two")
        await anna.hears("three")
        assert anna.phone[-2:] == ["two", "three"]


@in_virtual_time
async def test_an_edit_that_is_read_while_the_chat_ends_reaches_nobody():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await boris.says("one")
        await anna.hears("one")
        asked = asyncio.Event()

        async def never_answered(*_):
            asked.set()
            await never()

        anna.telegram.read_back = never_answered
        await boris.edits(said, "two", date=1000.0, written=900.0)
        await asked.wait()
        await reports(anna)
        await anna.hears("report-booked")
        await house.rests()
        assert "two" not in anna.phone


@in_virtual_time
async def test_a_block_parts_and_is_lifted_by_its_owner_alone():
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = chat_of(anna)
        await anna.commands("block")
        await anna.hears("block-ask")
        await anna.presses(f"block:{chat}")
        await anna.hears("blocked")
        await boris.hears("partner-gone")
        await house.restrictions.until(lambda: house.restrictions.kept)
        assert apart(house) == {(anna.user, boris.user): Apart.BLOCK}
        assert house.chats.ends == {chat: ChatEnd.BLOCKED}
        await boris.commands("blocks")
        await boris.hears("blocks-none")
        await anna.commands("blocks")
        await anna.hears("blocks")
        await boris.presses("unblock:1000000")
        await boris.telegram.until(lambda: "block-lifted" in toasts(boris))
        assert len(apart(house)) == 1
        await anna.presses("unblock:1000000")
        await anna.hears("blocks-none")
        assert apart(house) == {}
        house.pool.oracle.now += 10_000
        await boris.commands("find")
        await boris.hears("searching", times=2)
        await anna.commands("find")
        await anna.hears("matched", times=2)


@in_virtual_time
async def test_a_block_of_the_last_partner_keeps_them_apart():
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = chat_of(anna)
        await boris.commands("stop")
        await anna.hears("partner-left")
        await anna.commands("block")
        await anna.hears("block-ask")
        await anna.presses(f"block:{chat}")
        await anna.hears("blocked")
        await never_meet(house, anna, boris)


@in_virtual_time
async def test_two_who_report_each_other_at_once_are_both_heard():
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = chat_of(anna)
        await asyncio.gather(reports(anna, chat=chat), reports(boris, chat=chat))
        await anna.hears("report-booked")
        await boris.hears("report-booked")
        assert {report.reporter for report in house.moderation.reports} == {anna.address, boris.address}
        assert len(house.stream.of(ChatEnded)) == 1
        assert len(house.stream.of(Separated)) == 2


@in_virtual_time
async def test_a_banned_person_may_still_report_who_they_talked_to():
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat, until = chat_of(anna), house.pool.oracle.now + 3600
        profile = house.profiles.kept[anna.user]
        spam = Ban(user=anna.user, until=until, reason="spam", by="rule")
        house.profiles.kept[anna.user] = replace(profile, banned_until=until, ban=spam)
        await house.pool.ban(anna.user, until)
        await anna.hears("banned")
        await boris.hears("partner-gone")
        await anna.commands("report")
        await anna.hears("report-ask")
        await reports(anna, chat=chat)
        await anna.hears("report-booked")
