"""What people ask of the pool, and what it answers; every test on Redis and on `memory://`."""

from __future__ import annotations

import pytest

from domain.matching.requests import Banned, Fenced, Find, Free, GetStatus, Leave, Mark, Paired, Waiting
from domain.model.chat import Chat, ChatEnd
from domain.model.events import ChatEnded, Expelled, Matched
from domain.model.ids import Address, ChatId, UserId
from domain.model.profile import AgeBand, Gender
from storage.redis.streams.event_codec import VERSION
from tests.storage.pool.town import BLUE, MINUTE, RED, all_keys, lease, mark, seeker

ANNA, BORIS, CLARA, DAVID = 1, 2, 3, 4


async def test_the_first_waits_and_the_second_is_paired_with_them(town):
    waiting = await town.finds(ANNA)
    assert waiting == Waiting(since=town.now, bot=RED, fresh=True, marks={})
    paired = await town.finds(seeker(BORIS, BLUE))
    assert paired.fresh
    assert paired.chat == Chat(id=paired.chat.id, first=Address(BLUE, BORIS), second=Address(RED, ANNA), started=town.now)
    assert await town.status_of(ANNA) == Paired(chat=paired.chat, marks={})


async def test_both_bots_are_told_of_a_match(town):
    await town.finds(ANNA)
    chat = (await town.finds(seeker(BORIS, BLUE))).chat
    assert await town.told(RED) == [Matched(user=UserId(ANNA), chat=chat)]
    assert await town.told(BLUE) == [Matched(user=UserId(BORIS), chat=chat)]


async def test_what_the_scripts_write_has_the_version_of_what_processes_write(town):
    await town.chatting(ANNA, BORIS)
    await town.pool.ban(UserId(ANNA), town.now + MINUTE)
    for stream in (town.keys.events(RED), town.keys.news):
        assert {fields[b"v"] for _, fields in await town.client.xrange(stream)} == {VERSION}


async def test_finding_again_while_waiting_changes_nothing(town):
    first = await town.finds(ANNA)
    town.now += MINUTE
    assert await town.finds(seeker(ANNA, BLUE)) == Waiting(since=first.since, bot=RED, fresh=False, marks={})


async def test_finding_while_in_a_chat_answers_that_chat(town):
    chat = await town.chatting(ANNA, BORIS)
    status = await town.finds(ANNA)
    assert status.chat.id == chat
    assert not status.fresh


async def test_cancel_ends_the_wait(town):
    await town.finds(ANNA)
    assert await town.cancels(ANNA) == Free(marks={})
    assert isinstance(await town.finds(BORIS), Waiting)


async def test_cancel_does_not_end_a_chat(town):
    chat = await town.chatting(ANNA, BORIS)
    assert (await town.cancels(ANNA)).chat.id == chat


async def test_leaving_frees_both_and_tells_the_other_only(town):
    chat = await town.chatting(ANNA, BORIS)
    assert await town.leaves(ANNA, chat, why=ChatEnd.STOPPED) == Free(marks={})
    assert await town.status_of(BORIS) == Free(marks={})
    assert (await town.told(RED))[2:] == [ChatEnded(user=UserId(BORIS), chat=chat, why=ChatEnd.STOPPED)]


async def test_where_somebody_is_gone_both_are_told(town):
    """Nobody asked for this end, so nobody would ask again after a crash."""
    chat = await town.chatting(ANNA, BORIS)
    assert await town.leaves(ANNA, chat, why=ChatEnd.GONE) == Free(marks={})
    told = [ChatEnded(user=UserId(user), chat=chat, why=ChatEnd.GONE) for user in (BORIS, ANNA)]
    assert (await town.told(RED))[2:] == told


async def test_leaving_twice_is_leaving_once(town):
    chat = await town.chatting(ANNA, BORIS)
    await town.leaves(ANNA, chat)
    told = await town.told(RED)
    assert await town.leaves(ANNA, chat) == Free(marks={})
    assert await town.leaves(BORIS, chat) == Free(marks={})
    assert await town.told(RED) == told


async def test_leaving_an_old_chat_does_not_end_the_new_one(town):
    old = await town.chatting(ANNA, BORIS)
    await town.leaves(ANNA, old)
    new = await town.chatting(ANNA, CLARA)
    assert (await town.leaves(ANNA, old)).chat.id == new


