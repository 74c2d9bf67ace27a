"""How several workers' reports become one status."""

from __future__ import annotations

from control.supervisor.status import (
    gather,
    merge_actors,
    merge_bots,
    merge_figures,
    merge_traffic,
    merge_undelivered,
)
from domain.actor_stats import ActorStats
from domain.model.sending import Sending
from domain.status import BotStatus, BotTraffic, Undelivered


def test_figures_of_the_pool_are_counted_once_and_the_others_added_up() -> None:
    reports = [{"chats": 3, "waiting": 1, "relayed": 10}, {"chats": 3, "waiting": 2, "relayed": 5}, {}]
    assert merge_figures(reports) == {"chats": 3, "waiting": 2, "relayed": 15}


def test_actors_of_one_class_are_added_up_and_the_deepest_mailbox_stands_for_all() -> None:
    one = ActorStats(name="SessionActor", alive=2, handled=7, deepest=5)
    other = ActorStats(name="SessionActor", alive=3, handled=1, deepest=9)
    matcher = ActorStats(name="MatcherActor", alive=1)
    assert merge_actors([(one,), (other, matcher)]) == (
        matcher,
        ActorStats(name="SessionActor", alive=5, handled=8, deepest=9),
    )


def test_a_bot_stands_as_the_worker_sees_it_that_serves_it() -> None:
    waiting = BotStatus(id=1, state="waiting", worker="worker-2")
    serving = BotStatus(id=1, state="serving", worker="worker-1")
    refused = BotStatus(id=2, state="refused", worker="worker-1")
    assert merge_bots([(waiting,), (serving, refused)]) == (serving, refused)


def test_a_bot_that_is_refused_to_one_worker_only_waits_for_it_at_the_others() -> None:
    refused = BotStatus(id=1, state="refused", worker="worker-1")
    waiting = BotStatus(id=1, state="waiting", worker="worker-2")
    assert merge_bots([(waiting,), (refused,)]) == merge_bots([(refused,), (waiting,)]) == (refused,)


def test_of_two_workers_that_have_a_bot_for_a_moment_the_one_with_more_to_send_counts() -> None:
    little, much = (BotTraffic(bot=1, sending=Sending(queued=queued)) for queued in (1, 9))
    other = BotTraffic(bot=2, sending=Sending())
    assert merge_traffic([(other, little), (much,)]) == (much, other)


def test_what_never_arrived_is_one_list_the_newest_first() -> None:
    early, late = (Undelivered(at=at, bot=1, what="relay", why="no answer in time") for at in (1.0, 2.0))
    assert merge_undelivered([(early,), (late,)]) == (late, early)


async def test_what_looks_like_a_secret_is_in_no_problem() -> None:
    own = ["/srv/postgresql:/anna:s3cret@db/chats cannot be written"]
    under_way = "drain 12345678:" + "A" * 35
    status = await gather([], uptime=1, installation="here", usernames={}, own=own, grace=0.0, under_way=under_way)
    assert status.problems == ("/srv/postgresql:/anna:***@db/chats cannot be written",)
    assert status.under_way == "drain 12345678:***"
