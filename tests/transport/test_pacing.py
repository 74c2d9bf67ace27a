"""The pacer, in virtual time: hours pass at once and every figure is exact."""

import asyncio
from collections import deque
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.configuration import Configuration, LiveConfiguration, Pacing
from domain.model.content import Text
from domain.model.ids import BotId, ChatId, MessageId, UserId
from domain.model.outgoing import AnswerPress, Edit, Lane, Notice, NotSent, Send, Sent, Why
from tests.virtual_time import in_virtual_time
from transport.calls.failures import Failures
from transport.calls.pacing import FloodWait, Pacer

ANNA, BORIS, CLARA, DORA = map(UserId, (1, 2, 3, 4))
CHAT = ChatId("chat")
GENEROUS = Pacing(chat_rate=1000.0, chat_burst=1000, bot_rate=1000.0, bot_burst=1000, max_park_seconds=30.0)


class Telegram:
    """Each call takes 0.01 s. It is answered with what `will_answer` was given, otherwise with Sent."""

    def __init__(self, rules=GENEROUS, seconds=0.01):
        self.loop = asyncio.get_running_loop()
        self.seconds = seconds
        self.calls = []
        self.answers = {}
        self.under_way = {}
        self.live = LiveConfiguration(Configuration(pacing=rules))
        self.pacer = Pacer(self.live, self.perform)

    async def perform(self, outgoing):
        user = getattr(outgoing, "to", None)
        assert user is None or not self.under_way.get(user), "two calls to one user at once"
        self.under_way[user] = True
        self.calls.append((round(self.loop.time() - 1000, 3), outgoing))
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.under_way[user] = False
        answers = self.answers.get(user)
        answer = answers.popleft() if answers else Sent(message=MessageId(len(self.calls)))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def will_answer(self, user, *answers):
        self.answers[user] = deque(answers)

    def keys(self, user=None):
        return [call.key for _, call in self.calls if user in {None, call.to}]

    def times(self, user):
        return [when for when, call in self.calls if call.to == user]

    def send(self, user, key="m", lane=Lane.RELAY, chat=None):
        return self.pacer.submit(Send(to=user, key=key, body=Text(text="hello"), lane=lane, chat=chat))

    def forget_calls(self):
        self.calls.clear()


def progress(user):
    return Edit(to=user, message=MessageId(5), body=Notice(text="searching"), lane=Lane.NOTICE)


async def settle(*futures):
    return await asyncio.gather(*futures)


@in_virtual_time
async def test_messages_to_one_user_go_out_in_order_and_one_at_a_time():
    telegram = Telegram()
    await settle(*(telegram.send(ANNA, str(number)) for number in range(50)))
    assert telegram.keys() == [str(number) for number in range(50)]


@in_virtual_time
async def test_users_do_not_wait_for_each_other():
    telegram = Telegram(seconds=1.0)
    await settle(telegram.send(ANNA), telegram.send(BORIS), telegram.send(CLARA))
    assert {when for when, _ in telegram.calls} == {0.0}


@in_virtual_time
async def test_a_burst_goes_at_once_and_the_rest_at_the_chat_rate():
    telegram = Telegram(Pacing(chat_rate=2.0, chat_burst=3, bot_rate=1000.0, bot_burst=1000), seconds=0.0)
    await settle(*(telegram.send(ANNA) for _ in range(5)))
    assert telegram.times(ANNA) == [0.0, 0.0, 0.0, 0.5, 1.0]


@in_virtual_time
async def test_the_bot_as_a_whole_keeps_its_rate():
    telegram = Telegram(Pacing(bot_rate=10.0, bot_burst=5), seconds=0.0)
    await settle(*(telegram.send(UserId(user)) for user in range(10)))
    assert [when for when, _ in telegram.calls] == [0.0] * 5 + [0.1, 0.2, 0.3, 0.4, 0.5]


