"""Admins, log-ins, sessions, answers and tokens of the panel, on both databases."""

from __future__ import annotations

import asyncio

import pytest
from msgspec import structs

from domain.configuration import Configuration, LiveConfiguration
from domain.model.ids import Address, BotId, UserId
from domain.panel.login import ALPHABET, LIFE, LINK_LIFE, LONGEST_WAIT, NOT_ME, Client, State, in_groups, number_of
from domain.panel.roles import Role
from domain.panel.sessions import ABSOLUTE, IDLE
from domain.ports.panel import MACHINE, AdminChange, NotAsked, Outcome, PanelQuestion, Wanted
from domain.ports.payments import CONTROL
from domain.ports.review import Operator
from domain.settings import Admin, Settings
from storage.secrets import Secrets
from storage.sql.panel.desk import PURPOSE
from storage.sql.panel.records import panel_records
from storage.sql.payments.outbox import SqlOutbox
from storage.sql.review.audit import SqlAudit

NOW = 1_900_000_000.0
BOT, OTHER_BOT = BotId(77), BotId(78)
OLGA, OLEG, ANNA, BORIS = (UserId(7_000_000_000 + n) for n in (1, 2, 3, 4))
"""Olga and Oleg are owners by the settings; the others are nobody yet."""
FIREFOX = Client(address="203.0.113.7", browser="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
PHONE = Client(address="2001:db8::1", browser="Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1")
ROOT = Operator(name="root", source="cli")


class House:
    """The panel's records, at a time that the test sets."""

    def __init__(self, database, owners=(OLGA, OLEG)) -> None:
        self.now = NOW
        self.database = database
        settings = structs.replace(Settings(), admin=Admin(telegram_ids=tuple(owners), control_chat_id=-100))
        secrets = Secrets([b"k" * 32], source="test")
        self.key = secrets.derived(PURPOSE)
        live = LiveConfiguration(Configuration.of(settings))
        records = panel_records(database, secrets, settings, live, clock=lambda: self.now)
        self.admins, self.logins, self.questions = records.admins, records.logins, records.questions
        self.answers, self.sessions, self.tokens = records.answers, records.sessions, records.tokens

    async def asked(self, user=OLGA, client=FIREFOX):
        """A log-in whose question is on the phone: (log-in, question)."""
        opened = await self.logins.open(user, client)
        question = await self.questions.ask(Address(BOT, user), opened.code)
        assert isinstance(question, PanelQuestion)
        return opened, question

    async def session(self, user=OLGA) -> str:
        opened, question = await self.asked(user)
        answered = await self.questions.answer(Address(BOT, user), question.reference, str(opened.number))
        assert answered is not None
        assert answered.outcome is Outcome.ACCEPTED
        followed = await self.logins.follow(opened.secret, FIREFOX)
        assert followed.state is State.ACCEPTED
        return followed.session

    async def acts(self):
        return [(each.who, each.source, each.act) for each in await SqlAudit(self.database).newest(200)][::-1]

    async def owed(self, bot=BOT):
        return [(each.to.user, each.text, dict(each.arguments)) for each in await SqlOutbox(self.database).due(bot, self.now)]


@pytest.fixture
async def house(database):
    return House(database)


# --- log-ins


async def test_an_admin_logs_in_by_code_and_number(house: House):
    opened = await house.logins.open(OLGA, FIREFOX)
    assert len(opened.code) == 8
    assert set(opened.code) <= set(ALPHABET)
    assert 10 <= opened.number <= 99
    assert (await house.logins.follow(opened.secret, FIREFOX)).state is State.WAITING
    house.now += 20
    question = await house.questions.ask(Address(BOT, OLGA), in_groups(opened.code).lower())
    assert isinstance(question, PanelQuestion)
    assert (question.client, question.at, question.act) == (FIREFOX, NOW, "")
    assert opened.number in question.choices
    assert len(set(question.choices)) == 6
    assert (await house.logins.follow(opened.secret, FIREFOX)).state is State.WAITING
    answered = await house.questions.answer(Address(BOT, OLGA), question.reference, str(opened.number))
    assert answered is not None
    assert answered.outcome is Outcome.ACCEPTED
    followed = await house.logins.follow(opened.secret, FIREFOX)
    assert (followed.state, followed.user) == (State.ACCEPTED, OLGA)
    session = await house.sessions.find(followed.session)
    assert session is not None
    assert (session.user, session.role, session.client, session.name) == (OLGA, Role.OWNER, FIREFOX, f"admin {OLGA}")


async def test_the_session_of_a_login_is_given_once(house: House):
    opened, question = await house.asked()
    await house.questions.answer(Address(BOT, OLGA), question.reference, str(opened.number))
    found = await asyncio.gather(*(house.logins.follow(opened.secret, FIREFOX) for _ in range(8)))
    assert sorted(each.state for each in found) == [State.ACCEPTED] + [State.EXPIRED] * 7
    assert len(await house.sessions.listed()) == 1


async def test_each_login_is_told_to_the_person_and_to_the_control_chat(house: House):
    await house.session()
    assert await house.owed() == [(OLGA, "panel-login", {"browser": "Firefox on Linux", "address": "203.0.113.7"})]
    [(_, text, arguments)] = await house.owed(CONTROL.bot)
    assert (text, arguments["name"], arguments["browser"]) == ("control-login", f"admin {OLGA}", "Firefox on Linux")
    assert await house.acts() == [(f"admin {OLGA}", "bot", "agree"), (f"admin {OLGA}", "panel", "login")]


async def test_a_wrong_number_and_not_me_end_the_login_and_alert_the_owners(house: House):
    for press in ("wrong", NOT_ME, "", "9" * 50):
        opened, question = await house.asked()
        pressed = str(next(n for n in question.choices if n != opened.number)) if press == "wrong" else press
        answered = await house.questions.answer(Address(BOT, OLGA), question.reference, pressed)
        assert answered is not None
        assert answered.outcome is Outcome.REFUSED
        assert (await house.logins.follow(opened.secret, FIREFOX)).state is State.EXPIRED
        again = await house.questions.answer(Address(BOT, OLGA), question.reference, str(opened.number))
        assert again is not None
        assert again.outcome is Outcome.OVER
    told = await house.owed()
    assert [(user, text) for user, text, _ in told] == [(OLEG, "panel-refused")] * 4, "the owner who pressed knows"
    assert [text for _, text, _ in await house.owed(CONTROL.bot)] == ["control-refused"] * 4
    assert await house.acts() == [(f"admin {OLGA}", "bot", "refuse")] * 4


async def test_a_login_is_good_for_two_minutes(house: House):
    opened, question = await house.asked()
    house.now += LIFE
    assert (await house.logins.follow(opened.secret, FIREFOX)).state is State.EXPIRED
    answered = await house.questions.answer(Address(BOT, OLGA), question.reference, str(opened.number))
    assert answered is not None
    assert answered.outcome is Outcome.OVER
    assert isinstance(await house.questions.ask(Address(BOT, OLGA), opened.code), NotAsked)


async def test_only_the_claimed_person_can_use_a_code(house: House):
    opened = await house.logins.open(OLGA, FIREFOX)
    assert isinstance(await house.questions.ask(Address(BOT, OLEG), opened.code), NotAsked)
    question = await house.questions.ask(Address(BOT, OLGA), opened.code)
    assert isinstance(question, PanelQuestion)
    answered = await house.questions.answer(Address(BOT, OLEG), question.reference, str(opened.number))
    assert answered is not None
    assert answered.outcome is Outcome.OVER


async def test_somebody_who_is_no_admin_is_not_looked_at_nor_counted(house: House):
    opened = await house.logins.open(ANNA, FIREFOX)
    assert await house.questions.ask(Address(BOT, ANNA), opened.code) is None
    assert await house.questions.ask(Address(BOT, ANNA), "NONSENSE") is None
    assert await house.questions.answer(Address(BOT, ANNA), "x", "11") is None
    assert await house.acts() == []
    async with house.database.connection() as connection:
        cursor = await connection.execute("SELECT COUNT(*) FROM panel_failures")
        assert tuple(await cursor.fetchone()) == (0,)
        await cursor.close()


async def test_whoever_is_removed_in_the_middle_of_a_login_does_not_get_in(house: House):
    await house.admins.add(ANNA, Role.MODERATOR, "Anna", ROOT)
    opened, question = await house.asked(ANNA)
    await house.questions.answer(Address(BOT, ANNA), question.reference, str(opened.number))
    assert await house.admins.remove(ANNA, ROOT) is AdminChange.DONE
    assert (await house.logins.follow(opened.secret, FIREFOX)).state is State.EXPIRED
    assert await house.questions.ask(Address(BOT, ANNA), opened.code) is None


async def test_a_hundred_guesses_by_one_sender_are_looked_at_once(house: House):
    """At once, and by several bots."""
    opened = await house.logins.open(OLGA, FIREFOX)
    senders = [Address(BotId(n % 5), OLGA) for n in range(100)]
    found = await asyncio.gather(*(house.questions.ask(sender, f"{n:08}".replace("0", "A")) for n, sender in enumerate(senders)))
    assert all(isinstance(each, NotAsked) and 0 < each.wait <= 1.0 for each in found)
    assert [act for _, _, act in await house.acts()] == ["wrong code"]
    assert isinstance(await house.questions.ask(Address(BOT, OLGA), opened.code), NotAsked), "not even the right one"
    house.now += 1.0
    assert isinstance(await house.questions.ask(Address(BOT, OLGA), opened.code), PanelQuestion)


async def test_each_wrong_code_doubles_the_wait_up_to_a_quarter_of_an_hour(house: House):
    waits = []
    for _ in range(13):
        found = await house.questions.ask(Address(BOT, OLGA), "AAAA AAAA")
        assert isinstance(found, NotAsked)
        waits.append(found.wait)
        house.now += found.wait
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT]
    assert isinstance(await house.questions.ask(Address(BOT, OLEG), "AAAA AAAA"), NotAsked), "others are counted apart"
    opened = await house.logins.open(OLGA, FIREFOX)
    assert isinstance(await house.questions.ask(Address(BOT, OLGA), opened.code), PanelQuestion)
    found = await house.questions.ask(Address(BOT, OLGA), "AAAA AAAA")
    assert isinstance(found, NotAsked)
    assert found.wait == 1.0, "a right code begins anew"


