"""Two people of the panel's tests, and how they are asked about."""

from __future__ import annotations

import time
from typing import Any

from control.people import PanelPeople
from domain.model.ids import UserId
from domain.model.profile import Gender
from domain.model.profile_changes import Begin, SetAge, SetGender
from storage.sql.database import Database
from storage.sql.profiles import SqlProfiles

ANNA, BORIS = UserId(7_000_000_011), UserId(7_000_000_012)
NOBODY = 7_000_000_099
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


async def settled(database: Database) -> None:
    """Anna, a minor, and Boris, who has met her at bot 5."""
    profiles = SqlProfiles(database)
    for user, gender, age in ((ANNA, Gender.FEMALE, 17), (BORIS, Gender.MALE, 40)):
        await profiles.change(user, Begin(language="en"))
        await profiles.change(user, SetGender(gender=gender, ask=None))
        await profiles.change(user, SetAge(age=age, at=time.time()))
    async with database.transaction() as connection:
        await connection.execute(f"INSERT INTO chats VALUES ('c', {ANNA}, 5, {BORIS}, 5, {time.time() - 60}, NULL, NULL)")
        await connection.execute(f"INSERT INTO bot_peers VALUES (5, {ANNA}, 1), (5, {BORIS}, 1)")


async def read(client: Any, path: str, status: int = 200) -> Any:
    answer = await client.get(path)
    assert answer.status_code == status, await answer.get_data(as_text=True)
    return await answer.get_json()


async def act(client: Any, path: str, body: object = None, status: int = 200) -> Any:
    sent = {"json": body} if body is not None else {}
    answer = await client.post(path, headers=FROM_HERE, **sent)
    assert answer.status_code == status, await answer.get_data(as_text=True)
    return await answer.get_json()


async def owed(town: PanelPeople, user: int) -> dict[str, str]:
    """Text → its arguments, of what bots are to tell somebody."""
    async with town._database.connection() as connection:
        cursor = await connection.execute("SELECT text, arguments FROM payment_notices WHERE user_id = ?", (user,))
        return dict(await cursor.fetchall())