async def test_next_leaves_and_finds_in_one_step(town):
    chat = await town.chatting(ANNA, BORIS)
    await town.finds(CLARA)
    paired = await town.finds(ANNA, leaving=chat)
    assert paired.chat.partner_of(ANNA).user == CLARA
    assert await town.status_of(BORIS) == Free(marks={})
    assert ChatEnded(user=UserId(BORIS), chat=chat, why=ChatEnd.NEXT) in await town.told(RED)


async def test_next_from_a_chat_that_is_not_the_current_one_changes_nothing(town):
    chat = await town.chatting(ANNA, BORIS)
    assert (await town.finds(ANNA, leaving=ChatId("another"))).chat.id == chat


async def test_those_at_the_head_come_before_vips(town):
    await town.finds(seeker(ANNA, vip=True))
    await town.cancels(BORIS)
    await town.pool.block(UserId(ANNA), UserId(BORIS))
    town.now += 1
    await town.finds(BORIS, priority=True)
    assert (await town.finds(CLARA)).chat.partner_of(CLARA).user == BORIS


WOMEN, ANYBODY_ELSE = {Gender.FEMALE}, {Gender.FEMALE, Gender.OTHER}
MEN_OF_DIFFERENT_QUEUES = [
    {"band": AgeBand.FROM_18, "genders": WOMEN},
    {"band": AgeBand.FROM_18, "genders": ANYBODY_ELSE},
    {"band": AgeBand.FROM_55, "genders": WOMEN},
    {"band": AgeBand.FROM_55, "genders": ANYBODY_ELSE, "bands": {AgeBand.FROM_25}},
]
"""None of them would meet another."""


async def men_wait(town, *queues):
    """One after the other; they are numbered from 0."""
    for number, queue in enumerate(queues):
        man = seeker(number, gender=Gender.MALE, **MEN_OF_DIFFERENT_QUEUES[queue])
        assert isinstance(await town.finds(man), Waiting)
        town.now += 1


