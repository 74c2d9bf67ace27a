"""What operators do about people: the same functions for the command line and the panel.

All of it is written into the database, whether Masquerade runs or not. Where it runs, its ModerationActor brings pool and
sessions in line with that within a second, on whatever machine. What a person is told goes through the outbox.
"""

from __future__ import annotations

import secrets as random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path

from domain.configuration import Configuration, LiveConfiguration
from domain.errors import MasqueradeError
from domain.model.ban import OPERATOR, Ban
from domain.model.ids import Address, BotId, UserId
from domain.model.profile import DAY
from domain.payments.sales import Owed
from domain.ports.moderation import Booked, Decision, ReviewItem
from domain.ports.people import Known
from domain.ports.review import Act, Appeal, Operator
from domain.settings import Settings
from domain.trust.reports import Reason, Said
from storage.secrets import load_secrets
from storage.sql.database import Database
from storage.sql.invitations.invitations import SqlInvitations
from storage.sql.payments.records import PaymentRecords
from storage.sql.personal.tombstones import Hashes
from storage.sql.ratings import SqlRatings
from storage.sql.review.appeals import SqlAppeals
from storage.sql.review.audit import SqlAudit, of_user
from storage.sql.review.people import SqlPeople
from storage.sql.sealing import take_root
from storage.sql.trust.review import SqlReview

HOUR = 3600.0
CODES = frozenset(Reason) | {"spam"}
"""Reasons for a ban that every language has words for."""
LAST = 5
"""Acts and appeals that are shown with a person."""
UNDO_SECONDS = 60.0
"""For how long a ban may be undone."""


class Nothing(MasqueradeError):  # noqa: N818 - names the state of the world
    """The operator named somebody or something that is not in the records."""


class DecidedBefore(MasqueradeError):  # noqa: N818 - names the state of the world
    """Somebody else was first; nothing was changed."""


class Held(MasqueradeError):  # noqa: N818 - names the state of the world
    """Somebody is held by that item of the review list; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    people: SqlPeople
    appeals: SqlAppeals
    audit: SqlAudit
    review: SqlReview
    ratings: SqlRatings
    payments: PaymentRecords
    invitations: SqlInvitations
    bots: Sequence[BotId]
    """Those of this installation, as far as this process knows."""


@asynccontextmanager
async def opened(settings: Settings, source: str) -> AsyncIterator[Records]:
    """Opens the database, whether Masquerade runs or not. `source`: where the decisions are made, for the audit. Raises
    `domain.errors.Unavailable`.
    """
    from control.settings.loading import bots_of, database_uri
    from storage.sql.database import open_database
    from storage.sql.migrate import migrate

    secrets = load_secrets(settings.stores.encryption_key, Path(settings.data))
    database = await open_database(database_uri(settings), pool_size=1)
    try:
        await migrate(database)
        await take_root(database, secrets)
        live, hashes = await _live(database, settings), Hashes(secrets.derived("hashes of people"))
        review = SqlReview(database, secrets, live, source=source, hashes=hashes)
        yield records_of(database, review, live, bots_of(settings))
    finally:
        await database.close()


def records_of(database: Database, review: SqlReview, live: LiveConfiguration, bots: Sequence[BotId]) -> Records:
    return Records(
        people=SqlPeople(database),
        appeals=SqlAppeals(database),
        audit=SqlAudit(database),
        review=review,
        ratings=SqlRatings(database),
        payments=PaymentRecords(database),
        invitations=SqlInvitations(database, live),
        bots=bots,
    )


async def _live(database: Database, settings: Settings) -> LiveConfiguration:
    """With what was saved at run time: scores go by it."""
    from control.worker.configuration_reader import ConfigurationReader
    from storage.sql.configurations import SqlConfigurations

    live = LiveConfiguration(Configuration.of(settings))
    await ConfigurationReader(SqlConfigurations(database), live).look()
    return live


# --- people


async def look(records: Records, user: UserId) -> Known:
    """Raises `Nothing`."""
    person, ban = await records.people.find(user), await records.people.ban_of(user)
    if person is None and ban is None:
        raise Nothing(f"nobody with the id {user} is in the records")
    return Known(
        user=user,
        person=person,
        ban=ban,
        vip_until=(await records.payments.grants.state(user)).until,
        standing=await records.review.standing(user),
        votes=await records.ratings.of(user),
        bots=await records.people.bots(user),
        appeals=await records.appeals.newest(LAST, user=user),
        acts=await records.audit.newest(LAST, target=of_user(user)),
    )


async def ban(records: Records, user: UserId, hours: float, reason: str, operator: Operator) -> Ban:
    """`hours`: infinity for good. `reason`: a code of `CODES`, or words of one's own. The person reads either."""
    until, code, note = _terms(hours, reason)
    await records.review.ban(user, until, code, operator.name, note)
    return Ban(user=user, until=until, reason=code, by=operator.name, note=note, since=time.time(), by_person=True)


async def ban_in(records: Records, user: UserId, hours: float, reason: str, operator: Operator, *, batch: str) -> bool:
    """As `ban`, of one of many. False where the person was banned in that batch before: nothing is changed."""
    until, code, note = _terms(hours, reason)
    return await records.review.ban(user, until, code, operator.name, note, batch=batch)


def _terms(hours: float, reason: str) -> tuple[float, str, str]:
    """(until when, code of the reason, words of one's own)"""
    until = inf if hours == inf else time.time() + hours * HOUR
    return (until, reason, "") if reason in CODES else (until, OPERATOR, reason)


