"""Required channels against the sandbox: `transport/channels/membership.py`, `transport/channels/probe.py`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from pyrogram import raw

from domain.configuration import Channels, Configuration, LiveConfiguration
from domain.errors import Unavailable
from domain.model.channels import MissingChannel
from domain.model.ids import UserId
from tests.transport.town import Town
from transport.channels.membership import LOG_INTERVAL, LONG_PAUSE, PAUSE, Membership
from transport.channels.probe import is_member
from transport.sandbox.world.model import Channel, User

GET = "channels.GetParticipant"
RESOLVE = "contacts.ResolveUsername"


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


class Square:
    """A town with channels, and its bot that looks after who is in them."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.clock = Clock()
        self.news = self.channel("news", "The News")

    def channel(self, username: str, title: str, *, admin: bool = True) -> Channel:
        return self.town.sandbox.world.add_channel(username, title, [self.town.bot.id] if admin else [])

    async def membership(self, *required: str, live: LiveConfiguration | None = None, **settings: Any) -> Membership:
        telegram = (await self.town.start()).telegram
        membership = Membership(
            link=telegram._link,
            peers=telegram._peers,
            live=live or LiveConfiguration(Configuration(channels=Channels(required=required, **settings))),
            call_timeout=5.0,
            clock=self.clock,
        )
        membership.bot = f"@{self.town.bot.username}"
        return membership

    def member(self, *channels: Channel) -> User:
        person = self.town.acquainted()
        for channel in channels:
            self.join(person, channel)
        return person

    def join(self, person: User, channel: Channel) -> None:
        self.town.sandbox.world.join(channel, person.id)

    def leave(self, person: User, channel: Channel) -> None:
        self.town.sandbox.world.leave(channel, person.id)


@pytest.fixture
async def square(town: Town) -> AsyncIterator[Square]:
    return Square(town)


def who(person: User) -> UserId:
    return UserId(person.id)


NEWS = MissingChannel(title="The News", address="https://t.me/news")


async def test_a_member_misses_nothing_and_others_are_told_where_to_join(square: Square):
    membership = await square.membership("@news")
    anna, boris = square.member(square.news), square.member()
    assert await membership.missing(who(anna)) == ()
    assert await membership.missing(who(boris)) == (NEWS,)
    assert membership.problems == ()


async def test_only_what_is_missing_is_named_in_the_order_of_the_settings(square: Square):
    second, third = square.channel("second", "Second"), square.channel("third", "Third")
    membership = await square.membership("@third", "@news", "@second")
    person = square.member(square.news)
    assert [channel.title for channel in await membership.missing(who(person))] == ["Third", "Second"]
    square.join(person, third)
    square.join(person, second)
    assert await membership.missing(who(person)) == ()


async def test_without_required_channels_nothing_is_asked(square: Square):
    membership = await square.membership()
    assert await membership.missing(who(square.member())) == ()
    assert square.town.calls(GET) == 0


async def test_joining_is_seen_at_once(square: Square):
    membership = await square.membership("@news")
    person = square.member()
    assert await membership.missing(who(person)) == (NEWS,)
    square.join(person, square.news)
    assert await membership.missing(who(person)) == ()


async def test_leaving_is_seen_when_the_membership_is_no_longer_believed(square: Square):
    membership = await square.membership("@news", recheck_seconds=300.0)
    person = square.member(square.news)
    assert await membership.missing(who(person)) == ()
    square.leave(person, square.news)
    square.clock.passes(299)
    assert await membership.missing(who(person)) == ()
    assert square.town.calls(GET) == 1
    square.clock.passes(2)
    assert await membership.missing(who(person)) == (NEWS,)


async def test_a_name_is_looked_up_once_also_by_many_at_the_same_time(square: Square):
    membership = await square.membership("@news")
    people = [square.member() for _ in range(20)]
    await asyncio.gather(*(membership.missing(who(person)) for person in people))
    await membership.missing(who(people[0]))
    assert square.town.calls(RESOLVE) == 1
    assert square.town.calls(GET) == 21


async def test_checks_of_one_user_at_the_same_time_are_one(square: Square):
    membership = await square.membership("@news")
    person = square.member()
    answers = await asyncio.gather(*(membership.missing(who(person)) for _ in range(10)))
    assert answers == [(NEWS,)] * 10
    assert square.town.calls(GET) == 1


