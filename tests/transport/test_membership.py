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


class ChannelTown:
    """A town with channels, and a bot that checks who is a member of them."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.clock = Clock()
        self.news = self.channel("news", "The Changes")

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
async def channel_town(town: Town) -> AsyncIterator[ChannelTown]:
    return ChannelTown(town)


def who(person: User) -> UserId:
    return UserId(person.id)


NEWS = MissingChannel(title="The Changes", address="https://t.me/news")


async def test_a_member_has_no_missing_channel_and_others_are_told_where_to_join(channel_town: ChannelTown):
    membership = await channel_town.membership("@news")
    anna, boris = channel_town.member(channel_town.news), channel_town.member()
    assert await membership.missing(who(anna)) == ()
    assert await membership.missing(who(boris)) == (NEWS,)
    assert membership.problems == ()


async def test_only_missing_channels_are_named_in_the_order_of_the_settings(channel_town: ChannelTown):
    second, third = channel_town.channel("second", "Second"), channel_town.channel("third", "Third")
    membership = await channel_town.membership("@third", "@news", "@second")
    person = channel_town.member(channel_town.news)
    assert [channel.title for channel in await membership.missing(who(person))] == ["Third", "Second"]
    channel_town.join(person, third)
    channel_town.join(person, second)
    assert await membership.missing(who(person)) == ()


async def test_without_required_channels_telegram_is_not_asked(channel_town: ChannelTown):
    membership = await channel_town.membership()
    assert await membership.missing(who(channel_town.member())) == ()
    assert channel_town.town.calls(GET) == 0


async def test_joining_is_seen_at_once(channel_town: ChannelTown):
    membership = await channel_town.membership("@news")
    person = channel_town.member()
    assert await membership.missing(who(person)) == (NEWS,)
    channel_town.join(person, channel_town.news)
    assert await membership.missing(who(person)) == ()


async def test_leaving_is_seen_when_the_remembered_membership_expires(channel_town: ChannelTown):
    membership = await channel_town.membership("@news", recheck_seconds=300.0)
    person = channel_town.member(channel_town.news)
    assert await membership.missing(who(person)) == ()
    channel_town.leave(person, channel_town.news)
    channel_town.clock.passes(299)
    assert await membership.missing(who(person)) == ()
    assert channel_town.town.calls(GET) == 1
    channel_town.clock.passes(2)
    assert await membership.missing(who(person)) == (NEWS,)


async def test_simultaneous_checks_look_a_username_up_once(channel_town: ChannelTown):
    membership = await channel_town.membership("@news")
    people = [channel_town.member() for _ in range(20)]
    await asyncio.gather(*(membership.missing(who(person)) for person in people))
    await membership.missing(who(people[0]))
    assert channel_town.town.calls(RESOLVE) == 1
    assert channel_town.town.calls(GET) == 21


async def test_simultaneous_checks_of_one_user_are_one(channel_town: ChannelTown):
    membership = await channel_town.membership("@news")
    person = channel_town.member()
    answers = await asyncio.gather(*(membership.missing(who(person)) for _ in range(10)))
    assert answers == [(NEWS,)] * 10
    assert channel_town.town.calls(GET) == 1


async def test_a_cancelled_check_does_not_cancel_the_others(channel_town: ChannelTown):
    membership = await channel_town.membership("@news")
    person = channel_town.member()
    first, second = (asyncio.ensure_future(membership.missing(who(person))) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == (NEWS,)


@pytest.mark.parametrize(("policy", "missing"), [("open", []), ("closed", ["Secretive"])])
async def test_where_the_bot_is_no_admin_the_setting_decides(
    channel_town: ChannelTown, caplog: pytest.LogCaptureFixture, policy: str, missing: list[str]
):
    channel_town.channel("secretive", "Secretive", admin=False)
    membership = await channel_town.membership("@secretive", when_unverifiable=policy)
    found = await membership.missing(who(channel_town.member()))
    assert [channel.title for channel in found] == missing
    assert all(channel.unsure and channel.address == "https://t.me/secretive" for channel in found)
    [problem] = membership.problems
    assert f"make @{channel_town.town.bot.username} an admin of that channel" in problem
    assert "@secretive (CHAT_ADMIN_REQUIRED)" in problem
    assert [record.levelno for record in caplog.records if record.message == problem] == [logging.WARNING]


async def test_a_problem_is_logged_once_an_hour_and_telegram_is_not_asked_again_at_once(
    channel_town: ChannelTown, caplog: pytest.LogCaptureFixture
):
    channel_town.channel("secretive", "Secretive", admin=False)
    membership = await channel_town.membership("@secretive")
    log_lines = lambda: sum("@secretive" in record.message for record in caplog.records)  # noqa: E731
    for _ in range(5):
        await membership.missing(who(channel_town.member()))
    assert (log_lines(), channel_town.town.calls(GET)) == (1, 1)
    channel_town.clock.passes(PAUSE)
    await membership.missing(who(channel_town.member()))
    assert (log_lines(), channel_town.town.calls(GET)) == (1, 2)
    channel_town.clock.passes(LOG_INTERVAL)
    await membership.missing(who(channel_town.member()))
    assert log_lines() == 2


async def test_a_corrected_channel_is_no_problem_any_more(channel_town: ChannelTown):
    secretive = channel_town.channel("secretive", "Secretive", admin=False)
    membership = await channel_town.membership("@secretive")
    person = channel_town.member()
    await membership.missing(who(person))
    secretive.admins.append(channel_town.town.bot.id)
    channel_town.clock.passes(PAUSE)
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
async def test_a_channel_that_does_not_exist_is_unverifiable(channel_town: ChannelTown, written: str, reason: str):
    membership = await channel_town.membership(written, "@news")
    person = channel_town.member()
    assert await membership.missing(who(person)) == (NEWS,)
    [problem] = membership.problems
    assert written.partition("=")[0] in problem
    assert reason in problem
    assert "correct" in problem or "name a channel" in problem


async def test_a_username_that_does_not_exist_is_rarely_looked_up_again(channel_town: ChannelTown):
    membership = await channel_town.membership("@nobody_there")
    await asyncio.gather(*(membership.missing(who(channel_town.member())) for _ in range(20)))
    channel_town.clock.passes(PAUSE)
    await membership.missing(who(channel_town.member()))
    assert channel_town.town.calls(RESOLVE) == 1
    channel_town.clock.passes(LONG_PAUSE)
    await membership.missing(who(channel_town.member()))
    assert channel_town.town.calls(RESOLVE) == 2


async def test_a_private_channel_is_named_by_its_id_and_invitation(channel_town: ChannelTown):
    club = channel_town.channel("", "The Club")
    membership = await channel_town.membership(f"-100{club.id}=https://t.me/+abc")
    anna, boris = channel_town.member(club), channel_town.member()
    assert await membership.missing(who(anna)) == ()
    assert await membership.missing(who(boris)) == (MissingChannel(title="The Club", address="https://t.me/+abc"),)


async def test_the_problem_of_a_private_channel_without_the_bot_says_what_to_do(channel_town: ChannelTown):
    club = channel_town.channel("", "The Club", admin=False)
    membership = await channel_town.membership(f"-100{club.id}=https://t.me/+abc", when_unverifiable="closed")
    expected = MissingChannel(title=f"-100{club.id}", address="https://t.me/+abc", unsure=True)
    assert await membership.missing(who(channel_town.member())) == (expected,)
    assert "CHANNEL_PRIVATE): add @sandbox_one_bot to that channel as an admin" in membership.problems[0]


async def test_nobody_is_kept_out_by_a_private_channel_without_an_invitation(channel_town: ChannelTown):
    club = channel_town.channel("", "The Club")
    membership = await channel_town.membership(f"-100{club.id}")
    assert await membership.missing(who(channel_town.member())) == ()
    assert f"write -100{club.id}=https://t.me/+invitation" in membership.problems[0]
    assert await membership.missing(who(channel_town.member(club))) == ()
    assert len(membership.problems) == 1


async def test_a_public_channel_may_be_written_by_its_id(channel_town: ChannelTown):
    membership = await channel_town.membership(f"-100{channel_town.news.id}")
    assert await membership.missing(who(channel_town.member())) == (NEWS,)


async def test_a_flood_wait_makes_the_channel_unverifiable_while_it_lasts(channel_town: ChannelTown):
    membership = await channel_town.membership("@news", when_unverifiable="closed")
    person = channel_town.member(channel_town.news)
    channel_town.town.inflict("flood_wait", method="getparticipant", seconds=40)
    assert await membership.missing(who(person)) == (
        MissingChannel(title="The Changes", address="https://t.me/news", unsure=True),
    )
    assert "for 40 s (FLOOD_WAIT)" in membership.problems[0]
    channel_town.clock.passes(39)
    assert await membership.missing(who(person)) != ()
    assert channel_town.town.calls(GET) == 1
    channel_town.clock.passes(1)
    assert membership.problems == ()
    assert await membership.missing(who(person)) == ()


async def test_a_channel_that_has_moved_is_looked_up_again(channel_town: ChannelTown):
    membership = await channel_town.membership("@news")
    person = channel_town.member()
    channel_town.town.inflict("error", method="getparticipant", code=400, text="CHANNEL_INVALID")
    assert await membership.missing(who(person)) == ()
    channel_town.clock.passes(PAUSE)
    assert await membership.missing(who(person)) == (NEWS,)
    assert channel_town.town.calls(RESOLVE) == 2


async def test_after_an_internal_error_of_telegram_the_channel_is_checked_again_at_once(channel_town: ChannelTown):
    membership = await channel_town.membership("@news")
    person = channel_town.member()
    channel_town.town.inflict("error", method="getparticipant", code=500, text="INTERNAL_SERVER_ERROR")
    assert await membership.missing(who(person)) == ()
    assert membership.problems == ()
    assert await membership.missing(who(person)) == (NEWS,)


async def test_a_cut_connection_only_makes_the_check_take_longer(channel_town: ChannelTown):
    membership = await channel_town.membership("@news")
    person = channel_town.member()
    channel_town.town.inflict("drop", method="getparticipant")
    assert await membership.missing(who(person)) == (NEWS,)
    assert channel_town.town.calls(GET) == 2


async def test_stopping_ends_the_checks_under_way(channel_town: ChannelTown):
    membership = await channel_town.membership("@news")
    person = channel_town.member()
    channel_town.town.inflict("lose_answer", method="getparticipant")
    check = asyncio.ensure_future(membership.missing(who(person)))
    await asyncio.sleep(0)
    await membership.stop()
    with pytest.raises(Unavailable, match="being stopped"):
        await check


async def test_the_client_checks_the_channels_of_its_settings(channel_town: ChannelTown):
    settings = channel_town.town.settings()
    with_channels = type(settings)(telegram=settings.telegram, pacing=settings.pacing, channels=Channels(required=("@news",)))
    life = await channel_town.town.start(settings=with_channels)
    assert await life.telegram.missing_channels(who(channel_town.member())) == (NEWS,)
    assert life.telegram.problems == ()


async def test_a_channel_is_tested_as_this_bot_sees_it_without_being_required(channel_town: ChannelTown):
    channel_town.channel("strangers", "Strangers", admin=False)
    secret = channel_town.channel("", "Secret")
    person = channel_town.town.acquainted()
    membership = await channel_town.membership()
    names = ("@news", "@strangers", "@nowhere_news", f"@{channel_town.town.bot.username}", f"-100{secret.id}")
    news, strangers, nowhere, bot, without_link = await membership.see(names)
    assert (news.channel, news.title, news.problem) == ("@news", "The Changes", "")
    assert strangers.title == "Strangers"
    assert f"add @{channel_town.town.bot.username} to that channel as an admin" in strangers.problem
    assert "there is no such channel" in nowhere.problem
    assert "a person or a bot" in bot.problem
    assert "cannot be shown where to join" in without_link.problem
    assert await membership.missing(who(person)) == ()
    assert membership.problems == ()


async def test_a_bot_that_is_only_a_member_is_no_admin(channel_town: ChannelTown):
    group = channel_town.channel("group", "Group", admin=False)
    channel_town.town.sandbox.world.join(group, channel_town.town.bot.id)
    (sight,) = await (await channel_town.membership()).see(["@group"])
    assert "(CHAT_ADMIN_REQUIRED): make" in sight.problem


async def test_a_test_that_telegram_postpones_says_for_how_long(channel_town: ChannelTown):
    membership = await channel_town.membership()
    channel_town.town.inflict("flood_wait", method="getparticipant", seconds=40)
    (sight,) = await membership.see(["@news"])
    assert "for 40 s (FLOOD_WAIT)" in sight.problem


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


async def test_after_a_change_of_the_channels_exactly_the_new_ones_are_checked(channel_town: ChannelTown):
    live = LiveConfiguration(Configuration(channels=Channels(required=("@news",))))
    other = channel_town.channel("other", "The Others")
    membership = await channel_town.membership(live=live)
    anna = channel_town.member(channel_town.news)
    assert await membership.missing(anna.id) == ()
    live.swap(Configuration(channels=Channels(required=("@news", "@other"))), {})
    assert [each.title for each in await membership.missing(anna.id)] == ["The Others"]
    channel_town.join(anna, other)
    channel_town.leave(anna, channel_town.news)
    live.swap(Configuration(channels=Channels(required=("@other",))), {})
    assert await membership.missing(anna.id) == ()
    await membership.stop()


async def test_after_a_change_of_the_channels_memberships_are_checked_again(channel_town: ChannelTown):
    live = LiveConfiguration(Configuration(channels=Channels(required=("@news",), recheck_seconds=3600)))
    membership = await channel_town.membership(live=live)
    anna = channel_town.member(channel_town.news)
    assert await membership.missing(anna.id) == ()
    channel_town.leave(anna, channel_town.news)
    assert await membership.missing(anna.id) == ()
    live.swap(Configuration(channels=Channels(required=("@news",), recheck_seconds=3601)), {})
    assert [each.title for each in await membership.missing(anna.id)] == ["The Changes"]
    await membership.stop()
