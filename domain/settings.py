"""Every static setting and its type. `settings.toml` holds the defaults with their comments; `control/configuration.py` reads
them, `.env` and the environment over them. Durations are seconds unless the name says otherwise.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=1, le=65535)]
Count = Annotated[int, Meta(ge=1)]
Natural = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(gt=0)]
Span = Annotated[float, Meta(ge=0)]
"""A duration that may be nothing."""
Minutes = Annotated[float, Meta(gt=0)]
Hours = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(gt=0, le=1)]
Rate = Annotated[float, Meta(gt=0)]
"""Events a second."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


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


class ProfileRules(Section, frozen=True):
    min_age: Natural = 13
    max_age: Natural = 120
    cache_seconds: Span = 180.0


class Matching(Section, frozen=True):
    recent_minutes: Span = 20.0
    vip_boost_seconds: Span = 60.0
    rescan_seconds: Seconds = 5.0
    timeout_seconds: Seconds = 600.0
    widen_after_seconds: Seconds = 60.0
    progress_seconds: Seconds = 10.0


class ChatRules(Section, frozen=True):
    idle_minutes: Minutes = 60.0
    mapped_messages: Count = 200
    album_seconds: Seconds = 0.5
    protect_content: bool = False


class Relay(Section, frozen=True):
    max_reupload_mb: Natural = 20
    transfers_at_once: Count = 4
    transfer_seconds: Seconds = 120.0


class Pacing(Section, frozen=True):
    chat_rate: Rate = 3.0
    chat_burst: Count = 30
    bot_rate: Rate = 30.0
    bot_burst: Count = 60
    max_park_seconds: Seconds = 30.0


class Flood(Section, frozen=True):
    rate: Rate = 3.0
    burst: Count = 60


class Channels(Section, frozen=True):
    required: tuple[str, ...] = ()
    when_unverifiable: Literal["open", "closed"] = "open"
    recheck_seconds: Seconds = 300.0


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
    max_bytes: Count = 10_000_000
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


class Features(Section, frozen=True):
    cross_bot_matching: bool = True
    stars_payments: bool = True
    vip: bool = True
    lock_chat: bool = True
    referrals: bool = True
    admin_alerts: bool = True


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
    cluster: Cluster = Cluster()
    streams: Streams = Streams()
    actors: Actors = Actors()
    admin: Admin = Admin()
    sandbox: Sandbox = Sandbox()
    logging: Logging = Logging()
    supervisor: Supervisor = Supervisor()
    features: Features = Features()
