"""Composes the panel's web application. It knows the rest of the house through ports. `control/panel.py` serves it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from quart import Quart

from domain.panel.addresses import is_loopback
from domain.ports.accounts import Accounts
from domain.ports.bots import Bots
from domain.ports.configuration import ConfigurationDesk
from domain.ports.figures import Figures
from domain.ports.history import KeptHistory
from domain.ports.limits import Limits
from domain.ports.logs import Logs
from domain.ports.notes import Notes
from domain.ports.panel import Access
from domain.ports.people import People
from domain.ports.processes import Processes
from domain.ports.review import Audit
from domain.ports.supervisor import Supervisor
from web import assets
from web.access import headers
from web.access.admission import Admission
from web.access.guard import Guard
from web.access.no_websockets import NoWebsockets
from web.access.proxies import Proxies
from web.access.step_up import StepUp
from web.access.streams import Streams
from web.access.viewer import Signs
from web.api import errors
from web.api.bodies import BODY_BYTES
from web.api.operation import Api
from web.operations.admins import AdminList
from web.operations.answers import GivenAnswers
from web.operations.audit import AuditOperations
from web.operations.bot_listing import BotListing
from web.operations.bots import BotList
from web.operations.bulk_bans import BulkBans
from web.operations.channels import ChannelTest
from web.operations.configuration import ConfigurationOperations
from web.operations.description import Description
from web.operations.health import PATH as HEALTH
from web.operations.health import Health
from web.operations.live import Live
from web.operations.login import Login
from web.operations.logs import LogReader
from web.operations.overview import Overview
from web.operations.prices import PriceTest
from web.operations.processes import ProcessTable
from web.operations.queues import Queues
from web.operations.sessions import SessionList
from web.operations.stats import Stats
from web.operations.tokens import TokenList
from web.operations.user_accounts import UserAccounts
from web.operations.user_data import UserData
from web.operations.user_notes import UserNotes
from web.operations.users import Users
from web.pages import shell
from web.pages.admins import AdminPages
from web.pages.audit import AuditPages
from web.pages.bots import BotPages
from web.pages.configuration import ConfigurationPages
from web.pages.description import DescriptionPages
from web.pages.login import LoginPages
from web.pages.logs import LogPages
from web.pages.overview import OverviewPages, Setup
from web.pages.page import Pages
from web.pages.processes import ProcessPages
from web.pages.queues import QueuePages
from web.pages.users import UserPages
from web.pulse import Pulse
from web.supervisor_status import SupervisorStatus

SHARE = 0.9
"""Of the pulse's pause: whoever asks in between gets the answer that the pulse got."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    supervisor: Supervisor
    signs: Signs
    access: Access
    limits: Limits
    figures: Figures
    configuration: ConfigurationDesk
    audit: Audit
    people: People
    accounts: Accounts
    notes: Notes
    bots: Bots
    history: KeptHistory
    processes: Processes
    logs: Logs
    setup: Setup = Setup()
    phones: str = ""
    """Where the sandbox shows its phones. Empty with real Telegram."""
    version: str = ""
    host: str = "127.0.0.1"
    """Where the panel listens (`admin.host`)."""
    public_url: str = ""
    """Under which browsers reach it from elsewhere (`admin.public_url`)."""
    trusted_proxies: tuple[str, ...] = ()
    refresh_seconds: float = 1.0
    """Seconds between two updates of live pages."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set it to end live streams, so that a shutdown does not wait for browsers."""


