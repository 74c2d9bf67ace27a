"""Invitations in the records: who counts, once; what it brings; what a refund takes back. On both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count

import orjson
import pytest
from msgspec import structs

from bench.payments.credits import faults_of
from domain.configuration import Configuration, LiveConfiguration
from domain.invitations.counting import State
from domain.invitations.rules import Referrals
from domain.model.ids import Address, UserId
from domain.model.profile import DAY, Gender, Question
from domain.model.profile_changes import Begin, SetAge, SetGender
from domain.payments.credits import lock_held
from domain.payments.payload import read_payload
from domain.ports.review import Operator
from storage.sql.bans import SqlBans
from storage.sql.invitations.invitations import SqlInvitations, new_code
from storage.sql.payments.credits import SqlCredits
from storage.sql.payments.ledger import SqlLedger
from storage.sql.payments.outbox import SqlOutbox
from storage.sql.payments.posting import Posting
from storage.sql.personal.data import SqlPersonalData
from storage.sql.personal.tombstones import Hashes
from storage.sql.profiles import SqlProfiles
from storage.sql.review.audit import SqlAudit
from tests.entitlements import SqlEntitlements
from tests.storage.sql.test_payments import BOT, NOW, SECRET, charge, order, refund
from tests.storage.sql.test_personal import PoolTwin, execute, holding, rows
from tests.twins import SpamNotesTwin

ANNA = UserId(7_000_000_001)
HERE = Address(BOT, ANNA)
RULES = Referrals(vip_days=3, credits=5, commission_percent=5, daily_cap=4, burst_people=3, burst_minutes=60.0)
ROOT = Operator(name="root", source="cli")
NOBODYS = "0" * 12


class Town:
    """The records of an installation, of which several workers may be looked at."""

    def __init__(self, database) -> None:
        self.database = database
        self.now = NOW
        self.live = LiveConfiguration(Configuration(referrals=RULES))
        clock = lambda: self.now  # noqa: E731
        self.hashes = Hashes(b"the key of hashes")
        self.profiles = SqlProfiles(database, hashes=self.hashes, live=self.live, clock=clock)
        self.invitations = SqlInvitations(database, self.live, clock=clock)
        self.credits = SqlCredits(database, clock=clock)
        self.ledger = SqlLedger(database, live=self.live, clock=clock)
        self.vip = SqlEntitlements(database)
        self.outbox = SqlOutbox(database)
        self.data = SqlPersonalData(database, PoolTwin(), self.hashes, SpamNotesTwin(), changed=lambda _: None, clock=clock)
        self.numbers = count(8_000_000_001)

    def switch(self, **referrals) -> None:
        rules = structs.replace(self.live.current.referrals, **referrals)
        self.live.swap(structs.replace(self.live.current, referrals=rules), {})

    def switch_off(self) -> None:
        features = structs.replace(self.live.current.features, referrals=False)
        self.live.swap(structs.replace(self.live.current, features=features), {})

    async def code(self, user: UserId = ANNA) -> str:
        return (await self.invitations.look(Address(BOT, user))).code

    async def opens(self, code: str, user: UserId) -> None:
        await self.profiles.change(user, Begin(language="en", invited_by=code))

    async def completes(self, user: UserId, *, age: int = 25) -> None:
        await self.profiles.change(user, SetGender(gender=Gender.MALE, ask=Question.AGE))
        await self.profiles.change(user, SetAge(age=age, at=self.now))

    async def member(self, user: UserId | None = None, code: str = "") -> UserId:
        """Somebody with a complete profile, who came by that code."""
        user = user or UserId(next(self.numbers))
        await self.opens(code, user)
        await self.completes(user)
        await execute(self.database, f"INSERT INTO bot_peers VALUES ({BOT}, {user}, 1) ON CONFLICT DO NOTHING")
        return user

    async def counts(self, user: UserId = ANNA) -> tuple[int, int, int]:
        found = await self.invitations.look(Address(BOT, user))
        return found.invited, found.rewarded, found.pending

    async def rewards(self, user: UserId = ANNA) -> tuple[float, int]:
        """Days of VIP, and credits."""
        return (max(0.0, await self.vip.vip_until(user) - NOW) / DAY, await self.credits.balance(user))

    async def told(self, user: UserId = ANNA) -> list[dict]:
        due = await self.outbox.due(BOT, self.now + 1)
        return [dict(each.arguments) for each in due if each.to == Address(BOT, user) and each.text == "invite-rewarded"]

    async def states(self) -> list[str]:
        return [each.state for each in reversed(await self.invitations.newest(100))]

    async def deletes(self, user: UserId) -> None:
        await self.data.ask_deletion(Address(BOT, user))
        assert await self.data.delete(user)

    async def pays(self, user: UserId, stars: int = 100, id_: str = "a charge", **changes):
        paid = charge(order(user=user, stars=stars), id_, **changes)
        await self.ledger.book_charge(paid, read_payload(paid.payload, SECRET), gift_code=id_)
        return paid

    async def gets_back(self, paid) -> None:
        await self.ledger.book_refund(refund(paid), read_payload(paid.payload, SECRET))

    async def account(self, name: str) -> int:
        async with self.database.connection() as connection:
            return int(await self.database.queries.account_balance(connection, id=name))


@pytest.fixture
async def town(database) -> AsyncIterator[Town]:
    town = Town(database)
    await execute(database, f"INSERT INTO bot_state (bot_id, token) VALUES ({BOT}, 1)")
    await town.member(ANNA)
    yield town
    assert await faults_of(database) == [], "the books of credits"


# --- codes


async def test_a_code_is_made_once_however_many_ask(town: Town):
    found = await asyncio.gather(*(town.invitations.look(HERE) for _ in range(5)))
    assert len({each.code for each in found}) == 1


async def test_a_new_code_ends_the_old_one(town: Town):
    old = await town.code()
    new = (await town.invitations.renew(HERE)).code
    assert new != old
    await town.member(code=old)
    assert await town.counts() == (0, 0, 0)
    await town.member(code=new)
    assert await town.counts() == (1, 1, 0)


def test_codes_cannot_be_guessed_from_others():
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(len({code[place] for code in codes}) == 32 for place in range(12))


# --- who counts


async def test_somebody_new_counts_once_the_profile_is_complete(town: Town):
    code, boris = await town.code(), UserId(next(town.numbers))
    await town.opens(code, boris)
    assert (await town.counts(), await town.rewards()) == ((0, 0, 1), (0, 0))
    await town.profiles.change(boris, SetGender(gender=Gender.MALE, ask=Question.AGE))
    assert await town.counts() == (0, 0, 1)
    await town.completes(boris)
    assert (await town.counts(), await town.rewards()) == ((1, 1, 0), (3, 5))
    assert await town.told() == [{"days": 3, "credits": 5}]


async def test_an_age_that_comes_before_the_gender_counts_with_the_gender(town: Town):
    boris = UserId(next(town.numbers))
    await town.opens(await town.code(), boris)
    await town.profiles.change(boris, SetAge(age=30, at=NOW))
    assert await town.counts() == (0, 0, 1)
    await town.profiles.change(boris, SetGender(gender=Gender.MALE, ask=None))
    assert await town.counts() == (1, 1, 0)


async def test_what_is_changed_or_delivered_again_counts_no_more(town: Town):
    code = await town.code()
    boris = await town.member(code=code)
    await town.opens(code, boris)
    await town.completes(boris)
    await town.completes(boris, age=26)
    assert (await town.counts(), await town.rewards(), len(await town.told())) == ((1, 1, 0), (3, 5), 1)


async def test_the_code_is_kept_with_the_profile_of_somebody_who_began_without_it(town: Town):
    boris = UserId(next(town.numbers))
    await town.opens("", boris)
    await town.opens(await town.code(), boris)
    await town.completes(boris)
    assert await town.counts() == (1, 1, 0)


async def test_the_first_inviter_is_the_only_one(town: Town):
    cora = await town.member()
    boris = UserId(next(town.numbers))
    await town.opens(await town.code(ANNA), boris)
    await town.opens(await town.code(cora), boris)
    await town.completes(boris)
    assert (await town.counts(ANNA), await town.counts(cora)) == ((1, 1, 0), (0, 0, 0))


async def test_an_old_user_does_not_count(town: Town):
    boris = await town.member()
    await town.opens(await town.code(), boris)
    await town.completes(boris)
    assert (await town.counts(), await town.rewards()) == ((0, 0, 0), (0, 0))


@pytest.mark.parametrize("code", [NOBODYS, "", "no code at all", "' OR 1=1 --"])
async def test_an_unknown_code_changes_nothing_and_the_person_goes_on(town: Town, code: str):
    boris = await town.member(code=code)
    assert (await town.profiles.get(boris)).complete
    assert await town.states() == []


async def test_nobody_invites_themselves(town: Town):
    """A code outlives no deletion; this is one that did."""
    boris = UserId(next(town.numbers))
    await town.opens("", boris)
    code = await town.code(boris)
    await town.opens(code, boris)
    await town.completes(boris)
    assert await town.states() == []


async def test_there_are_no_circles(town: Town):
    """Whoever is above has a profile, so this takes one that was made empty."""
    boris = await town.member(code=await town.code())
    cora = await town.member(code=await town.code(boris))
    await execute(town.database, f"UPDATE users SET age = NULL WHERE id = {ANNA}")
    await execute(town.database, f"DELETE FROM age_sides WHERE user_id = {ANNA}")
    await town.opens(await town.code(cora), ANNA)
    await town.completes(ANNA)
    assert await town.counts(cora) == (0, 0, 0)


async def test_a_banned_inviter_gets_nothing_and_the_person_goes_on(town: Town):
    code = await town.code()
    opened = UserId(next(town.numbers))
    await town.opens(code, opened)
    await SqlBans(town.database, clock=lambda: NOW).ban(ANNA, NOW + DAY, "ads", "root")
    await town.completes(opened)
    late = await town.member(code=code)
    assert (await town.profiles.get(late)).complete
    assert (await town.states(), await town.counts(), await town.rewards()) == ([State.VOID], (0, 0, 0), (0, 0))


async def test_while_invitations_are_off_nothing_is_noted_or_counted(town: Town):
    code, boris = await town.code(), UserId(next(town.numbers))
    await town.opens(code, boris)
    town.switch_off()
    await town.completes(boris)
    await town.member(code=code)
    assert (await town.states(), await town.rewards()) == ([State.OPENED], (0, 0))


async def test_a_link_that_was_only_opened_is_forgotten_after_a_while(town: Town):
    boris = UserId(next(town.numbers))
    await town.opens(await town.code(), boris)
    await town.member(code=await town.code())
    assert await town.invitations.purge_before(NOW) == 0
    assert await town.invitations.purge_before(NOW + 1) == 1
    assert await town.states() == [State.REWARDED]


async def test_an_inviter_of_whom_no_bot_has_heard_yet_is_told_where_the_link_was_asked_for(town: Town):
    await execute(town.database, f"DELETE FROM bot_peers WHERE user_id = {ANNA}")
    await town.member(code=await town.code())
    assert len(await town.told()) == 1


# --- deletions


async def test_somebody_who_was_deleted_and_comes_again_does_not_count(town: Town):
    boris = await town.member()
    await town.deletes(boris)
    await town.member(boris, code=await town.code())
    assert (await town.counts(), await town.rewards()) == ((0, 0, 0), (0, 0))


async def test_somebody_who_was_deleted_does_not_count_twice_however_long_it_is_ago(town: Town):
    """What remains of others is gone after a year; who came by whom is not."""
    boris = await town.member(code=await town.code())
    await town.deletes(boris)
    town.now += 1000 * DAY
    await town.data.purge_before(town.now)
    cora = await town.member()
    await town.member(boris, code=await town.code(cora))
    assert (await town.counts(), await town.counts(cora)) == ((1, 1, 0), (0, 0, 0))


async def test_a_deletion_leaves_no_name_in_what_was_counted(town: Town):
    boris = await town.member(code=await town.code())
    await town.deletes(boris)
    assert await holding(town.database, boris) <= {"payment_notices"}
    assert await town.counts() == (1, 1, 0)
    await town.deletes(ANNA)
    assert not {"referrals", "invite_codes", "entitlements"} & await holding(town.database, ANNA)


async def test_whoever_comes_by_the_link_of_somebody_deleted_goes_on(town: Town):
    code, boris = await town.code(), UserId(next(town.numbers))
    await town.opens(code, boris)
    await town.deletes(ANNA)
    await town.completes(boris)
    await town.member(code=code)
    assert await town.states() == [State.VOID]
    assert not {"entitlements", "vip_grants", "credit_accounts"} & await holding(town.database, ANNA)


async def test_a_deletion_and_a_completed_profile_at_one_moment_leave_nothing_behind(town: Town):
    for _ in range(5):
        anna, boris = await town.member(), UserId(next(town.numbers))
        await town.opens(await town.code(anna), boris)
        await asyncio.gather(town.completes(boris), town.deletes(anna))
        assert (await town.profiles.get(boris)).complete
        assert not {"entitlements", "credit_accounts", "referrals"} & await holding(town.database, anna)


async def test_the_copy_tells_of_ones_own_invitations(town: Town):
    boris = await town.member(code=await town.code())
    copy = orjson.loads(await town.data.export(ANNA, "update 1"))
    assert [(each["by_me"], each["state"]) for each in copy["invitations"]] == [(True, "rewarded")]
    assert copy["invitation"]["code"] == await town.code()
    copy = orjson.loads(await town.data.export(boris, "update 2"))
    assert ([(each["by_me"], each["state"]) for each in copy["invitations"]], copy["invitation"]) == ([(False, "rewarded")], None)


# --- caps, bursts, operators


async def test_more_than_the_cap_count_without_a_reward_until_the_next_day(town: Town):
    town.switch(daily_cap=2, burst_people=100)
    for _ in range(3):
        await town.member(code=await town.code())
    assert (await town.counts(), await town.rewards()) == ((3, 2, 0), (6, 10))
    assert (await town.invitations.look(HERE)).today == 2
    town.now += DAY
    await town.member(code=await town.code())
    assert (await town.counts(), (await town.invitations.look(HERE)).today) == ((4, 3, 0), 1)


async def test_of_many_at_one_moment_no_more_than_the_cap_are_rewarded(town: Town):
    town.switch(daily_cap=2, burst_people=100)
    code = await town.code()
    await asyncio.gather(*(town.member(code=code) for _ in range(6)))
    assert (await town.counts(), await town.rewards(), len(await town.told())) == ((6, 2, 0), (6, 10), 2)


async def test_a_burst_waits_for_an_operator_and_is_on_the_review_list(town: Town):
    for _ in range(5):
        await town.member(code=await town.code())
    assert await town.states() == [State.REWARDED] * 3 + [State.HELD] * 2
    assert (await town.counts(), await town.rewards()) == ((5, 3, 2), (9, 15))
    items = await rows(town.database, "SELECT user_id, rule, times, closed_at FROM review_items")
    assert items == [(ANNA, "many-invitations", 2, None)]
    town.now += 3601
    await town.member(code=await town.code())
    assert (await town.states())[-1] == State.REWARDED, "the burst is over"


async def held(town: Town, people: int = 1) -> list[int]:
    town.switch(burst_people=1)
    for _ in range(people + 1):
        await town.member(code=await town.code())
    return sorted(each.number for each in await town.invitations.newest(100, held=True))


async def test_an_operator_approves_once_and_the_inviter_is_rewarded_and_told(town: Town):
    [number] = await held(town)
    others = [SqlInvitations(town.database, town.live, clock=lambda: NOW) for _ in range(4)]
    assert sorted(await asyncio.gather(*(each.decide(number, State.REWARDED, ROOT) for each in others))) == [False] * 3 + [True]
    assert (await town.counts(), await town.rewards(), len(await town.told())) == ((2, 2, 0), (6, 10), 2)
    found = await town.invitations.find(number)
    assert (found.state, found.decided_by) == (State.REWARDED, "root")
    [act] = await SqlAudit(town.database).newest(10, target=f"referral:{number}")
    assert (act.who, act.act, act.before, act.after) == ("root", "approve referral", {"state": "held"}, {"state": "rewarded"})


async def test_what_is_rejected_brings_nothing_and_leaves_the_review_list(town: Town):
    first, second = await held(town, 2)
    assert await town.invitations.held() == 2
    assert await town.invitations.decide(first, State.REJECTED, ROOT)
    assert await rows(town.database, "SELECT closed_at FROM review_items") == [(None,)]
    assert not await town.invitations.decide(first, State.REWARDED, ROOT)
    assert await town.invitations.decide(second, State.REJECTED, ROOT)
    assert await rows(town.database, "SELECT closed_by FROM review_items") == [("root",)]
    assert (await town.counts(), await town.rewards()) == ((1, 1, 0), (3, 5))
    assert not await town.invitations.decide(10_000, State.REWARDED, ROOT)


async def test_what_is_approved_of_somebody_deleted_rewards_nobody(town: Town):
    [number] = await held(town)
    await town.deletes(ANNA)
    assert await town.invitations.decide(number, State.REWARDED, ROOT)
    assert not {"entitlements", "credit_accounts"} & await holding(town.database, ANNA)


async def test_an_invitation_may_bring_nothing_but_thanks(town: Town):
    town.switch(vip_days=0, credits=0)
    await town.member(code=await town.code())
    assert (await town.counts(), await town.rewards(), await town.told()) == ((1, 1, 0), (0, 0), [{"days": 0, "credits": 0}])


# --- races


async def test_two_devices_two_workers_and_a_redelivery_count_once(town: Town):
    code, boris, other = await town.code(), UserId(next(town.numbers)), Town(town.database)
    await asyncio.gather(*(each.opens(code, boris) for each in (town, other, town, other)))
    await town.profiles.change(boris, SetGender(gender=Gender.MALE, ask=Question.AGE))
    await asyncio.gather(*(each.profiles.change(boris, SetAge(age=25, at=NOW)) for each in (town, other) for _ in range(3)))
    assert (await town.counts(), await town.rewards(), len(await town.told())) == ((1, 1, 0), (3, 5), 1)


async def test_two_links_that_are_opened_at_one_moment_count_for_one_inviter(town: Town):
    cora, boris = await town.member(), UserId(next(town.numbers))
    codes = [await town.code(ANNA), await town.code(cora)]
    await asyncio.gather(*(town.opens(code, boris) for code in codes * 3))
    await town.completes(boris)
    invited = [await town.counts(each) for each in (ANNA, cora)]
    assert sorted(invited) == [(0, 0, 0), (1, 1, 0)]


async def test_people_who_come_at_one_moment_have_numbers_of_their_own(town: Town):
    town.switch(burst_people=100, daily_cap=100)
    codes = [await town.code(ANNA), await town.code(await town.member())]
    await asyncio.gather(*(town.opens(codes[turn % 2], UserId(next(town.numbers))) for turn in range(10)))
    assert sorted(each.number for each in await town.invitations.newest(100)) == list(range(1, 11))


# --- shares of payments


async def test_the_inviter_has_a_share_of_what_the_invited_pays_once(town: Town):
    boris = await town.member(code=await town.code())
    await asyncio.gather(*(town.pays(boris, 100) for _ in range(4)))
    assert await town.credits.balance(ANNA) == 5 + 5
    assert await town.account("earned:commission") == -5
    await town.pays(boris, 19, "too little for a credit")
    assert await town.credits.balance(ANNA) == 10


async def test_there_is_one_level_and_none_for_those_who_invited_nobody(town: Town):
    boris = await town.member(code=await town.code())
    cora = await town.member(code=await town.code(boris))
    await town.pays(cora, 100)
    assert (await town.credits.balance(ANNA), await town.credits.balance(boris)) == (5, 5 + 5)
    await town.pays(ANNA, 100, "her own")
    assert await town.credits.balance(ANNA) == 5


@pytest.mark.parametrize("spent", [0, 8])
async def test_a_refund_takes_the_share_back_once_and_what_is_spent_is_lost(town: Town, spent: int):
    boris = await town.member(code=await town.code())
    paid = await town.pays(boris, 100)
    if spent:
        await spend(town, spent)
    await asyncio.gather(*(town.gets_back(paid) for _ in range(3)))
    assert await town.credits.balance(ANNA) == max(0, 10 - spent - 5)
    assert (await town.account("earned:commission"), await town.account("lost")) == (0, -max(0, spent - 5))


async def spend(town: Town, amount: int) -> None:
    async with town.database.transaction() as connection:
        posting = Posting(town.database.queries, connection, NOW)
        assert await posting.post(lock_held("a lock", await posting.credits_account(ANNA), amount, NOW))


async def test_a_refund_after_the_inviter_was_deleted_takes_nothing_from_anybody(town: Town):
    boris = await town.member(code=await town.code())
    paid = await town.pays(boris, 100)
    await town.deletes(ANNA)
    await town.gets_back(paid)
    assert (await town.account("earned:commission"), await town.account("lost")) == (0, 10 - 5)
    await town.pays(boris, 100, "after that")
    assert await town.account("earned:commission") == 0


async def test_a_payment_that_telegrams_affiliates_share_brings_no_commission(town: Town):
    boris = await town.member(code=await town.code())
    paid = await town.pays(boris, 100)
    assert await town.credits.balance(ANNA) == 10
    await asyncio.gather(*(town.ledger.book_affiliate(paid, paid.amount // 8) for _ in range(3)))
    assert (await town.credits.balance(ANNA), await town.account("earned:commission")) == (5, 0)
    await town.gets_back(paid)
    assert (await town.credits.balance(ANNA), await town.account("lost")) == (5, 0)


async def test_a_share_that_the_list_told_of_before_the_charge_brings_none_either(town: Town):
    boris = await town.member(code=await town.code())
    paid = charge(order(user=boris, stars=100), "of a partner's")
    await town.ledger.book_affiliate(paid, paid.amount // 8)
    await town.pays(boris, 100, "of a partner's")
    assert await town.credits.balance(ANNA) == 5


async def test_no_share_for_the_banned_the_held_and_the_rejected_nor_while_it_is_off(town: Town):
    [number] = await held(town)
    waiting = (await town.invitations.find(number)).invited
    await town.pays(waiting, 100, "while it waits")
    await town.invitations.decide(number, State.REJECTED, ROOT)
    await town.pays(waiting, 100, "after it was rejected")
    assert await town.account("earned:commission") == 0
    boris = (await town.invitations.find(number - 1)).invited
    bans = SqlBans(town.database, clock=lambda: NOW)
    await bans.ban(ANNA, NOW + DAY, "ads", "root")
    await town.pays(boris, 100, "while she is banned")
    await bans.lift(ANNA)
    town.switch(commission_percent=0)
    await town.pays(boris, 100, "while there is none")
    town.switch(commission_percent=5)
    town.switch_off()
    await town.pays(boris, 100, "while it is off")
    assert await town.account("earned:commission") == 0


async def test_a_charge_of_which_nothing_is_known_brings_no_share(town: Town):
    boris = await town.member(code=await town.code())
    await town.ledger.book_charge(charge(order(user=boris), "strange", payload=b"?"), None, gift_code="")
    assert await town.account("earned:commission") == 0
