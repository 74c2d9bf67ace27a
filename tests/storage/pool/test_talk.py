"""What the pool decides for people who talk or have talked: questions to talk about, an exchange of names, the last partner once
more. Every test on Redis and on `memory://`.
"""

from __future__ import annotations

import pytest

from domain.matching.requests import Free, Paired, Waiting
from domain.matching.talk import NAMES_SECONDS, TOPIC_SECONDS, AskTopic, OfferName, Return
from domain.model.bot import Lease
from domain.model.events import Matched, NamesOffered, NamesShown, TopicGiven
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.model.profile import AgeBand
from storage.redis.pool.pool import RedisPool
from tests.storage.pool.town import BLUE, LIVE, MINUTE, RED, Town, all_keys, mark, seeker

ANNA, BORIS, CLARA = 1, 2, 3
BOTS = {ANNA: RED, BORIS: BLUE, CLARA: RED}
SILENCE = 60 * MINUTE


async def chatting(town: Town, one: int = ANNA, other: int = BORIS) -> ChatId:
    await town.finds(seeker(one, BOTS[one]))
    paired = await town.finds(seeker(other, BOTS[other]))
    assert isinstance(paired, Paired)
    return paired.chat.id


async def told(town: Town, kind: type, user: int) -> list:
    return [event for event in await town.told(BOTS[user]) if isinstance(event, kind) and event.user == user]


async def silence_passes(town: Town, seconds: float, *, pools: int = 1) -> None:
    """While each of so many processes looks for silent chats."""
    others = [RedisPool(town.client, town.keys, LIVE, clock=lambda: town.now) for _ in range(pools - 1)]
    end = town.now + seconds
    while town.now < end:
        town.now = min(end, town.now + MINUTE / 2)
        for pool in (town.pool, *others):
            await pool.end_idle(SILENCE)


# --- ice-breakers


async def test_a_silent_chat_gets_one_question_and_both_the_same(town: Town):
    chat = await chatting(town)
    await silence_passes(town, SILENCE / 2 - MINUTE, pools=2)
    assert await told(town, TopicGiven, ANNA) == []
    await silence_passes(town, SILENCE / 2 - MINUTE, pools=2)
    (for_anna,) = await told(town, TopicGiven, ANNA)
    (for_boris,) = await told(town, TopicGiven, BORIS)
    assert (for_anna.chat, for_anna.number) == (for_boris.chat, for_boris.number) == (chat, for_anna.number)
    assert isinstance(await town.status_of(ANNA), Paired), "a question is no end"


async def test_each_silence_has_its_question(town: Town):
    chat = await chatting(town)
    await silence_passes(town, SILENCE / 2 + 5 * MINUTE)
    await town.pool.touch([chat])
    await silence_passes(town, SILENCE / 2 + 5 * MINUTE)
    first, second = await told(town, TopicGiven, ANNA)
    assert first.number != second.number


async def test_a_chat_in_which_people_write_gets_no_question(town: Town):
    chat = await chatting(town)
    for _ in range(20):
        await silence_passes(town, 10 * MINUTE)
        await town.pool.touch([chat])
    assert await told(town, TopicGiven, ANNA) == []


async def test_time_in_which_nobody_was_served_is_no_silence(town: Town):
    await chatting(town)
    await silence_passes(town, MINUTE)
    town.now += SILENCE
    await silence_passes(town, SILENCE / 2 - MINUTE)
    assert await told(town, TopicGiven, ANNA) == []
    await silence_passes(town, 2 * MINUTE)
    assert len(await told(town, TopicGiven, ANNA)) == 1


async def test_the_question_does_not_come_again_after_a_pause(town: Town):
    await chatting(town)
    await silence_passes(town, SILENCE / 2 + MINUTE)
    town.now += 5 * MINUTE
    await silence_passes(town, SILENCE - MINUTE)
    assert len(await told(town, TopicGiven, ANNA)) == 1


@pytest.mark.parametrize("jump", [2 * SILENCE, -2 * SILENCE])
async def test_a_clock_that_is_set_brings_no_second_question(town: Town, jump: float):
    await chatting(town)
    await silence_passes(town, SILENCE / 2 + MINUTE)
    town.now += jump
    await silence_passes(town, SILENCE - MINUTE)
    assert len(await told(town, TopicGiven, ANNA)) == 1
    chat = await town.status_of(ANNA)
    await town.pool.touch([chat.chat.id])
    before = len(await told(town, TopicGiven, ANNA))
    await silence_passes(town, SILENCE / 2 + MINUTE)
    assert len(await told(town, TopicGiven, ANNA)) == before + 1, "the next silence has its question"


