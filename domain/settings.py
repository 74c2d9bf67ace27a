"""All settings and their types. Sections that may change while the house runs are in `domain/configuration.py`.

`settings.toml` has the defaults and explains each setting. `control/settings/loading.py` reads it, then `.env` and the
environment, which override it. Durations are seconds unless the name says otherwise.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from domain.configuration import (
    Channels,
    ChatRules,
    Features,
    Flood,
    Matching,
    Pacing,
    ProfileRules,
    Relay,
    Vip,
)
from domain.invitations.rules import Referrals
from domain.locks.rules import Locks
from domain.payments.rules import Credits
from domain.sections import Count, Natural, Seconds, Section, Span
from domain.trust.rules import Trust

Port = Annotated[int, Meta(ge=1, le=65535)]
Hours = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(gt=0, le=1)]


class Telegram(Section, frozen=True):
    tokens: tuple[str, ...] = ()
    server: str = ""
    public_key: str = ""
    api_id: Natural = 0
    api_hash: str = ""
    call_timeout: Seconds = 5.0
    connect_timeout: Seconds = 5.0


class Stores(Section, frozen=True):
    postgres_uri: str = ""
    sqlite_path: str = ""
    pool_size: Count = 10
    query_timeout: Seconds = 10.0
    redis_url: str = ""
    encryption_key: str = ""


class Cluster(Section, frozen=True):
    workers: Count = 1
    pool: str = "main"
    lease_seconds: Seconds = 30.0


class Streams(Section, frozen=True):
    max_entries: Count = 100_000
    max_hours: Hours = 48.0
    alert_share: Share = 0.5


class Actors(Section, frozen=True):
    mailbox_limit: Count = 1000
    ask_timeout: Seconds = 30.0
    idle_seconds: Seconds = 900.0
    slow_handler_seconds: Seconds = 0.1
    restart_budget: Natural = 5
    restart_window: Seconds = 60.0


class Admin(Section, frozen=True):
    host: str = "127.0.0.1"
    port: Port = 3001
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    telegram_ids: tuple[int, ...] = ()
    control_chat_id: int = 0
    media_channel_id: int = 0
    bot_token: str = ""


class Sandbox(Section, frozen=True):
    port: Port = 4430
    http_port: Port = 3002


class Logging(Section, frozen=True):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    folder: str = "logs"
    max_bytes: Natural = 10_000_000
    backups: Natural = 5


class Supervisor(Section, frozen=True):
    drain_seconds: Span = 10.0
    restart_budget: Natural = 10
    restart_window: Seconds = 120.0
    backoff_first: Seconds = 0.2
    backoff_max: Seconds = 15.0
    memory_limit_mb: Count = 512
    heartbeat_seconds: Seconds = 20.0
    start_seconds: Seconds = 15.0
    grace_seconds: Seconds = 15.0


class Settings(Section, frozen=True):
    environment: Literal["development", "production"] = "development"
    data: str = "var"
    telegram: Telegram = Telegram()
    stores: Stores = Stores()
    profile: ProfileRules = ProfileRules()
    matching: Matching = Matching()
    chat: ChatRules = ChatRules()
    relay: Relay = Relay()
    pacing: Pacing = Pacing()
    flood: Flood = Flood()
    channels: Channels = Channels()
    vip: Vip = Vip()
    credits: Credits = Credits()
    referrals: Referrals = Referrals()
    locks: Locks = Locks()
    trust: Trust = Trust()
    cluster: Cluster = Cluster()
    streams: Streams = Streams()
    actors: Actors = Actors()
    admin: Admin = Admin()
    sandbox: Sandbox = Sandbox()
    logging: Logging = Logging()
    supervisor: Supervisor = Supervisor()
    features: Features = Features()