async def test_whoever_gives_up_asking_leaves_the_others_their_answer(square: Square):
    membership = await square.membership("@news")
    person = square.member()
    first, second = (asyncio.ensure_future(membership.missing(who(person))) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == (NEWS,)


@pytest.mark.parametrize(("policy", "missing"), [("open", []), ("closed", ["Secretive"])])
async def test_where_the_bot_is_no_admin_the_setting_decides(
    square: Square, caplog: pytest.LogCaptureFixture, policy: str, missing: list[str]
):
    square.channel("secretive", "Secretive", admin=False)
    membership = await square.membership("@secretive", when_unverifiable=policy)
    found = await membership.missing(who(square.member()))
    assert [channel.title for channel in found] == missing
    assert all(channel.unsure and channel.address == "https://t.me/secretive" for channel in found)
    [problem] = membership.problems
    assert f"make @{square.town.bot.username} an admin of that channel" in problem
    assert "@secretive (CHAT_ADMIN_REQUIRED)" in problem
    assert [record.levelno for record in caplog.records if record.message == problem] == [logging.WARNING]


async def test_the_operator_is_told_once_an_hour_and_telegram_left_in_peace(square: Square, caplog: pytest.LogCaptureFixture):
    square.channel("secretive", "Secretive", admin=False)
    membership = await square.membership("@secretive")
    told = lambda: sum("@secretive" in record.message for record in caplog.records)  # noqa: E731
    for _ in range(5):
        await membership.missing(who(square.member()))
    assert (told(), square.town.calls(GET)) == (1, 1)
    square.clock.passes(PAUSE)
    await membership.missing(who(square.member()))
    assert (told(), square.town.calls(GET)) == (1, 2)
    square.clock.passes(LOG_INTERVAL)
    await membership.missing(who(square.member()))
    assert told() == 2


async def test_a_mended_channel_is_no_problem_any_more(square: Square):
    secretive = square.channel("secretive", "Secretive", admin=False)
    membership = await square.membership("@secretive")
    person = square.member()
    await membership.missing(who(person))
    secretive.admins.append(square.town.bot.id)
    square.clock.passes(PAUSE)
    assert [channel.title for channel in await membership.missing(who(person))] == ["Secretive"]
    assert membership.problems == ()


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("@nobody_there", "USERNAME_NOT_OCCUPIED"),
        ("@sandbox_two_bot", "NOT_A_CHANNEL"),
        ("-1002399999999=https://t.me/+abc", "CHANNEL_INVALID"),
    ],
)
async def test_a_channel_that_is_not_there_is_unverifiable(square: Square, written: str, reason: str):
    membership = await square.membership(written, "@news")
    person = square.member()
    assert await membership.missing(who(person)) == (NEWS,)
    [problem] = membership.problems
    assert written.partition("=")[0] in problem
    assert reason in problem
    assert "correct" in problem or "name a channel" in problem


async def test_a_name_that_is_not_there_is_looked_up_seldom(square: Square):
    membership = await square.membership("@nobody_there")
    await asyncio.gather(*(membership.missing(who(square.member())) for _ in range(20)))
    square.clock.passes(PAUSE)
    await membership.missing(who(square.member()))
    assert square.town.calls(RESOLVE) == 1
    square.clock.passes(LONG_PAUSE)
    await membership.missing(who(square.member()))
    assert square.town.calls(RESOLVE) == 2


async def test_a_private_channel_goes_by_its_id_and_invitation(square: Square):
    club = square.channel("", "The Club")
    membership = await square.membership(f"-100{club.id}=https://t.me/+abc")
    anna, boris = square.member(club), square.member()
    assert await membership.missing(who(anna)) == ()
    assert await membership.missing(who(boris)) == (MissingChannel(title="The Club", address="https://t.me/+abc"),)


async def test_a_private_channel_that_the_bot_is_not_in_is_named_with_the_mend(square: Square):
    club = square.channel("", "The Club", admin=False)
    membership = await square.membership(f"-100{club.id}=https://t.me/+abc", when_unverifiable="closed")
    expected = MissingChannel(title=f"-100{club.id}", address="https://t.me/+abc", unsure=True)
    assert await membership.missing(who(square.member())) == (expected,)
    assert "CHANNEL_PRIVATE): add @sandbox_one_bot to that channel as an admin" in membership.problems[0]


async def test_a_private_channel_without_an_invitation_keeps_nobody_out_unseen(square: Square):
    club = square.channel("", "The Club")
    membership = await square.membership(f"-100{club.id}")
    assert await membership.missing(who(square.member())) == ()
    assert f"write -100{club.id}=https://t.me/+invitation" in membership.problems[0]
    assert await membership.missing(who(square.member(club))) == ()
    assert len(membership.problems) == 1


async def test_a_public_channel_may_be_written_by_its_id(square: Square):
    membership = await square.membership(f"-100{square.news.id}")
    assert await membership.missing(who(square.member())) == (NEWS,)


