"""Random histories of people at two workers: whatever is typed, edited, bought, given, deleted, made anew, delivered again or
written by a worker of an earlier release, nobody under 18 is ever in a chat with somebody of 18 or more, and nobody comes to the
other side but by growing up.

The session machine, the records and the caches of both workers are real; the pool is the oracle, with which the scripts agree
(`tests/storage/pool/test_matching_histories.py`). News of a change may be late by as long as the clock stands still.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from itertools import count
from math import inf
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from domain.configuration import Configuration, LiveConfiguration
from domain.errors import Outdated
from domain.matching.requests import Find, GetStatus, Paired, UpdateSearch, Waiting
from domain.matching.rules import Oracle
from domain.model.bot import Lease
from domain.model.content import Text
from domain.model.ids import Address, BotId, ChatId, MessageId, Pts, UserId
from domain.model.inbound import ButtonPressed, CommandReceived, MessageReceived
from domain.model.profile import DAY, YEAR, AgeBand
from domain.session.context import Context
from domain.session.effects import ChangeProfile, Decide
from domain.session.facts import Decided, Fact, ProfileRefreshed, Stands
from domain.session.machine import Machine
from domain.session.state import Session
from storage.sql.database import open_database
from storage.sql.migrate import migrate
from storage.sql.profiles import CachedProfiles, SqlProfiles
from tests.entitlements import SqlEntitlements

BOTS = [BotId(1), BotId(2)]
"""Each served by a worker of its own."""
CONFIGURATION = Configuration()
MACHINE = Machine()
PHASES = (Phase.explicit, Phase.generate)
"""Without making a failing history smaller, which takes minutes."""
START = 1_800_000_000.0

people = st.integers(0, 1)
bots = st.sampled_from(BOTS)
ages = st.sampled_from([13, 17, 18, 40])
often = st.sampled_from([True, True, False])


class Histories(RuleBasedStateMachine):
    database: Any = None
    """Shared by all histories: each has people of its own."""
    runner: asyncio.Runner
    numbers = count(1)

    @initialize(first=ages, second=st.one_of(st.just(0), ages))
    def begin(self, first, second):
        self.now = START
        self.users = [UserId(next(self.numbers)) for _ in range(2)]
        self.oracle = Oracle(CONFIGURATION.matching, self.now)
        self.oracle.leases = {bot: Lease(bot=bot, owner=f"worker-{bot}", token=1) for bot in BOTS}
        self.sessions: dict[Address, Session] = {}
        self.late_news: set[UserId] = set()
        live = LiveConfiguration(CONFIGURATION)
        self.profiles = {
            bot: CachedProfiles(
                SqlProfiles(self.database, clock=lambda: self.now),
                live,
                clock=lambda: self.now,
                announce=self._changed,
            )
            for bot in BOTS
        }
        self.pts = count(1)
        self.chats = count(1)
        self.last: dict[Address, Any] = {}
        """The last update of each address."""
        self.sought: dict[UserId, AgeBand] = {}
        """As what somebody last searched."""
        self.met: dict[ChatId, tuple[UserId, UserId]] = {}
        self.adults: set[UserId] = set()
        """Who has searched among adults."""
        self.grown_from: dict[UserId, float] = {}
        """The first moment at which somebody is 18 by one of the ages under 18 that they have searched with."""
        self.minors: set[UserId] = set()
        self.given: dict[tuple[UserId, int], float] = {}
        """When somebody first gave an age."""
        if second:
            self.searches(0, BOTS[0], first)
            self.searches(1, BOTS[1], second)

    def teardown(self):
        self.sessions = {}

    # --- what happens

    @rule(person=people, bot=bots)
    def comes_and_chooses_a_gender(self, person, bot):
        self._commands(person, bot, "start")
        self._presses(person, bot, "gender:female")

    @rule(person=people, first=ages, second=ages)
    def gives_two_ages_at_once(self, person, first, second):
        """Neither worker has heard of what was told to the other."""
        for bot in BOTS:
            self.comes_and_chooses_a_gender(person, bot)
        for bot, age in zip(BOTS, (first, second), strict=True):
            self._says(person, bot, str(age))

    @rule(person=people, bot=bots, age=ages)
    def edits_the_age(self, person, bot, age):
        self._presses(person, bot, "edit:age")
        self._says(person, bot, str(age))

    @rule(person=people, bot=bots, data=st.sampled_from(["wish:any", "wish:band:0", "wish:band:1", "wish:gender:male", "trial"]))
    def presses_what_a_client_may_send(self, person, bot, data):
        self._presses(person, bot, data)

    @rule(person=people, bot=bots, age=ages)
    def searches(self, person, bot, age):
        """Whoever has no profile makes one first."""
        self.comes_and_chooses_a_gender(person, bot)
        self._says(person, bot, str(age))
        self._commands(person, bot, "find")

    @rule(person=people, bot=bots, name=st.sampled_from(["next", "stop", "cancel"]))
    def leaves(self, person, bot, name):
        self._commands(person, bot, name)

    @rule(person=people, bot=bots)
    def an_update_is_delivered_again_to_a_session_that_knows_nothing(self, person, bot):
        address = Address(bot, self.users[person])
        if address in self.last:
            self.sessions.pop(address, None)
            self._handle(address, self.last[address])

    @rule(person=people, bot=bots)
    def a_session_is_passivated(self, person, bot):
        self.sessions.pop(Address(bot, self.users[person]), None)

    @rule(person=people)
    def has_vip(self, person):
        user = self.users[person]
        self._run(SqlEntitlements(self.database).set_vip_until(user, inf))
        self._tell(user, told=False)

    @rule(person=people, bot=bots, age=ages, told=often)
    def has_the_data_deleted_and_comes_again(self, person, bot, age, told):
        """All but what outlives the profile. `told`: both workers have heard of it before."""
        user = self.users[person]
        self._execute(f"DELETE FROM users WHERE id = {user}")
        self._execute(f"DELETE FROM entitlements WHERE user_id = {user}")
        self._tell(user, told=told)
        self.searches(person, bot, age)

    @rule(person=people, bot=bots, age=ages, told=often)
    def an_older_worker_writes_an_age(self, person, bot, age, told):
        """It knows no sides. It makes people too."""
        user = self.users[person]
        self.given.setdefault((user, age), self.now)
        self._execute(
            "INSERT INTO users (id, language, gender, age, vip_until, banned_until, wishes, created_at, updated_at)"
            f" VALUES ({user}, 'en', 'male', {age}, 0, 0, '{{}}', {self.now}, {self.now})"
            " ON CONFLICT (id) DO UPDATE SET age = excluded.age, gender = excluded.gender"
        )
        self._tell(user, told=told)
        self._commands(person, bot, "find")

    @rule(seconds=st.sampled_from([60.0, DAY, 31 * DAY, 0.9 * YEAR, 1.1 * YEAR, 3.5 * YEAR]))
    def time_passes(self, seconds):
        self._news_is_heard()
        self.now += seconds
        self.oracle.now = self.now
        self.oracle.sweep(lambda: ChatId("none"), pairs=0)  # no search lasts so long

    @rule()
    def news_is_heard(self):
        self._news_is_heard()

    @rule()
    def the_pool_sweeps(self):
        self.oracle.sweep(lambda: ChatId(f"s{next(self.chats)}"))

    # --- what must hold

    @invariant()
    def nobody_meets_the_other_side(self):
        if not hasattr(self, "oracle"):
            return
        for user in self.users:
            standing = self.oracle.decide(GetStatus(user=user))
            if isinstance(standing, Paired) and standing.chat.id not in self.met:
                one, other = standing.chat.first.user, standing.chat.second.user
                self.met[standing.chat.id] = one, other
                sides = {self.sought[each] is AgeBand.MINOR for each in (one, other)}
                assert len(sides) == 1, "an adult and a minor are in one chat"

    def _seeks(self, user: UserId, band: AgeBand, age: int) -> None:
        """Notes it, and holds it against the past."""
        if band is AgeBand.MINOR:
            assert user not in self.adults, "somebody who searched among adults searches among minors"
            grown_from = self.given[user, age] + (18 - age) * YEAR
            self.grown_from[user] = min(grown_from, self.grown_from.get(user, inf)) if user in self.minors else grown_from
            self.minors.add(user)
        else:
            if user in self.minors:
                assert self.now >= self.grown_from[user], "somebody who searched among minors searches among adults, not grown up"
                self.minors.discard(user)
            self.adults.add(user)
        self.sought[user] = band

    # --- a worker

    def _says(self, person, bot, text):
        number = next(self.pts)
        self.given.setdefault((self.users[person], int(text)), self.now)
        said = MessageReceived(user=self.users[person], pts=Pts(number), message=MessageId(number), content=Text(text=text))
        self._handle(Address(bot, said.user), said)

    def _commands(self, person, bot, name):
        number = next(self.pts)
        content = Text(text=f"/{name}")
        user = self.users[person]
        command = CommandReceived(user=user, pts=Pts(number), message=MessageId(number), name=name, content=content)
        self._handle(Address(bot, user), command)

    def _presses(self, person, bot, data):
        user = self.users[person]
        self._handle(Address(bot, user), ButtonPressed(user=user, query=next(self.pts), message=MessageId(1), data=data))

    def _handle(self, address: Address, update: Any) -> None:
        """As `SessionActor` does: see where the user stands, decide, carry out."""
        self.last[address] = update
        session = self.sessions.get(address)
        if session is None:
            session = Session(address=address, profile=self._run(self.profiles[address.bot].get(address.user)))
        session, _ = self._step(session, Stands(answer=self.oracle.decide(GetStatus(user=address.user))))
        with suppress(Outdated):
            self.sessions[address] = session
            self.sessions[address] = self._carry_out(session, update, getattr(update, "pts", None))

    def _carry_out(self, session: Session, fact: Fact, pts: Pts | None) -> Session:
        """Raises Outdated, and then what was decided is forgotten."""
        session, effects = self._step(session, fact)
        address = session.address
        for effect in effects:
            match effect:
                case ChangeProfile(change=change):
                    self._run(self.profiles[address.bot].change(address.user, change))
                case Decide(request=request):
                    session = self._decide(session, request, pts)
        return session

    def _decide(self, session: Session, request: Any, pts: Pts | None) -> Session:
        user, lease = session.address.user, self.oracle.leases[session.address.bot]
        mark = replace(request.mark, lease=lease, pts=pts)
        before = self.oracle.decide(GetStatus(user=user))
        answer = self.oracle.decide(request.stamped(mark, ChatId(f"c{next(self.chats)}")))
        new = isinstance(answer, Paired) and not (isinstance(before, Paired) and before.chat.id == answer.chat.id)
        if isinstance(request, Find | UpdateSearch) and (new or isinstance(answer, Waiting)) and self._took(user, request):
            assert session.profile is not None
            assert request.seeker.band or session.profile.adult_from > self.now, "a grown-up searches among minors"
            self._seeks(user, request.seeker.band, session.profile.age)
        self.nobody_meets_the_other_side()
        return self._carry_out(session, Decided(request=request, answer=answer), None)

    def _took(self, user: UserId, request: Any) -> bool:
        """Whether the pool has this search. One that was decided before stays as it was."""
        search = self.oracle.searches.get(user)
        return search is None or search.seeker == request.seeker

    def _step(self, session: Session, fact: Fact) -> Any:
        return MACHINE.step(Context(session=session, now=self.now, configuration=CONFIGURATION, bot_names={}), fact)

    def _changed(self, user: UserId) -> None:
        self.late_news.add(user)

    def _tell(self, user: UserId, *, told: bool) -> None:
        """Some process announces a change."""
        self.late_news.add(user)
        if told:
            self._news_is_heard()

    def _news_is_heard(self) -> None:
        news, self.late_news = self.late_news, set()
        for user in news:
            for bot in BOTS:
                self.profiles[bot].forget(user)
                session = self.sessions.get(Address(bot, user))
                if session is not None:
                    refreshed = ProfileRefreshed(profile=self._run(self.profiles[bot].get(user)))
                    self.sessions[session.address] = self._carry_out(session, refreshed, None)

    def _run(self, work: Any) -> Any:
        return self.runner.run(work)

    def _execute(self, statement: str) -> None:
        async def execute() -> None:
            async with self.database.connection() as connection:
                await connection.execute(statement)

        self._run(execute())


@pytest.fixture
def records(tmp_path):
    """A database with the newest schema, and the loop that it belongs to."""
    with asyncio.Runner() as runner:

        async def opened():
            database = await open_database(f"sqlite:{tmp_path}/records.db", pool_size=1)
            await migrate(database)
            return database

        database = runner.run(opened())
        yield runner, database
        runner.run(database.close())


@pytest.mark.timeout(300)
def test_the_two_sides_never_meet(records):
    class OfThisRun(Histories):
        runner, database = records

    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    limits = settings(max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=checks, phases=PHASES)
    run_state_machine_as_test(OfThisRun, settings=limits)