@in_virtual_time
async def test_when_the_bot_is_short_answers_go_before_relays_before_notices_before_broadcasts():
    telegram = Telegram(Pacing(bot_rate=1.0, bot_burst=1))
    await telegram.send(UserId(9))
    lanes = [Lane.BROADCAST, Lane.NOTICE, Lane.RELAY, Lane.ANSWER]
    await settle(*(telegram.send(UserId(lane), lane.name, lane) for lane in lanes))
    assert telegram.keys()[1:] == ["ANSWER", "RELAY", "NOTICE", "BROADCAST"]


@in_virtual_time
async def test_within_a_lane_the_first_come_is_the_first_served():
    telegram = Telegram(Pacing(bot_rate=1.0, bot_burst=1))
    await settle(*(telegram.send(UserId(user), str(user)) for user in (7, 3, 5, 1)))
    assert telegram.keys() == ["7", "3", "5", "1"]


@in_virtual_time
async def test_a_relay_behind_a_broadcast_to_the_same_user_does_not_wait_in_the_broadcast_lane():
    telegram = Telegram(Pacing(bot_rate=1.0, bot_burst=1))
    await telegram.send(DORA)
    telegram.forget_calls()
    broadcasts = [telegram.send(user, "broadcast", Lane.BROADCAST) for user in (BORIS, CLARA, ANNA)]
    relay = telegram.send(ANNA, "relay")
    await settle(relay, *broadcasts)
    assert telegram.keys(ANNA) == ["broadcast", "relay"]
    assert telegram.times(ANNA) < telegram.times(BORIS)


@in_virtual_time
async def test_a_stream_of_relays_does_not_starve_a_notice_but_may_starve_a_broadcast():
    telegram = Telegram(Pacing(bot_rate=10.0, bot_burst=1))
    telegram.send(CLARA)
    waiting = {lane: telegram.send(UserId(lane), lane.name, lane) for lane in (Lane.NOTICE, Lane.BROADCAST)}
    for number in range(200):
        telegram.send(UserId(100 + number))
        await asyncio.sleep(0.05)
    assert isinstance(waiting[Lane.NOTICE].result(), Sent)
    assert not waiting[Lane.BROADCAST].done()
    telegram.pacer.stop()


@in_virtual_time
async def test_a_call_whose_lane_never_has_its_turn_ends_in_time():
    telegram = Telegram(Pacing(bot_rate=10.0, bot_burst=1, max_park_seconds=5.0))
    telegram.send(CLARA)
    broadcast = telegram.send(ANNA, "broadcast", Lane.BROADCAST)
    ended = []
    broadcast.add_done_callback(lambda _: ended.append(telegram.loop.time() - 1000))
    for number in range(200):
        telegram.send(UserId(100 + number))
        await asyncio.sleep(0.05)
    assert broadcast.result().why is Why.FLOOD
    assert ended == [pytest.approx(5.0)]
    telegram.pacer.stop()


@in_virtual_time
async def test_a_newcomer_does_not_take_the_token_that_others_wait_for():
    telegram = Telegram(Pacing(bot_rate=1.0, bot_burst=1))
    first, second = telegram.send(ANNA, "first"), telegram.send(BORIS, "second")
    await first
    telegram.loop.now += 5.0
    await settle(second, telegram.send(CLARA, "third"))
    assert telegram.keys() == ["first", "second", "third"]


@in_virtual_time
async def test_a_press_is_answered_at_once_whatever_waits():
    telegram = Telegram(Pacing(bot_rate=1.0, bot_burst=1))
    sends = [telegram.send(ANNA) for _ in range(5)]
    await telegram.pacer.submit(AnswerPress(query=1))
    assert telegram.loop.time() - 1000 < 0.1
    assert not all(send.done() for send in sends)
    telegram.pacer.stop()