async def test_a_flood_wait_makes_the_channel_unverifiable_while_it_lasts(square: Square):
    membership = await square.membership("@news", when_unverifiable="closed")
    person = square.member(square.news)
    square.town.inflict("flood_wait", method="getparticipant", seconds=40)
    assert await membership.missing(who(person)) == (MissingChannel(title="The News", address="https://t.me/news", unsure=True),)
    assert "for 40 s (FLOOD_WAIT)" in membership.problems[0]
    square.clock.passes(39)
    assert await membership.missing(who(person)) != ()
    assert square.town.calls(GET) == 1
    square.clock.passes(1)
    assert membership.problems == ()
    assert await membership.missing(who(person)) == ()


async def test_a_channel_that_has_moved_is_looked_up_again(square: Square):
    membership = await square.membership("@news")
    person = square.member()
    square.town.inflict("error", method="getparticipant", code=400, text="CHANNEL_INVALID")
    assert await membership.missing(who(person)) == ()
    square.clock.passes(PAUSE)
    assert await membership.missing(who(person)) == (NEWS,)
    assert square.town.calls(RESOLVE) == 2


async def test_telegrams_own_trouble_passes_without_a_rest(square: Square):
    membership = await square.membership("@news")
    person = square.member()
    square.town.inflict("error", method="getparticipant", code=500, text="INTERNAL_SERVER_ERROR")
    assert await membership.missing(who(person)) == ()
    assert membership.problems == ()
    assert await membership.missing(who(person)) == (NEWS,)


async def test_a_cut_connection_only_makes_the_check_take_longer(square: Square):
    membership = await square.membership("@news")
    person = square.member()
    square.town.inflict("drop", method="getparticipant")
    assert await membership.missing(who(person)) == (NEWS,)
    assert square.town.calls(GET) == 2


async def test_stopping_ends_the_checks_under_way(square: Square):
    membership = await square.membership("@news")
    person = square.member()
    square.town.inflict("lose_answer", method="getparticipant")
    check = asyncio.ensure_future(membership.missing(who(person)))
    await asyncio.sleep(0)
    await membership.stop()
    with pytest.raises(Unavailable, match="being stopped"):
        await check


async def test_the_client_asks_for_its_settings_channels(square: Square):
    settings = square.town.settings()
    with_channels = type(settings)(telegram=settings.telegram, pacing=settings.pacing, channels=Channels(required=("@news",)))
    life = await square.town.start(settings=with_channels)
    assert await life.telegram.missing_channels(who(square.member())) == (NEWS,)
    assert life.telegram.problems == ()


RIGHTS: Callable[..., Any] = lambda *, view: raw.types.ChatBannedRights(until_date=0, view_messages=view)  # noqa: E731
ME = raw.types.PeerUser(user_id=1)


@pytest.mark.parametrize(
    ("participant", "inside"),
    [
        (raw.types.ChannelParticipant(user_id=1, date=1), True),
        (raw.types.ChannelParticipantLeft(peer=ME), False),
        (raw.types.ChannelParticipantBanned(peer=ME, kicked_by=2, date=1, banned_rights=RIGHTS(view=True)), False),
        (raw.types.ChannelParticipantBanned(peer=ME, kicked_by=2, date=1, banned_rights=RIGHTS(view=None)), True),
        (raw.types.ChannelParticipantBanned(peer=ME, kicked_by=2, date=1, banned_rights=RIGHTS(view=None), left=True), False),
    ],
    ids=["member", "left", "banned", "restricted", "restricted and left"],
)
def test_the_restricted_are_members_and_the_banned_are_not(participant: Any, inside: bool):
    assert is_member(participant) is inside


async def test_channels_required_from_now_on_are_looked_into_and_those_left_out_are_not(square: Square):
    live = LiveConfiguration(Configuration(channels=Channels(required=("@news",))))
    other = square.channel("other", "The Others")
    membership = await square.membership(live=live)
    anna = square.member(square.news)
    assert await membership.missing(anna.id) == ()
    live.swap(Configuration(channels=Channels(required=("@news", "@other"))), {})
    assert [each.title for each in await membership.missing(anna.id)] == ["The Others"]
    square.join(anna, other)
    square.leave(anna, square.news)
    live.swap(Configuration(channels=Channels(required=("@other",))), {})
    assert await membership.missing(anna.id) == ()
    await membership.stop()


async def test_after_a_change_of_the_channels_a_membership_seen_before_is_looked_at_again(square: Square):
    live = LiveConfiguration(Configuration(channels=Channels(required=("@news",), recheck_seconds=3600)))
    membership = await square.membership(live=live)
    anna = square.member(square.news)
    assert await membership.missing(anna.id) == ()
    square.leave(anna, square.news)
    assert await membership.missing(anna.id) == ()
    live.swap(Configuration(channels=Channels(required=("@news",), recheck_seconds=3601)), {})
    assert [each.title for each in await membership.missing(anna.id)] == ["The News"]
    await membership.stop()