async def test_a_clock_that_was_set_back_locks_nobody_out(house: House):
    await house.questions.ask(Address(BOT, OLGA), "AAAA AAAA")
    house.now -= 86_400
    found = await house.questions.ask(Address(BOT, OLGA), "AAAA AAAA")
    assert isinstance(found, NotAsked)
    assert found.wait <= 1.0


async def test_two_browsers_log_in_apart(house: House):
    first, second = await house.logins.open(OLGA, FIREFOX), await house.logins.open(OLGA, PHONE)
    question = await house.questions.ask(Address(BOT, OLGA), first.code)
    assert isinstance(question, PanelQuestion)
    await house.questions.answer(Address(BOT, OLGA), question.reference, str(first.number))
    assert (await house.logins.follow(second.secret, PHONE)).state is State.WAITING
    assert (await house.logins.follow(first.secret, FIREFOX)).state is State.ACCEPTED


async def test_another_login_of_the_same_browser_ends_the_first(house: House):
    first = await house.logins.open(OLGA, FIREFOX)
    await house.logins.open(OLGA, FIREFOX, instead_of=first.secret)
    assert (await house.logins.follow(first.secret, FIREFOX)).state is State.EXPIRED
    assert isinstance(await house.questions.ask(Address(BOT, OLGA), first.code), NotAsked)