async def test_many_silent_chats_get_theirs_one_page_after_the_other(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("storage.redis.pool.pool.IDLE_AT_ONCE", 3)
    for number in range(100, 120, 2):
        await town.chatting(number, number + 1)
    await silence_passes(town, SILENCE / 2 + 10 * MINUTE)
    questioned = [event.user for event in await town.told(RED) if isinstance(event, TopicGiven)]
    assert sorted(questioned) == list(range(100, 120))


async def test_a_server_that_has_lost_its_memory_asks_nothing_at_once(town: Town):
    await chatting(town)
    await silence_passes(town, SILENCE / 2 + MINUTE)
    await town.client.delete(f"{town.keys.tag}:watched")
    await silence_passes(town, MINUTE)
    assert len(await told(town, TopicGiven, ANNA)) == 1


# --- /topic


async def asks_topic(town: Town, user: int, chat: ChatId, pts: int | None = None) -> bool:
    """Whether there was one."""
    bot = BOTS[user]
    (answer,) = await town.decides(AskTopic(address=Address(bot, UserId(user)), chat=chat, mark=mark(bot, pts)))
    return isinstance(answer, Paired) and answer.fresh


async def test_a_topic_goes_to_both_and_the_next_not_at_once(town: Town):
    chat = await chatting(town)
    assert await asks_topic(town, ANNA, chat)
    town.now += TOPIC_SECONDS - 1
    assert not await asks_topic(town, BORIS, chat), "whoever of the two asks"
    town.now += 1
    assert await asks_topic(town, BORIS, chat)
    first, second = await told(town, TopicGiven, ANNA)
    assert [first.number, second.number] == [event.number for event in await told(town, TopicGiven, BORIS)]
    assert first.number != second.number


async def test_a_topic_that_is_asked_for_again_after_a_crash_is_given_once(town: Town):
    chat = await chatting(town)
    assert await asks_topic(town, ANNA, chat, pts=7)
    town.now += MINUTE
    assert not await asks_topic(town, ANNA, chat, pts=7)
    assert len(await told(town, TopicGiven, BORIS)) == 1


async def test_there_is_no_topic_for_a_chat_that_is_over(town: Town):
    chat = await chatting(town)
    await town.leaves(ANNA, chat)
    assert not await asks_topic(town, ANNA, chat)
    assert await told(town, TopicGiven, BORIS) == []


# --- names


async def offers(town: Town, user: int, chat: ChatId, pts: int | None = None, name: str = "") -> bool:
    bot = BOTS[user]
    offer = OfferName(address=Address(bot, UserId(user)), chat=chat, name=name or f"name_{user}", mark=mark(bot, pts))
    (answer,) = await town.decides(offer)
    return isinstance(answer, Paired) and answer.fresh


async def test_names_are_shown_to_both_once_both_want_it(town: Town):
    chat = await chatting(town)
    assert await offers(town, ANNA, chat)
    assert await told(town, NamesOffered, BORIS) == [NamesOffered(user=UserId(BORIS), chat=chat)]
    assert await told(town, NamesShown, BORIS) == [], "the first offer shows nothing"
    assert await offers(town, BORIS, chat)
    assert await told(town, NamesShown, ANNA) == [NamesShown(user=UserId(ANNA), chat=chat, name="name_2")]
    assert await told(town, NamesShown, BORIS) == [NamesShown(user=UserId(BORIS), chat=chat, name="name_1")]


async def test_one_offer_repeated_is_still_one(town: Town):
    chat = await chatting(town)
    assert await offers(town, ANNA, chat)
    assert not await offers(town, ANNA, chat)
    assert len(await told(town, NamesOffered, BORIS)) == 1
    assert await told(town, NamesShown, BORIS) == []


async def test_an_offer_that_is_too_old_is_a_new_one(town: Town):
    chat = await chatting(town)
    await offers(town, ANNA, chat)
    town.now += NAMES_SECONDS
    assert await offers(town, BORIS, chat)
    assert await told(town, NamesShown, ANNA) == await told(town, NamesShown, BORIS) == []
    assert len(await told(town, NamesOffered, ANNA)) == 2


async def test_no_name_stays_behind(town: Town):
    chat = await chatting(town)
    await offers(town, ANNA, chat)
    key = f"{town.keys.tag}:names:{chat}"
    assert 0 < await town.client.ttl(key) <= NAMES_SECONDS
    await offers(town, BORIS, chat)
    assert key not in await all_keys(town.client)


async def test_there_is_no_exchange_in_a_chat_that_is_over(town: Town):
    chat = await chatting(town)
    await offers(town, ANNA, chat)
    await town.leaves(ANNA, chat)
    assert not await offers(town, BORIS, chat)
    assert await told(town, NamesShown, ANNA) == []


async def test_what_is_no_user_name_is_refused(town: Town):
    chat = await chatting(town)
    with pytest.raises(ValueError, match="user name"):
        await offers(town, ANNA, chat, name='x","user":7,"')


# --- the last partner once more


async def returns(town: Town, user: int, partner: int, former: ChatId, *, seconds: float = 600.0, **more):
    who = seeker(user, more.pop("bot", BOTS[user]), **more)
    ids = {"former": former, "partner": UserId(partner), "chat": ChatId(f"again-{user}-{town.now:.0f}")}
    (answer,) = await town.decides(Return(seeker=who, seconds=seconds, mark=mark(who.address.bot), **ids))
    return answer


async def parted(town: Town) -> ChatId:
    chat = await chatting(town)
    await town.leaves(ANNA, chat)
    return chat


async def test_two_who_both_wish_it_talk_again_though_they_have_just_met(town: Town):
    chat = await parted(town)
    assert isinstance(await returns(town, ANNA, BORIS, chat), Free)
    answer = await returns(town, BORIS, ANNA, chat)
    assert isinstance(answer, Paired)
    assert (answer.fresh, answer.chat.first, answer.chat.second) == (True, Address(BLUE, BORIS), Address(RED, ANNA))
    for user in (ANNA, BORIS):
        assert (await told(town, Matched, user))[-1] == Matched(user=UserId(user), chat=answer.chat, again=True)
    assert f"{town.keys.tag}:again:{chat}" not in await all_keys(town.client)


async def test_the_wish_of_one_tells_the_other_nothing(town: Town):
    chat = await parted(town)
    before = await town.told(BLUE)
    await returns(town, ANNA, BORIS, chat)
    assert await town.told(BLUE) == before
    assert await town.status_of(BORIS) == Free(marks={})


async def test_the_same_wish_twice_is_one(town: Town):
    chat = await parted(town)
    await returns(town, ANNA, BORIS, chat)
    assert isinstance(await returns(town, ANNA, BORIS, chat), Free)


async def test_a_search_ends_by_the_return_on_either_side(town: Town):
    chat = await parted(town)
    await returns(town, ANNA, BORIS, chat)
    await town.finds(seeker(ANNA, RED))
    await town.finds(seeker(BORIS, BLUE))
    assert isinstance(await returns(town, BORIS, ANNA, chat), Paired)
    assert (await town.pool.counts()).waiting == 0
    assert isinstance(await town.finds(seeker(CLARA, RED)), Waiting), "nobody is left in the queue"


async def test_whoever_searches_at_another_bot_or_chats_is_not_taken_from_there(town: Town):
    chat = await parted(town)
    await returns(town, ANNA, BORIS, chat)
    await town.finds(seeker(ANNA, BLUE))
    assert isinstance(await returns(town, BORIS, ANNA, chat), Free)
    await town.finds(seeker(CLARA, RED))
    assert isinstance(await town.status_of(ANNA), Paired)
    assert isinstance(await returns(town, BORIS, ANNA, chat), Free)
    assert isinstance(await returns(town, ANNA, BORIS, chat), Paired), "the chat of now, with Clara"
    assert (await town.status_of(ANNA)).chat.partner_of(UserId(ANNA)).user == CLARA


@pytest.mark.parametrize("blocker", [ANNA, BORIS])
async def test_nobody_returns_to_somebody_blocked_and_reads_the_same(town: Town, blocker: int):
    chat = await parted(town)
    await town.pool.block(UserId(blocker), UserId(ANNA + BORIS - blocker))
    assert await returns(town, ANNA, BORIS, chat) == Free(marks={})
    assert await returns(town, BORIS, ANNA, chat) == Free(marks={})


async def test_nobody_returns_to_somebody_banned(town: Town):
    chat = await parted(town)
    await returns(town, ANNA, BORIS, chat)
    await town.pool.ban(UserId(ANNA), town.now + 5 * MINUTE)
    assert isinstance(await returns(town, BORIS, ANNA, chat), Free)


async def test_people_of_two_sides_never_return_to_each_other(town: Town):
    chat = await parted(town)
    await returns(town, ANNA, BORIS, chat, band=AgeBand.MINOR)
    assert isinstance(await returns(town, BORIS, ANNA, chat), Free)
    assert isinstance(await returns(town, BORIS, ANNA, chat, scope="200"), Free)


async def test_a_wish_ends_with_its_time(town: Town):
    chat = await parted(town)
    await returns(town, ANNA, BORIS, chat, seconds=100.0)
    assert 0 < await town.client.ttl(f"{town.keys.tag}:again:{chat}") <= 100
    town.now += 100.0
    assert isinstance(await returns(town, BORIS, ANNA, chat), Free)


async def test_the_wishes_of_two_chats_are_two(town: Town):
    chat = await parted(town)
    await returns(town, ANNA, BORIS, chat)
    assert isinstance(await returns(town, BORIS, ANNA, ChatId("another")), Free)


async def test_a_former_owner_of_the_bot_pairs_nobody(town: Town):
    chat = await parted(town)
    await returns(town, ANNA, BORIS, chat)
    await town.serve(Lease(bot=BotId(BLUE), owner="other", token=2))
    await returns(town, BORIS, ANNA, chat)
    assert isinstance(await town.status_of(ANNA), Free)
