"""The records of the panel together, on one database."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from domain.configuration import LiveConfiguration
from domain.model.ids import UserId
from domain.settings import Settings
from storage.secrets import Secrets
from storage.sql.database import Database
from storage.sql.panel.admins import SqlAdmins
from storage.sql.panel.answers import SqlAnswers
from storage.sql.panel.desk import Desk
from storage.sql.panel.logins import SqlLoginRequests
from storage.sql.panel.questions import SqlQuestions
from storage.sql.panel.sessions import SqlPanelSessions
from storage.sql.panel.tokens import SqlApiTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelRecords:
    admins: SqlAdmins
    logins: SqlLoginRequests
    questions: SqlQuestions
    answers: SqlAnswers
    sessions: SqlPanelSessions
    tokens: SqlApiTokens


def panel_records(
    database: Database,
    secrets: Secrets,
    settings: Settings,
    live: LiveConfiguration,
    *,
    clock: Callable[[], float] = time.time,
) -> PanelRecords:
    """`secrets`: with the root from the database (`take_root`) as soon as that is open."""
    admin = settings.admin
    desk = Desk(
        database=database,
        secrets=secrets,
        owners=frozenset(map(UserId, admin.telegram_ids)),
        tells_control=lambda: bool(admin.control_chat_id) and live.current.features.admin_alerts,
        clock=clock,
    )
    return PanelRecords(
        admins=SqlAdmins(desk),
        logins=SqlLoginRequests(desk),
        questions=SqlQuestions(desk),
        answers=SqlAnswers(desk),
        sessions=SqlPanelSessions(desk),
        tokens=SqlApiTokens(desk),
    )