async def test_a_question_that_nobody_answered_is_in_the_audit_once(house: House):
    await house.logins.open(ANNA, FIREFOX)
    await house.logins.open(OLGA, FIREFOX)
    _, question = await house.asked()
    first, replaced = await house.asked()
    await house.logins.open(OLGA, FIREFOX, instead_of=first.secret)
    house.now += LIFE
    await asyncio.gather(*(house.logins.open(OLEG, PHONE) for _ in range(3)), house.sessions.purge_before(house.now))
    found = await SqlAudit(house.database).newest(200)
    assert [(each.who, each.act, each.target) for each in found] == [
        ("somebody", "no answer", f"login:{each.reference}") for each in (question, replaced)
    ]
    assert {(each.source, each.address, each.browser) for each in found} == {("panel", "203.0.113.7", "Firefox on Linux")}
    assert {each.after["asked"] for each in found} == {OLGA}


async def test_an_act_that_nobody_agreed_to_is_in_the_audit(house: House):
    await house.session()
    await house.answers.spend(await wanted(house, digest="b" * 64, act="Add a bot"))
    await house.answers.spend(await wanted(house))
    house.now += LIFE
    await house.sessions.purge_before(house.now)
    found = [each for each in await SqlAudit(house.database).newest(200) if each.act == "no answer"]
    assert [(each.who, each.after["what"]) for each in found[::-1]] == [
        (f"admin {OLGA}", "Add a bot"), (f"admin {OLGA}", "Remove the bot @ruby_bot"),
    ]  # fmt: skip