def create_app(deps: Dependencies) -> Quart:
    app = Quart("web")
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.url_map.merge_slashes = False
    app.asgi_websocket_class = NoWebsockets
    public = not is_loopback(deps.host) or bool(deps.public_url)
    proxies = Proxies(deps.trusted_proxies)
    open_to_all = {HEALTH} if public else frozenset[str]()
    Guard(host=deps.host, public_url=deps.public_url, proxies=proxies, open_to_all=open_to_all).install(app)
    headers.install(app)
    errors.install(app)
    assets.install(app)
    shell.install(app, strip="Sandbox: nobody here is real" if deps.phones else "")
    admission = Admission(deps.signs, deps.limits)
    supervisor = SupervisorStatus(deps.supervisor, good_for=SHARE * deps.refresh_seconds)
    overview = Overview(supervisor=supervisor, figures=deps.figures)
    pulse = Pulse(
        supervisor,
        deps.history,
        describe=overview.described,
        totals=overview.series,
        every=deps.refresh_seconds,
        stopping=deps.stopping,
        logs=deps.logs,
    )
    app.before_serving(pulse.begin)
    app.after_serving(pulse.stop)
    _serve(deps, overview, pulse, Api(app, admission, Streams(panels=lambda: pulse.panels)), Pages(app, admission), public=public)
    return app


def _serve(deps: Dependencies, overview: Overview, pulse: Pulse, api: Api, pages: Pages, *, public: bool) -> None:
    supervisor = overview.supervisor
    description = Description(operations=api.operations, version=deps.version)
    queues = Queues(supervisor=supervisor, pulse=pulse)
    login = Login(
        logins=deps.access.logins,
        sessions=deps.access.sessions,
        signs=deps.signs,
        supervisor=supervisor,
        phones=deps.phones,
    )
    configuration = ConfigurationOperations(desk=deps.configuration, step_up=StepUp(deps.access.answers))
    audit = AuditOperations(audit=deps.audit)
    prices = PriceTest(desk=deps.configuration, supervisor=deps.supervisor, status=supervisor)
    test = ChannelTest(desk=deps.configuration, supervisor=deps.supervisor, status=supervisor)
    access, answers = _of_access(deps.access, deps.signs), GivenAnswers(answers=deps.access.answers)
    groups = (
        Health(supervisor=SupervisorStatus(deps.supervisor), public=public),
        login,
        Stats(figures=deps.figures),
        description,
    )
    listing = BotListing(
        deps.bots, supervisor=supervisor, pulse=pulse, figures=deps.figures, good_for=SHARE * deps.refresh_seconds
    )
    bots = BotList(bots=deps.bots, listing=listing, step_up=StepUp(deps.access.answers))
    of_access = (access.admins, access.sessions, access.tokens, answers)
    machine = (
        ProcessTable(processes=deps.processes, supervisor=supervisor, acts=deps.audit),
        LogReader(logs=deps.logs, acts=deps.audit, stopping=deps.stopping),
    )
    people = _of_people(deps, pulse)
    live = Live(pulse=pulse)
    api.app.before_serving(description.prepare)
    of_people = (people.users, people.accounts, people.data, people.notes, people.bans)
    for group in (*groups, overview, live, queues, *machine, *of_people, bots, configuration, test, prices, audit, *of_access):
        api.add(group)
    pages.add(people)
    pages.add(LoginPages(admins=deps.access.admins))
    pages.add(OverviewPages(figures=deps.figures, admins=deps.access.admins, setup=deps.setup))
    pages.add(QueuePages())
    pages.add(access)
    pages.add(ConfigurationPages(operations=configuration))
    pages.add(AuditPages(audit=deps.audit, operations=audit))
    pages.add(BotPages(listing=listing))
    pages.add(ProcessPages())
    pages.add(LogPages())
    pages.add(DescriptionPages(description=description))


def _of_people(deps: Dependencies, pulse: Pulse) -> UserPages:
    step_up = StepUp(deps.access.answers)
    users = Users(people=deps.people, step_up=step_up)
    return UserPages(
        users=users,
        accounts=UserAccounts(accounts=deps.accounts, step_up=step_up),
        notes=UserNotes(notes=deps.notes),
        data=UserData(people=deps.people, users=users, step_up=step_up),
        bans=BulkBans(people=deps.people),
        pulse=pulse,
    )


def _of_access(access: Access, signs: Signs) -> AdminPages:
    """Who may use the panel."""
    step_up = StepUp(access.answers)
    return AdminPages(
        admins=AdminList(admins=access.admins, signs=signs, step_up=step_up),
        sessions=SessionList(sessions=access.sessions, signs=signs),
        tokens=TokenList(tokens=access.tokens, signs=signs, step_up=step_up),
    )