@in_virtual_time
async def test_a_flood_wait_parks_its_user_and_nobody_else():
    telegram = Telegram()
    telegram.will_answer(ANNA, FloodWait(7.0))
    parked, other = telegram.send(ANNA, "a"), telegram.send(BORIS, "b")
    await other
    assert telegram.loop.time() - 1000 < 0.1
    assert isinstance(await parked, Sent)
    assert telegram.times(ANNA) == [0.0, 7.01]


@in_virtual_time
async def test_a_flood_wait_does_not_delay_users_who_were_queued_before_it():
    """The others wait for the bot's budget, in lanes before and after that of the flood-waited call."""
    telegram = Telegram(Pacing(chat_rate=1000.0, chat_burst=1000, bot_rate=10.0, bot_burst=1, max_park_seconds=30.0))
    telegram.will_answer(ANNA, FloodWait(20.0))
    parked = telegram.send(ANNA, "parked")
    lanes = {BORIS: Lane.ANSWER, CLARA: Lane.RELAY, DORA: Lane.BROADCAST}
    others = [telegram.send(user, f"{user}-{number}", lane) for number in range(3) for user, lane in lanes.items()]
    await settle(*others)
    assert telegram.loop.time() - 1000 < 2
    assert not parked.done()
    assert isinstance(await parked, Sent)
    assert telegram.times(ANNA) == [0.0, 20.01]


@in_virtual_time
async def test_after_a_flood_wait_the_same_call_is_made_again_before_those_behind_it():
    telegram = Telegram()
    telegram.will_answer(ANNA, FloodWait(3.0))
    await settle(*(telegram.send(ANNA, key) for key in ("first", "second")))
    assert telegram.keys() == ["first", "first", "second"]
    assert telegram.pacer.figures.flood_waits == 1


@in_virtual_time
async def test_the_figures_tell_how_many_calls_a_flood_wait_holds_and_for_how_long():
    telegram = Telegram()
    telegram.will_answer(ANNA, FloodWait(20.0))
    sends = [telegram.send(user, key) for user, key in ((ANNA, "first"), (ANNA, "second"), (BORIS, "free"))]
    await asyncio.sleep(1)
    figures = telegram.pacer.figures
    assert (figures.held, sum(figures.queued.values())) == (2, 2)
    assert figures.flood_seconds == pytest.approx(19.01, abs=0.01)
    await settle(*sends)
    figures = telegram.pacer.figures
    assert (figures.held, figures.flood_seconds) == (0, 0.0)


@in_virtual_time
async def test_what_could_not_be_sent_is_told_with_its_reason_and_what_ended_on_purpose_is_not():
    telegram = Telegram()
    noted = Failures(clock=lambda: 5.0)
    telegram.pacer = Pacer(telegram.live, telegram.perform, partial(noted.of_call, BotId(7)))
    telegram.will_answer(ANNA, NotSent(why=Why.GONE))
    telegram.will_answer(BORIS, NotSent(why=Why.REFUSED, detail="MESSAGE_EMPTY"))
    telegram.will_answer(CLARA, FloodWait(3600.0))
    sends = [telegram.send(user) for user in (ANNA, BORIS)]
    await settle(*sends)
    await settle(telegram.send(CLARA, lane=Lane.NOTICE))
    ended = telegram.send(DORA, chat=CHAT)
    telegram.pacer.discard(CHAT)
    await settle(ended, telegram.send(DORA))
    assert [(each.what, each.why) for each in noted.newest()] == [
        ("notice", "flood wait longer than pacing.max_park_seconds"),
        ("relay", "Telegram refuses it: MESSAGE_EMPTY"),
        ("relay", "the person has left the bot"),
    ]
    last = noted.last(BotId(7))
    assert last is not None
    assert (last.at, last.what) == (5.0, "notice")
    noted.of_call(BotId(7), Lane.RELAY, NotSent(why=Why.GONE))
    assert noted.last(BotId(7)) == last, "that a person has left is no error of the bot"


