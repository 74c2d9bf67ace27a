"""`supervisor.py admin …` and `supervisor.py tokens …`: who may use the panel, and how one gets in without Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from control.cli.answers import AsJson, By, User, operator, printed, readable, refuse, when
from domain.panel.login import LINK_LIFE
from domain.panel.roles import Role
from domain.panel.tokens import LONGEST_DAYS, NAME

if TYPE_CHECKING:
    from control.settings.loading import Loaded
    from domain.ports.panel import Admin, AdminChange, ApiToken
    from storage.sql.panel.records import PanelRecords

T = TypeVar("T")
Read = Callable[[], "Loaded"]
LONGEST_NAME = 40

RoleOption = Annotated[Role, typer.Option("--role", help="viewer: figures; moderator: people too; owner: everything.")]
TokenName = Annotated[
    str, typer.Argument(metavar="NAME", help="What it is for: letters, digits, . _ and -, at most 40.", show_default=False)
]


def admin(read: Read) -> typer.Typer:
    """`read` reads the settings."""
    app = typer.Typer(help="Who may use the panel.", no_args_is_help=True, rich_markup_mode=None)
    _add_login(app, read)
    _add_admins(app, read)
    return app


def _add_login(app: typer.Typer, read: Read) -> None:
    @app.command()
    def login(*, by: By = "", json: AsJson = False) -> None:
        """Print a link that logs an owner in to the panel, once, within a minute. It is in the audit."""
        from control.access import login_link

        secret = _done(read, lambda records: records.logins.link(operator(by)))
        link = login_link(read().settings, secret)
        lines = [f"Open within {LINK_LIFE:.0f} s; it works once, and for whoever has it:", link]
        printed({"link": link, "expires_in": LINK_LIFE}, json=json, lines=lines)


def _add_admins(app: typer.Typer, read: Read) -> None:
    @app.command("list")
    def list_(*, json: AsJson = False) -> None:
        """Show the admins, those of ADMIN_TELEGRAM_IDS first."""
        found = _done(read, lambda records: records.admins.listed())
        none = "No admins: set ADMIN_TELEGRAM_IDS, or `admin add` somebody."
        printed(found, json=json, lines=map(_admin, found) if found else [none])

    @app.command()
    def add(
        user: User,
        *,
        role: RoleOption,
        name: Annotated[str, typer.Option("--name", help="How the panel and the audit call them.")] = "",
        by: By = "",
        json: AsJson = False,
    ) -> None:
        """Let somebody use the panel, or give them another role, which ends their sessions. They log in by a bot.

        Exit code 2: they are an owner by ADMIN_TELEGRAM_IDS, or the last owner; nothing was changed.
        """
        from domain.model.ids import UserId

        if len(readable("--name", name)) > LONGEST_NAME or not name.isprintable():
            refuse(f"--name: at most {LONGEST_NAME} characters that can be printed")
        _changed(_done(read, lambda records: records.admins.add(UserId(user), role, name.strip(), operator(by))), user)
        printed({"user": user, "role": role}, json=json, lines=[f"Added: user {user} is a {role} now."])

    @app.command()
    def remove(user: User, *, by: By = "", json: AsJson = False) -> None:
        """Take somebody's access away: ends their sessions and their tokens within seconds.

        Exit code 2: they were not added here, or are the last owner; nothing was changed.
        """
        from domain.model.ids import UserId

        _changed(_done(read, lambda records: records.admins.remove(UserId(user), operator(by))), user)
        printed({"removed": True}, json=json, lines=["Removed."])


def tokens(read: Read) -> typer.Typer:
    """`read` reads the settings."""
    app = typer.Typer(help="API tokens: how programs use the panel.", no_args_is_help=True, rich_markup_mode=None)

    @app.command()
    def create(
        name: TokenName,
        *,
        role: RoleOption,
        days: Annotated[int, typer.Option("--days", min=1, max=LONGEST_DAYS, help="How long it is good for.")] = LONGEST_DAYS,
        by: By = "",
        json: AsJson = False,
    ) -> None:
        """Make a token. It is shown now and never again. Send it as `Authorization: Bearer TOKEN`.

        It is asked nothing in Telegram, so give it the least role that does. Exit code 2: there is a token of that name.
        """
        if not NAME.fullmatch(name):
            refuse("NAME: letters, digits, . _ and -, beginning with a letter or digit, at most 40")
        secret = _done(read, lambda records: records.tokens.create(name, role, days, operator(by)))
        if secret is None:
            refuse(f"there is a token {name} already; `tokens revoke {name}` first, or choose another name")
        printed({"name": name, "role": role, "token": secret}, json=json, lines=[secret])

    @app.command("list")
    def list_(*, json: AsJson = False) -> None:
        """Show the tokens: what they may do, until when, and when they were last used."""
        found = _done(read, lambda records: records.tokens.listed())
        printed(found, json=json, lines=map(_token, found) if found else ["No tokens."])

    @app.command()
    def revoke(name: TokenName, *, by: By = "", json: AsJson = False) -> None:
        """End a token. Exit code 2: there is none of that name."""
        if not _done(read, lambda records: records.tokens.revoke(name, operator(by))):
            refuse(f"there is no token {name}; `tokens list` shows those that there are")
        printed({"revoked": True}, json=json, lines=["Revoked."])

    return app


def _changed(change: AdminChange, user: int) -> None:
    """Exits with 2 where nothing was changed."""
    from domain.ports.panel import AdminChange

    match change:
        case AdminChange.OF_SETTINGS:
            refuse(f"user {user} is an owner by ADMIN_TELEGRAM_IDS; change that there")
        case AdminChange.UNKNOWN:
            refuse(f"user {user} was not added here; owners by ADMIN_TELEGRAM_IDS are removed there")
        case AdminChange.LAST_OWNER:
            refuse(f"user {user} is the last owner: make somebody else an owner first, or set ADMIN_TELEGRAM_IDS")


def _admin(found: Admin) -> str:
    origin = "by ADMIN_TELEGRAM_IDS" if found.of_settings else f"since {when(found.since)}, added by {found.by}"
    return f"{found.user}  {found.role}  {found.name}  {origin}"


def _token(found: ApiToken) -> str:
    used = f"last used {when(found.used)}" if found.used else "never used"
    return f"{found.name}  {found.role}  by {found.by} since {when(found.since)}, until {when(found.until)}, {used}"


def _done(read: Read, work: Callable[[PanelRecords], Awaitable[T]]) -> T:
    """Raises `domain.errors.Unavailable` and `SettingsError`."""
    from control.access import access_records
    from control.supervisor.lock import make_private

    loaded = read()
    make_private(Path(loaded.settings.data))

    async def carried_out() -> T:
        async with access_records(loaded.settings) as records:
            return await work(records)

    return asyncio.run(carried_out())
