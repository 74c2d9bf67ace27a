"""What the seed got wrong in the pool, by the numbers of the list of defects: ours must not. What it got wrong elsewhere stands
with its like, under the same names: `pytest -k defect`.
"""

from __future__ import annotations

import asyncio
import re

import pytest

from domain.errors import Unavailable
from domain.matching.requests import Free, Paired, Waiting
from domain.model.ids import UserId
from domain.model.profile import Gender
from storage.redis.client import open_redis
from storage.redis.rights import setuser
from storage.redis.scripts import FOLDER
from tests.storage.pool.town import BLUE, MINUTE, RED, Town, seeker

ANNA, BORIS, CLARA = 1, 2, 3
MAN, WOMAN = Gender.MALE, Gender.FEMALE


async def test_defect_1_two_processes_never_match_one_user_twice(redis_url):
    first, second, third = [Town(open_redis(redis_url)) for _ in range(3)]
    await first.open()
    for attempt in range(50):
        waiting = 1000 + attempt
        await first.finds(waiting)
        answers = await asyncio.gather(second.finds(2000 + attempt), third.finds(3000 + attempt))
        paired = [answer for answer in answers if isinstance(answer, Paired)]
        assert len(paired) == 1
        assert paired[0].chat.second.user == waiting
        await first.leaves(waiting, paired[0].chat.id)
        for user in (2000 + attempt, 3000 + attempt):
            await first.cancels(user)
    await close(first, second, third)


async def test_defect_2_the_longest_waiting_is_served_first(town):
    for user in (5, 4, 9):
        await town.finds(seeker(user, gender=MAN, genders={WOMAN}))
        town.now += 1
    met = [(await town.finds(seeker(100 + n, gender=WOMAN))).chat.second.user for n in range(3)]
    assert met == [5, 4, 9]


async def test_defect_2_everybody_is_looked_at_not_only_the_first_150(town):
    """The first 200 are recent or blocked; the 201st is not."""
    people = range(1000, 1200)
    await town.decides(*(town.find(seeker(user, gender=MAN, genders={WOMAN})) for user in people))
    for user in people:
        await town.pool.block(UserId(user), UserId(ANNA))
    town.now += 1
    await town.finds(seeker(BORIS, gender=MAN, genders={WOMAN}))
    assert (await town.finds(seeker(ANNA, gender=WOMAN))).chat.second.user == BORIS


async def test_defect_3_vips_who_seek_each_others_gender_meet(town):
    await town.finds(seeker(ANNA, gender=WOMAN, vip=True, genders={MAN}))
    assert isinstance(await town.finds(seeker(BORIS, gender=MAN, vip=True, genders={WOMAN})), Paired)


async def test_defect_3_a_vips_filter_holds_for_the_free(town):
    await town.finds(seeker(BORIS, gender=MAN))
    assert isinstance(await town.finds(seeker(ANNA, gender=WOMAN, vip=True, genders={WOMAN})), Waiting)


async def test_defect_3_free_arrivals_meet_waiting_vips_who_want_them(town):
    await town.finds(seeker(ANNA, gender=WOMAN, vip=True, genders={MAN}))
    assert isinstance(await town.finds(seeker(CLARA, gender=WOMAN)), Waiting)
    assert (await town.finds(seeker(BORIS, gender=MAN))).chat.second.user == ANNA


@pytest.mark.parametrize(("leaver", "first", "second"), [(ANNA, ANNA, BORIS), (ANNA, BORIS, ANNA)])
async def test_defect_4_recent_partners_do_not_meet_again_either_way(town, leaver, first, second):
    chat = await town.chatting(ANNA, BORIS)
    town.now += 30 * MINUTE
    await town.leaves(leaver, chat)
    town.now += 19 * MINUTE
    await town.finds(first)
    assert isinstance(await town.finds(second), Waiting)
    town.now += 1 * MINUTE
    assert await town.pool.sweep(pairs=1) == 1


def test_defect_6_no_script_goes_through_the_keyspace():
    for path in FOLDER.rglob("*.lua"):
        assert not re.search(r"'(KEYS|SCAN|FLUSHALL|FLUSHDB|RANDOMKEY)'", path.read_text()), path


async def test_defect_6_a_redis_user_who_may_touch_the_pools_keys_only_suffices(redis_url):
    admin = open_redis(redis_url)
    await admin.execute_command(*setuser("town", name="house", password="secret"))
    town = Town(open_redis(redis_url.replace("redis://", "redis://house:secret@")))
    await town.open()
    chat = await town.chatting(ANNA, BORIS)
    await town.leaves(ANNA, chat)
    await town.pool.sweep(pairs=1)
    await town.settles()
    with pytest.raises(Unavailable, match="ACL") as refused:
        await Town(town.client, "elsewhere").settles()
    assert "secret" not in str(refused.value)
    await close(town)
    await admin.execute_command("ACL", "DELUSER", "house")
    await admin.aclose()


async def test_defect_11_a_process_that_dies_before_it_hears_the_answer_leaves_nobody_in_between(town):
    """Everything was written by then, and both bots' streams say so."""
    await town.finds(ANNA)
    asking = asyncio.ensure_future(town.finds(seeker(BORIS, BLUE)))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])
    status = await town.status_of(BORIS)
    if isinstance(status, Paired):
        assert (await town.status_of(ANNA)).chat == status.chat
        assert [len(await town.told(bot)) for bot in (RED, BLUE)] == [1, 1]
    else:
        assert isinstance(status, Free)
        assert isinstance(await town.status_of(ANNA), Waiting)


async def test_defect_14_of_two_who_search_at_once_one_finds_the_other(redis_url):
    one, other = Town(open_redis(redis_url)), Town(open_redis(redis_url))
    await one.open()
    for attempt in range(50):
        answers = await asyncio.gather(one.finds(1000 + attempt), other.finds(2000 + attempt))
        assert {type(answer) for answer in answers} == {Waiting, Paired}
    await close(one, other)


async def close(*towns):
    for town in towns:
        await town.client.aclose()