@in_virtual_time
async def test_a_flood_wait_longer_than_a_call_may_wait_ends_the_waiting_calls_at_once_and_says_how_long():
    telegram = Telegram()
    telegram.will_answer(ANNA, FloodWait(3600.0))
    first, second = await settle(telegram.send(ANNA), telegram.send(ANNA))
    assert first == second == NotSent(why=Why.FLOOD, retry_after=3600.0)
    later = await telegram.send(ANNA)
    assert later.why is Why.FLOOD
    assert later.retry_after == pytest.approx(3600.0, abs=1)
    assert len(telegram.calls) == 1


@in_virtual_time
async def test_a_call_that_can_still_be_made_in_time_waits_even_if_an_earlier_one_cannot():
    telegram = Telegram(seconds=5.0)
    telegram.will_answer(ANNA, FloodWait(27.0))
    early = telegram.send(ANNA, "early")
    await asyncio.sleep(4.0)
    late = telegram.send(ANNA, "late")
    assert (await early).why is Why.FLOOD
    assert isinstance(await late, Sent)
    assert telegram.times(ANNA) == [0.0, 32.0]


@in_virtual_time
async def test_after_a_long_flood_wait_the_user_is_reached_again():
    telegram = Telegram()
    telegram.will_answer(ANNA, FloodWait(3600.0))
    await telegram.send(ANNA)
    await asyncio.sleep(3601.0)
    assert isinstance(await telegram.send(ANNA), Sent)


@in_virtual_time
async def test_a_flood_wait_of_zero_seconds_does_not_become_a_busy_loop():
    telegram = Telegram(seconds=0.0)
    telegram.will_answer(ANNA, *[FloodWait(0.0)] * 10)
    await telegram.send(ANNA)
    assert telegram.loop.time() - 1000 >= 2.0


@in_virtual_time
async def test_no_call_waits_longer_than_it_may_even_without_a_flood_wait():
    telegram = Telegram(Pacing(chat_rate=1.0, chat_burst=1, max_park_seconds=5.0), seconds=0.0)
    outcomes = await settle(*(telegram.send(ANNA) for _ in range(10)))
    assert [isinstance(outcome, Sent) for outcome in outcomes] == [True] * 5 + [False] * 5
    assert {outcome.why for outcome in outcomes[5:]} == {Why.FLOOD}
    assert telegram.loop.time() - 1000 == pytest.approx(5.0)


@in_virtual_time
async def test_a_call_that_a_users_own_limit_delays_too_long_ends_at_its_deadline():
    telegram = Telegram(Pacing(chat_rate=0.1, chat_burst=1, max_park_seconds=5.0), seconds=0.0)
    _, late = await settle(telegram.send(ANNA), telegram.send(ANNA))
    assert late == NotSent(why=Why.FLOOD, retry_after=pytest.approx(5.0))
    assert telegram.loop.time() - 1000 == pytest.approx(5.0)


@in_virtual_time
async def test_flood_waits_of_several_users_slow_the_bot_until_they_stop():
    telegram = Telegram(Pacing(bot_rate=30.0, bot_burst=60))
    for user in (ANNA, BORIS, CLARA):
        telegram.will_answer(user, FloodWait(1.0))
    await settle(*(telegram.send(user) for user in (ANNA, BORIS, CLARA)))
    assert telegram.pacer.figures.rate == pytest.approx(21.0, abs=0.5)
    await asyncio.sleep(300.0)
    assert telegram.pacer.figures.rate == 30.0


@in_virtual_time
async def test_flood_waits_far_apart_in_time_do_not_slow_the_bot():
    telegram = Telegram(Pacing(bot_rate=30.0, bot_burst=60))
    for user in (ANNA, BORIS, CLARA):
        telegram.will_answer(user, FloodWait(1.0))
        await telegram.send(user)
        await asyncio.sleep(15.0)
    assert telegram.pacer.figures.rate == 30.0