async def test_fifty_logins_at_once(house: House):
    opened = await asyncio.gather(*(house.logins.open(OLGA, FIREFOX) for _ in range(50)))
    assert len({each.code for each in opened}) == 50
    found = await asyncio.gather(*(house.logins.follow(each.secret, FIREFOX) for each in opened))
    assert {each.state for each in found} == {State.WAITING}


async def test_two_presses_at_once_count_once(house: House):
    opened, question = await house.asked()
    wrong = str(next(n for n in question.choices if n != opened.number))
    presses = [str(opened.number), wrong] * 5
    found = await asyncio.gather(*(house.questions.answer(Address(BOT, OLGA), question.reference, each) for each in presses))
    outcomes = [each.outcome for each in found if each is not None]
    assert outcomes.count(Outcome.OVER) == 9


async def test_whoever_works_on_the_machine_gets_in_by_a_link_once_within_a_minute(house: House):
    secret = await house.logins.link(ROOT)
    followed = await house.logins.follow(secret, FIREFOX)
    assert (followed.state, followed.user) == (State.ACCEPTED, MACHINE)
    session = await house.sessions.find(followed.session)
    assert session is not None
    assert (session.role, session.name) == (Role.OWNER, "root")
    assert (await house.logins.follow(secret, FIREFOX)).state is State.EXPIRED
    late = await house.logins.link(ROOT)
    house.now += LINK_LIFE
    assert (await house.logins.follow(late, FIREFOX)).state is State.EXPIRED
    assert await house.acts() == [("root", "cli", "login link"), ("root", "panel", "login"), ("root", "cli", "login link")]


async def test_no_table_has_a_secret_that_can_be_used(house: House):
    opened, question = await house.asked()
    session, token = await house.session(OLEG), await house.tokens.create("ci", Role.VIEWER, 30, ROOT)
    link = await house.logins.link(ROOT)
    kept = ""
    async with house.database.connection() as connection:
        for table in ("panel_questions", "panel_sessions", "panel_tokens", "payment_notices", "audit"):
            cursor = await connection.execute(f"SELECT * FROM {table}")
            kept += repr([tuple(row) for row in await cursor.fetchall()])
            await cursor.close()
    for secret in (opened.secret, opened.code, session, token, link):
        assert str(secret) not in kept
    assert question.reference in kept
    assert number_of(house.key, question.reference) == opened.number
    assert len({number_of(bytes([key]), question.reference) for key in range(50)}) > 10, "it comes from the key"


# --- sessions


async def test_a_session_ends_after_half_an_hour_without_anybody_and_after_twelve_hours(house: House):
    secret = await house.session()
    found = await house.sessions.find(secret)
    assert found is not None
    house.now += IDLE - 1
    await house.sessions.note(found.reference)
    house.now += IDLE - 1
    assert await house.sessions.find(secret) is not None
    house.now += 1
    assert await house.sessions.find(secret) is None
    assert await house.sessions.listed() == []
    secret, began = await house.session(), house.now
    while house.now + 1000 < began + ABSOLUTE:
        house.now += 1000
        found = await house.sessions.find(secret)
        assert found is not None
        await house.sessions.note(found.reference)
    house.now = began + ABSOLUTE
    assert await house.sessions.find(secret) is None


async def test_sessions_are_listed_and_ended(house: House):
    olga, oleg = await house.session(OLGA), await house.session(OLEG)
    assert [each.user for each in await house.sessions.listed(OLGA)] == [OLGA]
    [listed] = await house.sessions.listed(OLEG)
    assert await house.sessions.end(listed.reference, ROOT)
    assert not await house.sessions.end(listed.reference, ROOT)
    assert await house.sessions.find(oleg) is None
    await house.session(OLGA)
    assert await house.sessions.end_all(OLGA, ROOT) == 2
    assert await house.sessions.find(olga) is None
    ends = [act for who, _, act in await house.acts() if who == "root"]
    assert ends == ["end session", "end sessions"]


