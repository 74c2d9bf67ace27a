"""The browser's side of a log-in (domain.ports.panel.LoginRequests)."""

from __future__ import annotations

from domain.model.ids import Address, BotId, UserId
from domain.panel.login import LIFE, LINK_LIFE, Client, State, new_code, new_reference, new_secret, number_of
from domain.panel.tokens import digest
from domain.payments.sales import Owed
from domain.ports.panel import MACHINE, Followed, Opened
from domain.ports.review import Operator
from storage.sql.panel.desk import SOMEBODY, Desk, Turn, columns, shown

SOURCE = "panel"
OVER = Followed(state=State.EXPIRED)


class SqlLoginRequests:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def open(self, user: UserId, client: Client, *, instead_of: str = "") -> Opened:
        secret, code, reference = new_secret(), new_code(), new_reference()
        async with self._desk.transaction() as turn:
            await turn.drop_questions("purge_panel_questions", now=turn.now)
            if instead_of:
                await turn.drop_questions("drop_panel_question", holder=digest(instead_of))
            await turn.one(
                "open_panel_question",
                reference=reference, holder=digest(secret), code=self._desk.code_hash(code), user=user, bot=0,
                act="", name="", state="waiting", now=turn.now, expires=turn.now + LIFE, **columns(client),
            )  # fmt: skip
        return Opened(secret=secret, code=code, number=number_of(self._desk.key, reference), expires_in=LIFE)

    async def follow(self, secret: str, client: Client) -> Followed:
        holder = digest(secret)
        async with self._desk.database.connection() as connection:
            found = await self._desk.database.queries.find_panel_question(connection, holder=holder, now=self._desk.clock())
        if found is None:
            return OVER
        if found[1] != State.ACCEPTED:
            return Followed(state=State.WAITING)
        async with self._desk.transaction() as turn:
            return await _begin(turn, holder, client)

    async def refused(self, client: Client) -> None:
        async with self._desk.transaction() as turn:
            await turn.audit(Operator(name=SOMEBODY, source=SOURCE, **shown(client)), "wrong link", "login")

    async def link(self, operator: Operator) -> str:
        secret, reference = new_secret(), new_reference()
        async with self._desk.transaction() as turn:
            await turn.one(
                "open_panel_question",
                reference=reference, holder=digest(secret), code="", user=MACHINE, bot=0, address="", browser="",
                act="", name=operator.name, state="accepted", now=turn.now, expires=turn.now + LINK_LIFE,
            )  # fmt: skip
            await turn.audit(operator, "login link", f"login:{reference}")
        return secret


async def _begin(turn: Turn, holder: str, client: Client) -> Followed:
    """The session of what was accepted. Of two who ask at once, one gets it."""
    taken = await turn.one("take_panel_question", holder=holder, now=turn.now)
    admin = await turn.admin(UserId(taken[1])) if taken else None
    if taken is None or admin is None:
        return OVER
    secret, reference = new_secret(), new_reference()
    question, user, bot, by = taken
    name = by or admin.who
    await turn.one(
        "begin_panel_session",
        reference=reference, secret=digest(secret), user=user, bot=bot, name=name, now=turn.now, **columns(client),
    )  # fmt: skip
    told = shown(client)
    after = {"role": admin.role, "login": question, **told}
    await turn.audit(Operator(name=name, source=SOURCE, **told), "login", f"session:{reference}", after=after)
    if user != MACHINE:
        to = Address(BotId(bot), UserId(user))
        await turn.posting.owe((Owed(key=f"panel-login:{reference}", to=to, text="panel-login", arguments=told),))
    await turn.tell_control(f"login:{reference}", "control-login", {"name": name, **told})
    return Followed(state=State.ACCEPTED, session=secret, user=UserId(user))