@in_virtual_time
async def test_flood_waits_of_one_user_leave_the_bot_as_fast_as_it_was():
    telegram = Telegram(Pacing(bot_rate=30.0, bot_burst=60))
    telegram.will_answer(ANNA, *[FloodWait(1.0)] * 6)
    await telegram.send(ANNA)
    assert telegram.pacer.figures.rate == 30.0


@in_virtual_time
async def test_discarding_a_chat_ends_its_queued_relays_and_nothing_else():
    telegram = Telegram(seconds=1.0)
    flying = telegram.send(ANNA, "flying", chat=CHAT)
    queued = [telegram.send(ANNA, "queued", chat=CHAT), telegram.send(BORIS, "b", chat=ChatId("other"))]
    notice = telegram.send(ANNA, "notice", Lane.ANSWER)
    await asyncio.sleep(0.5)
    telegram.pacer.discard(CHAT)
    assert await queued[0] == NotSent(why=Why.DISCARDED)
    assert all(isinstance(outcome, Sent) for outcome in await settle(flying, queued[1], notice))
    assert telegram.keys(ANNA) == ["flying", "notice"]


@in_virtual_time
async def test_a_discarded_relay_that_meets_a_flood_wait_is_not_made_again():
    telegram = Telegram(seconds=1.0)
    telegram.will_answer(ANNA, FloodWait(5.0))
    relay = telegram.send(ANNA, chat=CHAT)
    await asyncio.sleep(0.5)
    telegram.pacer.discard(CHAT)
    assert await relay == NotSent(why=Why.DISCARDED)
    assert len(telegram.calls) == 1


@in_virtual_time
async def test_a_relay_parked_by_a_flood_wait_is_discarded_at_once():
    telegram = Telegram()
    telegram.will_answer(ANNA, FloodWait(20.0))
    relay = telegram.send(ANNA, chat=CHAT)
    await asyncio.sleep(1.0)
    telegram.pacer.discard(CHAT)
    assert await relay == NotSent(why=Why.DISCARDED)
    assert telegram.loop.time() - 1000 == pytest.approx(1.0)


@in_virtual_time
async def test_a_fenced_pacer_sends_nothing_more():
    telegram = Telegram(seconds=1.0)
    flying, queued = telegram.send(ANNA, "flying"), telegram.send(ANNA, "queued")
    await asyncio.sleep(0.5)
    telegram.pacer.fence()
    assert await queued == NotSent(why=Why.STALE)
    assert await telegram.send(BORIS) == NotSent(why=Why.STALE)
    assert await telegram.pacer.submit(AnswerPress(query=1)) == NotSent(why=Why.STALE)
    assert isinstance(await flying, Sent)
    assert telegram.keys() == ["flying"]


@in_virtual_time
async def test_a_fenced_pacer_does_not_wait_for_a_flood_wait():
    telegram = Telegram(seconds=1.0)
    telegram.will_answer(ANNA, FloodWait(5.0))
    flying = telegram.send(ANNA)
    await asyncio.sleep(0.5)
    telegram.pacer.fence()
    assert await flying == NotSent(why=Why.STALE)


@in_virtual_time
async def test_draining_sends_what_waits():
    telegram = Telegram(Pacing(bot_rate=10.0, bot_burst=1))
    sends = [telegram.send(UserId(user)) for user in range(10)]
    await telegram.pacer.drain(10.0)
    assert all(isinstance(send.result(), Sent) for send in sends)
    assert telegram.loop.time() - 1000 < 2.0


@in_virtual_time
async def test_draining_ends_at_its_deadline_and_the_rest_is_stale():
    telegram = Telegram(Pacing(bot_rate=1.0, bot_burst=1))
    sends = [telegram.send(UserId(user)) for user in range(10)]
    await telegram.pacer.drain(3.5)
    assert [isinstance(send.result(), Sent) for send in sends] == [True] * 4 + [False] * 6
    assert telegram.loop.time() - 1000 == pytest.approx(3.5)