async def test_unknown_secrets_open_nothing(house: House):
    for secret in ("", "x", "\ud800", "\0", "é" * 5000):
        assert await house.sessions.find(secret) is None
        assert await house.tokens.find(secret) is None
        assert (await house.logins.follow(secret, FIREFOX)).state is State.EXPIRED


# --- admins


async def test_an_added_admin_logs_in_with_their_role_until_they_are_removed(house: House):
    assert await house.admins.add(ANNA, Role.MODERATOR, "Anna", ROOT) is AdminChange.DONE
    secret = await house.session(ANNA)
    found = await house.sessions.find(secret)
    assert found is not None
    assert (found.role, found.name) == (Role.MODERATOR, f"Anna ({ANNA})")
    assert await house.admins.add(ANNA, Role.MODERATOR, "Anna M.", ROOT) is AdminChange.DONE
    assert await house.sessions.find(secret) is not None, "another name ends nothing"
    token = await house.tokens.create("anna", Role.VIEWER, 30, ROOT, user=ANNA)
    assert token is not None
    assert await house.admins.add(ANNA, Role.VIEWER, "Anna M.", ROOT) is AdminChange.DONE
    assert await house.sessions.find(secret) is None, "another role ends the session"
    assert await house.tokens.find(token) is None
    secret = await house.session(ANNA)
    assert await house.admins.remove(ANNA, ROOT) is AdminChange.DONE
    assert await house.admins.remove(ANNA, ROOT) is AdminChange.UNKNOWN
    assert await house.sessions.find(secret) is None


async def test_an_owner_of_the_settings_cannot_be_changed_here(house: House):
    assert await house.admins.add(OLGA, Role.VIEWER, "Olga", ROOT) is AdminChange.OF_SETTINGS
    assert await house.admins.remove(OLGA, ROOT) is AdminChange.OF_SETTINGS
    assert [(each.user, each.role, each.of_settings) for each in await house.admins.listed()] == [
        (OLGA, Role.OWNER, True), (OLEG, Role.OWNER, True),
    ]  # fmt: skip


async def test_the_last_owner_stays_whoever_wants_them_gone(database):
    house = House(database, owners=())
    await house.admins.add(ANNA, Role.OWNER, "Anna", ROOT)
    await house.admins.add(OLEG, Role.MODERATOR, "Oleg", ROOT)
    assert await house.admins.remove(ANNA, ROOT) is AdminChange.LAST_OWNER
    assert await house.admins.add(ANNA, Role.VIEWER, "Anna", ROOT) is AdminChange.LAST_OWNER
    assert await house.admins.add(ANNA, Role.OWNER, "Anna M.", ROOT) is AdminChange.DONE, "another name is none"
    assert await house.admins.remove(OLEG, ROOT) is AdminChange.DONE
    await house.admins.add(OLGA, Role.OWNER, "Olga", ROOT)
    both = await asyncio.gather(house.admins.remove(ANNA, ROOT), house.admins.add(OLGA, Role.VIEWER, "Olga", ROOT))
    assert sorted(both) == [AdminChange.DONE, AdminChange.LAST_OWNER], "of two at once one"
    assert [each.role for each in await house.admins.listed()].count(Role.OWNER) == 1


async def test_two_admins_of_one_name_are_two_in_the_audit(house: House):
    for user in (ANNA, BORIS):
        await house.admins.add(user, Role.MODERATOR, f"admin {OLGA}", ROOT)
        await house.session(user)
    told = {who for who, _, _ in await house.acts()}
    assert told == {"root", f"admin {OLGA} ({ANNA})", f"admin {OLGA} ({BORIS})"}
    assert {each.name for each in await house.sessions.listed()} == told - {"root"}


async def test_whoever_the_settings_name_no_more_is_out(house: House, database):
    secret = await house.session(OLGA)
    token = await house.tokens.create("olga", Role.OWNER, 30, ROOT, user=OLGA)
    assert token is not None
    later = House(database, owners=(OLEG,))
    assert await later.sessions.find(secret) is None
    assert await later.tokens.find(token) is None
    assert await later.sessions.listed() == []


# --- tokens