async def unban(records: Records, user: UserId, operator: Operator) -> bool:
    """Lifts ban and hold, and tells the person where they can be written to. The ban of somebody who had their data deleted is
    lifted too. False where there was none: nothing is changed.
    """
    banned, standing = await records.people.ban_of(user), await records.review.standing(user)
    if standing.held_since is None and (banned is None or banned.until <= time.time()):
        return await records.review.lift_buried(user, operator.name)
    return await records.review.unban(user, operator.name, tell_at=await bot_of(records, user))


async def undo_ban(records: Records, user: UserId, operator: Operator) -> bool:
    """As before the ban that this operator has just made. False where it was not the last act on this person, or too long ago."""
    since = time.time() - UNDO_SECONDS
    return await records.review.undo_ban(user, operator.name, since=since, tell_at=await bot_of(records, user))


async def release(records: Records, user: UserId, operator: Operator) -> bool:
    """Ends a hold and tells the person; reports and bans stay as they are. False where there was none."""
    if (await records.review.standing(user)).held_since is None:
        return False
    await records.review.release(user, operator.name)
    return True


async def grant(records: Records, user: UserId, days: int, operator: Operator) -> float:
    """Until when VIP lasts now, in Unix seconds. Raises `Nothing`."""
    if await records.people.find(user) is None:
        raise Nothing(f"nobody with the id {user} has a profile here, so nothing was granted")
    bot, source = await bot_of(records, user), f"admin:{random.token_hex(8)}"
    owed = [Owed(key=source, to=Address(bot, user), text="vip-granted", arguments={"days": days})] if bot is not None else []
    act = Act(operator=operator, name="grant", target=of_user(user), after={"days": days})
    until = await records.payments.grants.grant(user, bot or BotId(0), source, days * DAY, owed, act=act)
    assert until is not None, "a random source has granted before"
    return until


async def write(records: Records, user: UserId, text: str, operator: Operator) -> bool:
    """Sends somebody a message of the operators. False where no bot knows them: nothing is sent."""
    bot = await bot_of(records, user)
    if bot is not None:
        await records.people.write(Address(bot, user), text, operator)
    return bot is not None


async def warn(records: Records, user: UserId, reason: str, operator: Operator) -> bool:
    """`reason`: a code of `CODES`. False where no bot knows them: nothing is sent."""
    bot = await bot_of(records, user)
    if bot is not None:
        await records.people.warn(Address(bot, user), reason, operator)
    return bot is not None


async def end_chat(records: Records, user: UserId, operator: Operator) -> bool:
    """Ends the chat that somebody is in, locked or not. False where they are in none, as far as the records know."""
    return await records.review.end_chat(user, operator.name) is not None


async def erase(records: Records, user: UserId, at: BotId | None, operator: Operator) -> bool:
    """Begins what /delete_me does. `at`: the bot where they chat or search, which has to end that first; None where they do
    neither. False where no bot knows them: nothing is begun.
    """
    bot = at or await bot_of(records, user)
    if bot is not None:
        await records.people.ask_deletion(Address(bot, user), operator)
    return bot is not None


async def bot_of(records: Records, user: UserId) -> BotId | None:
    """The bot at which somebody is written to: where they talked last, else one of ours that they have used."""
    known = await records.people.bots(user)
    return next((bot for bot in known if bot in records.bots), known[0] if known else None)


# --- appeals


async def find_appeal(records: Records, number: int) -> Appeal:
    """Raises `Nothing`."""
    found = await records.appeals.find(number)
    if found is None:
        raise Nothing(f"there is no appeal {number}; `appeals list` shows those that there are")
    return found


async def answer(records: Records, number: int, verdict: str, text: str, operator: Operator) -> Appeal:
    """The appeal as it is answered. `text`: the operator's own words for the person. Raises `Nothing`, `DecidedBefore`."""
    await find_appeal(records, number)
    done = await records.people.answer(number, verdict, text, operator)
    found = await find_appeal(records, number)
    if not done:
        raise DecidedBefore(f"appeal {number} was {found.verdict} by {found.answered_by} before; nothing was changed")
    return found


# --- reports


async def find_report(records: Records, number: int) -> Booked:
    """Raises `Nothing`."""
    found = await records.review.report(number)
    if found is None:
        raise Nothing(f"there is no report {number}; `reports list` shows those that there are")
    return found


async def evidence(records: Records, number: int, operator: Operator) -> Sequence[Said] | None:
    """What was said, where it is still kept. That it was read is in the audit."""
    found = await records.review.evidence(number)
    if found:
        await records.audit.add(Act(operator=operator, name="read evidence", target=f"report:{number}"))
    return found


async def uphold(records: Records, number: int, operator: Operator, *, permanent: bool = False) -> Decision:
    """Raises `Nothing`, `DecidedBefore`."""
    return _decided(number, await records.review.uphold(number, operator.name, ban_until=inf if permanent else None))


async def reject(records: Records, number: int, operator: Operator) -> Decision:
    """Raises `Nothing`, `DecidedBefore`."""
    return _decided(number, await records.review.reject(number, operator.name))


def _decided(number: int, decision: Decision | None) -> Decision:
    if decision is None:
        raise Nothing(f"there is no report {number}; `reports list` shows those that there are")
    if not decision.now:
        raise DecidedBefore(f"report {number} was {decision.verdict} by {decision.by} before; nothing was changed")
    return decision


async def close(records: Records, number: int, operator: Operator) -> ReviewItem:
    """Takes an item off the review list. Raises `Nothing`, `Held`."""
    found = await records.review.close(number, operator.name)
    if found is None:
        raise Nothing(f"there is no item {number} on the review list; `reports review` shows those that there are")
    if found.closed_at is None:
        user = found.who.user
        raise Held(
            f"user {user} is held by item {number}, and nothing was changed: `users release {user}` lets them go and closes it;"
            f" after `users ban {user} --permanent` it can be closed"
        )
    return found