@in_virtual_time
async def test_stopping_ends_what_is_being_sent_too():
    telegram = Telegram(seconds=60.0)
    started = telegram.send(ANNA), telegram.pacer.submit(AnswerPress(query=1))
    await asyncio.sleep(1.0)
    never_began = telegram.send(BORIS), telegram.pacer.submit(AnswerPress(query=2))
    telegram.pacer.stop()
    assert {*await settle(*started, *never_began)} == {NotSent(why=Why.STALE)}
    await asyncio.sleep(0)
    assert telegram.pacer.idle
    assert not telegram.loop._scheduled or all(handle.cancelled() for handle in telegram.loop._scheduled)


@in_virtual_time
async def test_progress_is_shown_while_there_is_budget_to_spare():
    telegram = Telegram(Pacing(bot_rate=1.0, bot_burst=10))
    assert telegram.pacer.spare_notices()
    assert isinstance(await telegram.pacer.submit(progress(ANNA)), Sent)


@in_virtual_time
async def test_defect_5_progress_is_dropped_when_the_bot_is_busy():
    telegram = Telegram(Pacing(bot_rate=1.0, bot_burst=10))
    await settle(*(telegram.send(UserId(user)) for user in range(6)))
    assert not telegram.pacer.spare_notices()
    assert await telegram.pacer.submit(progress(ANNA)) == NotSent(why=Why.REFUSED, detail="no budget")


@in_virtual_time
async def test_a_progress_edit_never_delays_a_message_to_the_same_user():
    telegram = Telegram()
    relay = telegram.send(ANNA)
    assert await telegram.pacer.submit(progress(ANNA)) == NotSent(why=Why.REFUSED, detail="no budget")
    assert isinstance(await relay, Sent)


@in_virtual_time
async def test_a_call_that_raises_fails_its_future_and_the_next_is_made():
    telegram = Telegram()
    telegram.will_answer(ANNA, OSError("no network"))
    broken, next_one = telegram.send(ANNA), telegram.send(ANNA)
    with pytest.raises(OSError, match="no network"):
        await broken
    assert isinstance(await next_one, Sent)


@in_virtual_time
async def test_a_press_that_meets_a_flood_wait_is_given_up():
    telegram = Telegram()
    telegram.will_answer(None, FloodWait(9.0))
    assert await telegram.pacer.submit(AnswerPress(query=1)) == NotSent(why=Why.FLOOD, retry_after=9.0)


@in_virtual_time
async def test_a_call_cancelled_before_its_turn_is_not_made():
    telegram = Telegram()
    first, second, third = (telegram.send(ANNA, key) for key in "abc")
    second.cancel()
    await settle(first, third)
    assert telegram.keys() == ["a", "c"]


@in_virtual_time
async def test_a_user_is_forgotten_once_the_bucket_is_full_and_then_no_timer_is_left():
    telegram = Telegram(Pacing(chat_rate=2.0, chat_burst=4))
    await settle(*(telegram.send(ANNA) for _ in range(4)))
    assert not telegram.pacer.idle
    await asyncio.sleep(3.0)
    assert telegram.pacer.idle
    assert not [handle for handle in telegram.loop._scheduled if not handle.cancelled()]
    assert sum(telegram.pacer.figures.queued.values()) == 0


@in_virtual_time
async def test_a_user_who_was_forgotten_and_came_back_is_not_forgotten_in_the_middle():
    telegram = Telegram(Pacing(chat_rate=10.0, chat_burst=1, bot_rate=1.0, bot_burst=1, max_park_seconds=30.0), seconds=2.0)
    await settle(telegram.send(DORA), telegram.send(ANNA))  # Anna had to wait, at most until 1030
    assert telegram.pacer.idle
    await asyncio.sleep(1029.0 - telegram.loop.time())
    returned = telegram.send(ANNA)
    await asyncio.sleep(1.5)
    await settle(returned, telegram.send(ANNA))
    assert telegram.times(ANNA) == [1.0, 29.0, 31.0]


