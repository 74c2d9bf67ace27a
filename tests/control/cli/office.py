"""An operator's terminal on the records of a house that does not run."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import orjson
from typer.testing import CliRunner

import supervisor
from domain.configuration import Configuration, LiveConfiguration
from domain.invitations.rules import Referrals
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.model.profile import Gender, Profile, Question
from domain.model.profile_changes import Begin, SetAge, SetGender
from domain.settings import Settings
from domain.trust.findings import MARKED, Finding
from domain.trust.reports import Reason, Report, Said
from storage.secrets import load_secrets
from storage.sql.database import open_database
from storage.sql.invitations.invitations import SqlInvitations
from storage.sql.migrate import migrate
from storage.sql.payments.outbox import SqlOutbox
from storage.sql.personal.data import SqlPersonalData
from storage.sql.personal.tombstones import Hashes
from storage.sql.profiles import SqlProfiles
from storage.sql.review.appeals import SqlAppeals
from storage.sql.sealing import take_root
from storage.sql.trust.moderation import SqlModeration
from tests.actors.payments.test_deletions import QuietPool
from tests.records import keep
from tests.twins import SpamNotesTwin

BOT = BotId(77)
ANNA, BORIS = Address(BOT, UserId(7_000_000_001)), Address(BOT, UserId(7_000_000_002))
NOBODY = "7000000009"
SAID = (Said(by_reporter=False, at=1.9e9, text="buy \x1b[2Jthis"), Said(by_reporter=True, at=1.9e9 + 1, text="no"))


class Office:
    """An operator's terminal, and the records behind it."""

    def __init__(self, folder: Path, uri: str) -> None:
        self.data, self.uri = folder / "var", uri

    def says(self, *words: str) -> tuple[int, str]:
        outcome = CliRunner().invoke(supervisor.app, list(words))
        if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
            raise outcome.exception
        return outcome.exit_code, outcome.output

    def reads(self, *words: str) -> Any:
        code, text = self.says(*words, "--json")
        assert code == 0, text
        return orjson.loads(text)

    def begins(self) -> None:
        async def work(database) -> None:
            for who in (ANNA, BORIS):
                await keep(database, Profile(user=who.user, gender=Gender.FEMALE, age=25))
            async with database.connection() as connection:
                await connection.execute(f"INSERT INTO bot_peers VALUES ({BOT}, {ANNA.user}, 1)")

        self._on_records(work)

    def is_reported(self) -> int:
        async def work(database) -> int:
            live = LiveConfiguration(Configuration.of(Settings()))
            moderation = SqlModeration(database, load_secrets("", self.data), live)
            report = Report(reporter=BORIS, reported=ANNA, chat=ChatId("c"), reason=Reason.ADS, evidence=SAID)
            return await moderation.file(report)

        return self._on_records(work)

    def appeals(self, text: str) -> None:
        async def work(database) -> None:
            assert await SqlAppeals(database).appeal(ANNA, text) is None

        self._on_records(work)

    def is_deleted(self) -> bool:
        """By a worker."""

        async def work(database) -> bool:
            secrets = load_secrets("", self.data)
            await take_root(database, secrets)
            hashes = Hashes(secrets.derived("hashes of people"))
            data = SqlPersonalData(database, QuietPool(), hashes, SpamNotesTwin(), changed=lambda _: None)
            await data.ask_deletion(ANNA)
            return await data.delete(ANNA.user)

        return self._on_records(work)

    def is_held(self) -> None:
        async def work(database) -> None:
            moderation = SqlModeration(database, load_secrets("", self.data), LiveConfiguration(Configuration.of(Settings())))
            await moderation.note(ANNA, Finding(rule=MARKED, hold=True))

        self._on_records(work)

    def invites(self, *people: UserId) -> None:
        """They come by Anna's invitation; all but the first wait for an operator."""

        async def work(database) -> None:
            live = LiveConfiguration(Configuration(referrals=Referrals(burst_people=1)))
            profiles, code = SqlProfiles(database, live=live), (await SqlInvitations(database, live).look(ANNA)).code
            for user in people:
                await profiles.change(user, Begin(language="en", invited_by=code))
                await profiles.change(user, SetGender(gender=Gender.MALE, ask=Question.AGE))
                await profiles.change(user, SetAge(age=25, at=1.9e9))

        self._on_records(work)

    def is_rated(self, *, up: int, down: int) -> None:
        async def work(database) -> None:
            async with database.connection() as connection:
                await database.queries.count_vote(connection, user=ANNA.user, up=up, down=down)

        self._on_records(work)

    def buried(self) -> list[str]:
        async def work(database) -> list[str]:
            async with database.connection() as connection:
                return [kind async for (kind,) in await connection.execute("SELECT kind FROM tombstones")]

        return self._on_records(work)

    def owed(self) -> list[str]:
        async def work(database) -> list[str]:
            return [each.text for each in await SqlOutbox(database).due(BOT, 9e9)]

        return self._on_records(work)

    def _on_records(self, work: Any) -> Any:
        async def opened() -> Any:
            database = await open_database(self.uri, pool_size=1)
            try:
                await migrate(database)
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(opened())