async def test_a_token_is_good_until_it_is_revoked_or_over(house: House):
    secret = await house.tokens.create("ci", Role.VIEWER, 30, ROOT)
    assert secret is not None
    assert secret.startswith("mq_")
    assert len(secret) == 46
    found = await house.tokens.find(secret)
    assert found is not None
    assert (found.name, found.role, found.user, found.used) == ("ci", Role.VIEWER, MACHINE, None)
    [listed] = await house.tokens.listed()
    assert listed.used == NOW
    assert await house.tokens.create("ci", Role.OWNER, 30, ROOT) is None, "the name is taken"
    assert await house.tokens.revoke("ci", ROOT)
    assert not await house.tokens.revoke("ci", ROOT)
    assert await house.tokens.find(secret) is None
    over = await house.tokens.create("ci", Role.VIEWER, 1, ROOT)
    assert over is not None
    house.now += 86_400
    assert await house.tokens.find(over) is None
    assert await house.tokens.create("ci", Role.VIEWER, 1, ROOT) is not None


# --- acts that need an answer


async def wanted(house: House, digest="a" * 64, act="Remove the bot @ruby_bot") -> Wanted:
    [session] = await house.sessions.listed()
    return Wanted(session=session.reference, act=act, digest=digest, client=FIREFOX)


async def test_an_act_is_asked_about_where_the_person_logged_in_and_the_answer_is_good_once(house: House):
    await house.session()
    act = await wanted(house)
    needed = await house.answers.spend(act)
    assert needed is not None
    [(user, _, told)] = [each for each in await house.owed() if each[1] == "panel-act"]
    assert (user, told["what"], told["browser"]) == (OLGA, "Remove the bot @ruby_bot", "Firefox on Linux")
    assert str(needed.number) in told["numbers"].split()
    assert await house.answers.spend(act) == needed, "asked again, the same question"
    assert await house.answers.state(needed.reference, act.session) is State.WAITING
    answered = await house.questions.answer(Address(BOT, OLGA), needed.reference, str(needed.number))
    assert answered is not None
    assert (answered.outcome, answered.act) == (Outcome.ACCEPTED, "Remove the bot @ruby_bot")
    assert await house.answers.state(needed.reference, act.session) is State.ACCEPTED
    other = await wanted(house, digest="b" * 64)
    assert await house.answers.spend(other) is not None, "good for the one act alone"
    spent = await asyncio.gather(*(house.answers.spend(act) for _ in range(5)))
    assert [each is None for each in spent].count(True) == 1
    assert await house.answers.state(needed.reference, act.session) is State.EXPIRED


async def test_a_refused_act_is_not_done(house: House):
    await house.session()
    act = await wanted(house)
    needed = await house.answers.spend(act)
    assert needed is not None
    await house.questions.answer(Address(BOT, OLGA), needed.reference, NOT_ME)
    assert await house.answers.state(needed.reference, act.session) is State.EXPIRED
    again = await house.answers.spend(act)
    assert again is not None
    assert again.reference != needed.reference
    assert [text for _, text, _ in await house.owed()].count("panel-refused") == 1


async def test_the_answer_of_one_session_is_of_no_use_to_another(house: House):
    await house.session()
    act = await wanted(house)
    needed = await house.answers.spend(act)
    assert needed is not None
    await house.questions.answer(Address(BOT, OLGA), needed.reference, str(needed.number))
    await house.session(OLEG)
    [oleg] = await house.sessions.listed(OLEG)
    stolen = Wanted(session=oleg.reference, act=act.act, digest=act.digest, client=PHONE)
    assert await house.answers.spend(stolen) is not None
    assert await house.answers.state(needed.reference, oleg.reference) is State.EXPIRED


async def test_the_question_of_an_act_is_no_login(house: House):
    """Neither its reference nor its holder opens a session."""
    await house.session()
    act = await wanted(house)
    needed = await house.answers.spend(act)
    assert needed is not None
    await house.questions.answer(Address(BOT, OLGA), needed.reference, str(needed.number))
    for secret in (needed.reference, f"{act.session}:{act.digest}", ""):
        assert (await house.logins.follow(secret, FIREFOX)).state is State.EXPIRED


async def test_what_is_over_is_deleted(house: House):
    await house.session()
    await house.logins.open(ANNA, FIREFOX)
    await house.tokens.create("ci", Role.VIEWER, 1, ROOT)
    await house.questions.ask(Address(BOT, OLGA), "AAAAAAAA")
    assert await house.sessions.purge_before(NOW + 7 * 86_400) == 4
    assert await house.sessions.purge_before(NOW + 7 * 86_400) == 0