@in_virtual_time
async def test_what_is_queued_is_counted_by_lane():
    telegram = Telegram(seconds=1.0)
    sends = [telegram.send(ANNA), telegram.send(ANNA), telegram.send(BORIS, lane=Lane.ANSWER)]
    assert telegram.pacer.figures.queued == {Lane.ANSWER: 1, Lane.RELAY: 2, Lane.NOTICE: 0, Lane.BROADCAST: 0}
    await settle(*sends)
    assert telegram.pacer.figures.sent == 3


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["send", "flood", "discard", "wait"]),
        st.integers(1, 4),
        st.sampled_from(list(Lane)),
        st.floats(0.0, 12.0),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS)
@in_virtual_time
async def test_whatever_happens_every_call_ends_in_time_and_order_is_kept(steps):
    telegram = Telegram(Pacing(chat_rate=1.0, chat_burst=2, bot_rate=2.0, bot_burst=3, max_park_seconds=10.0))
    ends = []
    for number, (step, user, lane, seconds) in enumerate(steps):
        if step == "send":
            began = telegram.loop.time()
            send = telegram.send(UserId(user), f"{number:03}", lane, ChatId(f"chat{user}"))
            send.add_done_callback(lambda _, began=began: ends.append(telegram.loop.time() - began))
        elif step == "flood":
            telegram.will_answer(UserId(user), FloodWait(seconds))
        elif step == "discard":
            telegram.pacer.discard(ChatId(f"chat{user}"))
        else:
            await asyncio.sleep(seconds / 4)
    await asyncio.sleep(60.0)
    assert len(ends) == sum(step == "send" for step, *_ in steps)
    assert all(waited <= 10.0 + telegram.seconds + 1e-6 for waited in ends)
    for user in range(1, 5):
        assert telegram.keys(UserId(user)) == sorted(telegram.keys(UserId(user)))
    assert telegram.pacer.idle


@in_virtual_time
async def test_a_bucket_keeps_its_tokens_when_the_rate_changes():
    telegram = Telegram(Pacing(chat_rate=1, chat_burst=4, bot_rate=1000, bot_burst=1000))
    await asyncio.gather(*(telegram.send(ANNA, f"before {n}") for n in range(4)))
    telegram.live.swap(Configuration(pacing=Pacing(chat_rate=2, chat_burst=40, bot_rate=1000, bot_burst=1000)), {})
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(telegram.send(ANNA, f"after {n}") for n in range(4)))
    assert asyncio.get_running_loop().time() - began >= 1.9  # four more at two a second: nothing was given for the change


@in_virtual_time
async def test_a_smaller_burst_removes_only_the_tokens_that_no_longer_fit():
    telegram = Telegram(Pacing(chat_rate=0.001, chat_burst=40, bot_rate=1000, bot_burst=1000))
    await telegram.send(ANNA, "first")
    telegram.live.swap(Configuration(pacing=Pacing(chat_rate=0.001, chat_burst=2, bot_rate=1000, bot_burst=1000)), {})
    await asyncio.gather(*(telegram.send(ANNA, f"after {n}") for n in range(2)))
    assert not telegram.send(ANNA, "too many").done()
    telegram.pacer.stop()


@in_virtual_time
async def test_waiting_calls_follow_a_new_rate_at_once():
    telegram = Telegram(Pacing(chat_rate=0.05, chat_burst=1, bot_rate=0.05, bot_burst=2, max_park_seconds=600))
    await telegram.send(ANNA)
    await telegram.send(BORIS)
    waiting = [telegram.send(ANNA, "for her own bucket"), telegram.send(BORIS, "for his"), telegram.send(CLARA, "for the bot's")]
    await asyncio.sleep(0.1)
    telegram.live.swap(Configuration(pacing=Pacing(chat_rate=100, chat_burst=100, bot_rate=100, bot_burst=100)), {})
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*waiting)
    assert asyncio.get_running_loop().time() - began < 0.5