@pytest.mark.parametrize("queues", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
async def test_whoever_has_waited_longest_comes_first_whatever_they_are_and_wish_for(town, queues):
    await men_wait(town, *queues)
    met = [(await town.finds(seeker(10 + number))).chat.second.user for number in range(len(queues))]
    assert met == [0, 1, 2, 3]


@pytest.mark.parametrize("queues", [[0, 1, 0], [1, 0, 1]])
async def test_after_somebody_unwanted_the_next_is_whoever_has_waited_longest_in_any_queue(town, queues):
    await men_wait(town, *queues)
    await town.pool.block(UserId(10), UserId(0))
    met = [(await town.finds(seeker(10 + number))).chat.second.user for number in range(3)]
    assert met == [1, 0, 2]


async def test_a_vip_has_a_head_start_and_no_more(town):
    man, woman = Gender.MALE, Gender.FEMALE
    await town.finds(seeker(ANNA, gender=man, genders={woman}))
    town.now += 30
    await town.finds(seeker(BORIS, gender=man, vip=True, genders={woman}))
    town.now += 31
    assert (await town.finds(seeker(10, gender=woman))).chat.second.user == BORIS
    await town.finds(seeker(CLARA, gender=man, vip=True, genders={woman}))
    assert (await town.finds(seeker(11, gender=woman))).chat.second.user == ANNA


async def test_an_update_that_was_decided_is_not_decided_again(town):
    await town.finds(ANNA, pts=7)
    await town.cancels(ANNA, pts=8)
    assert await town.finds(ANNA, pts=7) == Free(marks={RED: 8})
    assert await town.finds(ANNA, pts=8) == Free(marks={RED: 8})
    assert (await town.finds(ANNA, pts=9)).fresh


async def test_marks_are_kept_for_each_bot_apart(town):
    await town.finds(ANNA, pts=700)
    status = await town.finds(seeker(ANNA, BLUE), pts=3)
    assert status.marks == {RED: 700, BLUE: 3}


async def test_a_request_that_changes_nothing_leaves_its_mark_too(town):
    await town.cancels(ANNA, pts=5)
    assert await town.status_of(ANNA) == Free(marks={RED: 5})


async def test_a_press_leaves_no_mark(town):
    await town.finds(ANNA, pts=5)
    assert (await town.cancels(ANNA)).marks == {RED: 5}


async def test_a_former_owner_is_refused_and_changes_nothing(town):
    await town.finds(ANNA, pts=1)
    await town.serve(lease(RED, "another", 2))
    assert await town.cancels(ANNA, pts=2) == Fenced()
    assert await town.finds(BORIS) == Fenced()
    assert isinstance(await town.status_of(ANNA), Waiting)
    assert await town.status_of(BORIS) == Free(marks={})


async def test_the_same_owner_under_an_older_token_is_refused(town):
    await town.serve(lease(RED, "worker", 2))
    assert await town.finds(ANNA) == Fenced()


async def test_a_bot_that_nobody_serves_has_no_users(town):
    await town.client.delete(town.keys.lease(RED))
    assert await town.finds(ANNA) == Fenced()


async def test_scopes_keep_users_of_two_bots_apart(town):
    await town.finds(seeker(ANNA, RED, scope=str(RED)))
    assert isinstance(await town.finds(seeker(BORIS, BLUE, scope=str(BLUE))), Waiting)
    assert isinstance(await town.finds(seeker(CLARA, RED, scope=str(RED))), Paired)


@pytest.mark.parametrize("minor_comes_first", [True, False])
async def test_minors_meet_minors_only_whatever_is_wished_or_paid(town, minor_comes_first):
    minor = seeker(ANNA, band=AgeBand.MINOR, vip=True, bands=set(AgeBand))
    adult = seeker(BORIS, vip=True, bands=set(AgeBand))
    for who in [minor, adult] if minor_comes_first else [adult, minor]:
        assert isinstance(await town.finds(who), Waiting)
    await town.pool.sweep(pairs=10)
    assert isinstance(await town.status_of(ANNA), Waiting)
    assert (await town.finds(seeker(CLARA, band=AgeBand.MINOR))).chat.second.user == ANNA


@pytest.mark.parametrize(("one", "other"), [(ANNA, BORIS), (BORIS, ANNA)])
async def test_the_blocked_do_not_meet_whoever_blocked_whom(town, one, other):
    await town.pool.block(UserId(one), UserId(other))
    await town.finds(ANNA)
    assert isinstance(await town.finds(BORIS), Waiting)


async def test_a_block_is_lifted_only_by_the_one_who_set_it(town):
    await town.pool.block(UserId(ANNA), UserId(BORIS))
    await town.pool.block(UserId(BORIS), UserId(ANNA))
    await town.pool.block(UserId(ANNA), UserId(BORIS), blocked=False)
    await town.finds(ANNA)
    assert isinstance(await town.finds(BORIS), Waiting)
    await town.pool.block(UserId(BORIS), UserId(ANNA), blocked=False)
    assert await town.pool.sweep(pairs=10) == 1


async def test_a_ban_ends_the_search_and_refuses_the_next_until_it_is_over(town):
    await town.finds(ANNA)
    await town.pool.ban(UserId(ANNA), town.now + MINUTE)
    assert await town.told(RED) == [Expelled(user=UserId(ANNA), until=town.now + MINUTE)]
    assert await town.finds(ANNA) == Banned(until=town.now + MINUTE, marks={})
    assert isinstance(await town.finds(BORIS), Waiting)
    town.now += MINUTE
    assert isinstance(await town.finds(ANNA), Paired)


async def test_a_ban_ends_the_chat_and_tells_both(town):
    await town.finds(ANNA)
    chat = (await town.finds(seeker(BORIS, BLUE))).chat.id
    await town.pool.ban(UserId(BORIS), float("inf"))
    assert await town.status_of(BORIS) == Banned(until=float("inf"), marks={})
    assert await town.status_of(ANNA) == Free(marks={})
    assert (await town.told(RED))[-1] == ChatEnded(user=UserId(ANNA), chat=chat, why=ChatEnd.BANNED)
    assert (await town.told(BLUE))[-1] == Expelled(user=UserId(BORIS), until=None, chat=chat)


@pytest.mark.parametrize("busy", ["chatting", "searching", "idle", "unknown"])
@pytest.mark.parametrize("days", [1 / 24, 8, 30, 365, float("inf")])
async def test_a_ban_holds_as_long_as_it_says_though_the_banned_do_nothing(town, days, busy):
    """The pool may forget the banned once their ban is over, and never before."""
    if busy != "unknown":
        await town.finds(ANNA, pts=1)
    if busy == "chatting":
        await town.finds(BORIS)
    if busy == "idle":
        await town.cancels(ANNA, pts=2)
    seconds = days * 24 * 60 * MINUTE
    await town.pool.ban(UserId(ANNA), town.now + seconds)
    remembered_for = await town.client.pttl(town.keys.user(UserId(ANNA)))
    assert remembered_for == -1 or remembered_for > (seconds - MINUTE) * 1000
    assert (remembered_for == -1) == (seconds == float("inf"))


async def test_a_ban_can_be_lifted(town):
    await town.pool.ban(UserId(ANNA), float("inf"))
    await town.pool.ban(UserId(ANNA), 0)
    assert await town.status_of(ANNA) == Free(marks={})


async def test_widened_wishes_keep_the_waiting_time(town):
    woman = {Gender.FEMALE}
    await town.finds(seeker(ANNA, gender=Gender.MALE, vip=True, genders=woman), pts=1)
    since = town.now
    town.now += MINUTE
    wider = await town.updates_search(seeker(ANNA, gender=Gender.MALE, vip=True), pts=2)
    assert wider == Waiting(since=since, bot=RED, fresh=False, marks={RED: 2})
    assert isinstance(await town.finds(seeker(BORIS, gender=Gender.MALE)), Paired)


async def test_widening_pairs_at_once_where_it_can(town):
    await town.finds(seeker(BORIS, gender=Gender.MALE))
    await town.finds(seeker(ANNA, gender=Gender.MALE, vip=True, genders={Gender.FEMALE}))
    paired = await town.updates_search(seeker(ANNA, BLUE, gender=Gender.MALE, vip=True))
    assert paired.fresh
    assert paired.chat.first == Address(RED, ANNA), "the search began at this bot"


async def test_widening_without_a_search_changes_nothing(town):
    assert await town.updates_search(seeker(ANNA)) == Free(marks={})


async def test_the_sweep_pairs_those_whose_recents_ran_out(town):
    chat = await town.chatting(ANNA, BORIS)
    await town.leaves(ANNA, chat)
    await town.finds(ANNA)
    assert isinstance(await town.finds(BORIS), Waiting)
    town.now += 10 * MINUTE - 1
    assert await town.pool.sweep(pairs=10) == 0
    await town.cancels(ANNA)
    await town.cancels(BORIS)
    town.now += 10 * MINUTE
    await town.finds(ANNA)
    town.now += 1
    assert isinstance(await town.status_of(BORIS), Free)
    assert isinstance(await town.finds(BORIS), Paired)


async def test_a_sweep_makes_as_many_pairs_as_it_was_asked_and_the_next_goes_on(town):
    people = range(1, 21)
    await keep_apart(town, people)
    for user in people:
        await town.finds(user)
    await keep_apart(town, people, blocked=False)
    assert [await town.pool.sweep(pairs=4) for _ in range(4)] == [4, 4, 2, 0]


async def test_a_sweep_sees_everybody_of_one_instant(town):
    """More people than a page holds, all with the same score."""
    people = range(1, 121)
    await town.decides(*(town.find(seeker(user, gender=Gender.MALE, genders={Gender.FEMALE})) for user in people))
    await town.pool.block(UserId(500), UserId(1))
    await town.finds(seeker(500, gender=Gender.MALE, genders={Gender.FEMALE}))
    assert await town.pool.sweep(pairs=100) == 0
    assert (await town.pool.counts()).waiting == 121


async def test_a_queue_says_why_nobody_in_it_meets_anybody(town):
    men = {Gender.MALE}
    await town.finds(seeker(ANNA, gender=Gender.MALE, genders={Gender.FEMALE}))
    assert [queue.why for queue in (await town.pool.counts()).queues] == ["Nobody else waits."]
    await town.finds(seeker(BORIS, gender=Gender.MALE, genders={Gender.FEMALE}, vip=True))
    await town.finds(seeker(CLARA, gender=Gender.FEMALE, genders=men, bands={AgeBand.FROM_55}))
    await town.finds(seeker(500, gender=Gender.OTHER, band=AgeBand.MINOR))
    why = {(queue.gender, queue.band): queue.why for queue in (await town.pool.counts()).queues}
    assert why == {
        ("male", "from_25"): "Whom they want wants others.",
        ("female", "from_25"): "Nobody of a wanted age waits.",
        ("other", "minor"): "Only adults wait besides, and minors meet minors.",
    }


async def test_a_queue_whose_people_have_all_met_or_blocked_each_other_says_so_after_some_looks(town):
    await keep_apart(town, (ANNA, BORIS))
    await town.finds(ANNA)
    await town.finds(BORIS)
    assert [queue.why for queue in (await town.pool.counts()).queues] == [""]
    town.now += MINUTE
    (queue,) = (await town.pool.counts()).queues
    assert queue.why.startswith("Whoever fits was met")


async def test_searches_end_when_their_time_is_up(town):
    woman = {Gender.FEMALE}
    await town.finds(seeker(ANNA, gender=Gender.MALE, genders=woman))
    await town.finds(seeker(BORIS, gender=Gender.MALE, genders=woman, vip=True))
    await town.finds(seeker(CLARA, gender=Gender.MALE, genders=woman), priority=True)
    town.now += 10 * MINUTE - 1
    await town.finds(seeker(DAVID, gender=Gender.MALE, genders=woman, vip=True), priority=True)
    await town.pool.sweep(pairs=10)
    assert await town.told(RED) == []
    town.now += 1
    await town.pool.sweep(pairs=10)
    assert {event.user for event in await town.told(RED)} == {ANNA, BORIS, CLARA}
    assert isinstance(await town.status_of(ANNA), Free)
    assert isinstance(await town.status_of(DAVID), Waiting)


async def test_counts(town):
    await town.chatting(ANNA, BORIS)
    await town.finds(seeker(CLARA, band=AgeBand.MINOR, vip=True))
    town.now += 5
    await town.finds(seeker(DAVID, gender=Gender.OTHER), priority=True)
    counts = await town.pool.counts()
    assert (counts.waiting, counts.chats, counts.oldest_wait) == (2, 1, 5)
    queues = {(each.gender, each.band): (each.waiting, each.vips, each.oldest) for each in counts.queues}
    assert queues == {("female", "minor"): (1, 1, 5), ("other", "from_25"): (1, 0, 0)}


async def test_a_queue_holds_free_people_and_vips_whatever_they_wish(town):
    for user, wished in ((ANNA, Gender.MALE), (BORIS, Gender.OTHER)):
        await town.finds(seeker(user, gender=Gender.FEMALE, genders={wished}, vip=user == BORIS))
        town.now += 3
    (queue,) = (await town.pool.counts()).queues
    assert (queue.gender, queue.waiting, queue.vips, queue.oldest) == ("female", 2, 1, 6)


async def test_it_is_known_how_long_ago_the_queue_was_swept(town):
    await town.finds(CLARA)
    assert (await town.pool.counts()).swept is None
    await town.pool.sweep(pairs=1)
    town.now += 7
    assert (await town.pool.counts()).swept == 7


async def test_requests_of_one_batch_are_decided_in_their_order(town):
    answers = await town.decides(
        town.find(ANNA),
        town.find(BORIS),
        GetStatus(user=UserId(ANNA)),
        Leave(address=Address(RED, UserId(ANNA)), chat=ChatId("chat-2"), why=ChatEnd.STOPPED, mark=mark(RED)),
        GetStatus(user=UserId(BORIS)),
    )
    assert [type(answer) for answer in answers] == [Waiting, Paired, Paired, Free, Free]


async def test_an_unknown_script_is_loaded_within_the_batch(town):
    await town.finds(ANNA)
    await town.client.script_flush()
    answers = await town.decides(GetStatus(user=UserId(ANNA)), town.find(BORIS), GetStatus(user=UserId(ANNA)), town.find(CLARA))
    assert [type(answer) for answer in answers] == [Waiting, Paired, Paired, Waiting]


@pytest.mark.parametrize("chat", ["", 'a"b', "a:b", "x" * 65])
async def test_a_chat_id_that_could_not_stand_in_a_key_is_refused(town, chat):
    with pytest.raises(ValueError, match="chat's id"):
        await town.decides(Find(seeker=seeker(ANNA), chat=ChatId(chat), mark=Mark(lease=lease(RED))))


async def test_a_free_persons_record_fades(town):
    chat = await town.chatting(ANNA, BORIS)
    record = town.keys.user(UserId(ANNA))
    assert await town.client.ttl(record) == -1
    await town.leaves(ANNA, chat, pts=3)
    assert await town.client.ttl(record) > 0
    await town.finds(ANNA)
    assert await town.client.ttl(record) == -1


async def test_nothing_is_left_of_a_queue_that_emptied(town):
    await town.finds(ANNA)
    await town.cancels(ANNA)
    chat = await town.chatting(CLARA, DAVID)
    await town.leaves(CLARA, chat)
    await town.pool.sweep(pairs=1)
    lasting = {town.keys.lease(RED), town.keys.lease(BLUE), f"{town.keys.tag}:swept"}
    left = await all_keys(town.client) - lasting
    assert left == {town.keys.events(RED), f"{town.keys.tag}:recent:{CLARA}:{DAVID}"}


async def keep_apart(town, people, *, blocked=True):
    for one in people:
        for other in people:
            if one < other:
                await town.pool.block(UserId(one), UserId(other), blocked=blocked)
