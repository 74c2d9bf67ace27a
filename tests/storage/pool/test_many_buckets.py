"""A pool in which hundreds of buckets stand, as wishes make them: the longest waiting who fits is found as by the oracle."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, count, islice, product
from random import Random

import pytest

from domain.matching.requests import Cancel, Find, GetStatus, Leave, Seeker, UpdateSearch, Waiting
from domain.matching.rules import BANDS, GENDERS, Oracle, bucket_of, compatible, wishes_of
from domain.model.chat import ChatEnd
from domain.model.ids import ChatId, UserId
from domain.model.profile import ADULT_BANDS, AgeBand, Gender
from tests.storage.pool.town import BLUE, RED, RULES, all_keys, lease, mark, seeker

PEOPLE = 400


def somebody(random: Random, user: int):
    """Most have narrow wishes that few fulfil; some would meet anybody, and some are minors."""
    narrow = random.random() < 0.98
    return seeker(
        user,
        random.choice([RED, BLUE]),
        gender=random.choice(GENDERS),
        band=random.choice(BANDS),
        vip=narrow or random.random() < 0.1,
        genders=set(random.sample(GENDERS, random.choice([1, 1, 1, 2]))) if narrow else None,
        bands=set(random.sample(sorted(ADULT_BANDS), random.choice([1, 1, 2]))) if narrow else None,
        scope=random.choice(["*", "*", "*", "*", "*", "100"]),
    )


class Crowd:
    """People who ask at random, both the pool and the oracle."""

    def __init__(self, town, seed: int) -> None:
        self.town = town
        self.oracle = Oracle(RULES, town.now, leases={bot: lease(bot) for bot in (RED, BLUE)})
        self.random = Random(seed)
        self._chats = (ChatId(f"made-{number}") for number in count(1))
        self._swept = (ChatId(f"swept-{number}") for number in count(1))

    def request(self):
        user = UserId(self.random.randrange(PEOPLE))
        who, kind = somebody(self.random, user), self.random.random()
        asks, chat = mark(who.address.bot), self.oracle.chats.get(user)
        if chat is not None and kind < 0.5:
            return Leave(address=who.address, chat=chat.id, why=ChatEnd.STOPPED, mark=asks)
        if kind < 0.1:
            return Cancel(address=who.address, mark=asks)
        if kind < 0.3:
            return UpdateSearch(seeker=who, chat=next(self._chats), mark=asks)
        return Find(seeker=who, chat=next(self._chats), mark=asks, priority=kind > 0.95, leaving=chat and chat.id)

    async def act(self) -> None:
        self.town.now += self.random.choice([0, 0, 1, 30])
        self.oracle.now = self.town.now
        request = self.request()
        assert await self.town.decides(request) == [self.oracle.decide(request)]

    def buckets(self) -> int:
        """Of adults, in the scope of most."""
        return len({bucket_of(search.seeker) for search in self.oracle.searches.values() if search.seeker.scope == "*"})

    async def check_everybody(self) -> None:
        looks = [GetStatus(user=UserId(user)) for user in range(PEOPLE)]
        assert await self.town.decides(*looks) == [self.oracle.decide(look) for look in looks]


@pytest.mark.parametrize("seed", range(2))
async def test_among_hundreds_of_buckets_everybody_finds_whom_the_rules_say(town, seed):
    crowd, most = Crowd(town, seed), 0
    for _ in range(700):
        await crowd.act()
        most = max(most, crowd.buckets())
    assert most > 50
    await crowd.check_everybody()


async def stand(town, number: int) -> list[Seeker]:
    """People of so many buckets who wait: all are between 18 and 24, and none wishes for people of that age."""
    bands = [band for band in sorted(ADULT_BANDS) if band is not AgeBand.FROM_18]
    sides = product(GENDERS, [True, False], some_of(GENDERS), some_of(bands))
    people = [
        seeker(1000 + at, gender=gender, vip=vip, band=AgeBand.FROM_18, genders=genders, bands=wished)
        for at, (gender, vip, genders, wished) in enumerate(islice(sides, number))
    ]
    answers = await town.decides(*map(town.find, people))
    assert {type(answer) for answer in answers} == {Waiting}
    return people


def some_of(all_of):
    return [set(chosen) for size in range(1, len(all_of) + 1) for chosen in combinations(all_of, size)]


async def test_the_blocked_are_passed_over_among_many_buckets_too(town):
    people = await stand(town, 300)
    woman = seeker(1, gender=Gender.FEMALE, band=AgeBand.FROM_25)
    fitting = in_order(each for each in people if compatible(woman, each))
    for each in fitting[:5]:
        await town.pool.block(each.address.user, woman.address.user)
    assert (await town.finds(woman)).chat.second == fitting[5].address


def in_order(people):
    """In which those of `stand` are found, since all came at once."""
    return sorted(people, key=lambda each: (not each.vip, bucket_of(each)))


async def test_a_bucket_that_an_older_release_filled_is_found_out(town):
    """Workers of older releases know one index of all buckets, and none of the narrow ones."""
    await stand(town, 100)
    man, partner = (
        seeker(user, vip=True, gender=Gender.MALE, band=band, genders={Gender.MALE}, bands={wished})
        for user, band, wished in ((1, AgeBand.FROM_55, AgeBand.FROM_45), (2, AgeBand.FROM_45, AgeBand.FROM_55))
    )
    await town.finds(man)
    (key,) = await narrow_keys(town, f":*:{bucket_of(man)[1:3]}:{bucket_of(partner)[1:3]}")
    await town.client.delete(key)
    for _ in range(6):
        town.now += 1
        await town.pool.sweep(pairs=1)
    assert (await town.finds(partner)).chat.second == man.address


async def test_a_bucket_that_an_older_release_emptied_is_passed_over(town):
    people = await stand(town, 100)
    woman = seeker(1, gender=Gender.FEMALE, band=AgeBand.FROM_25)
    first, second, *_ = in_order(each for each in people if compatible(woman, each))
    await town.client.zrem(f"{town.keys.tag}:queue:*:{bucket_of(first)}", f"{first.address.user}:{first.address.bot}")
    assert (await town.finds(woman)).chat.second == second.address


async def narrow_keys(town, end: str = "") -> list[str]:
    return [key for key in await all_keys(town.client) if ":narrow:" in key and key.endswith(end)]


async def test_searches_in_many_buckets_end_when_their_time_is_up(town):
    people = await stand(town, 250)
    town.now += RULES.timeout_seconds
    await town.pool.sweep(pairs=1)
    assert {event.user for event in await town.told(RED)} == {each.address.user for each in people}
    assert await narrow_keys(town) == []


async def test_nothing_is_left_of_many_buckets_that_emptied(town):
    for each in await stand(town, 120):
        await town.cancels(each.address.user)
    assert await narrow_keys(town) == []


def test_two_buckets_are_compatible_where_each_has_the_others_wish_the_other_way_round():
    random = Random(7)
    people = [replace(somebody(random, user), scope="*") for user in range(200)]
    for one, other in product(people, people):
        reversed_wishes = {(wished, who) for who, wished in wishes_of(bucket_of(other))}
        assert compatible(one, other) == bool(reversed_wishes & set(wishes_of(bucket_of(one))))
