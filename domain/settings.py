"""Every static setting and its type. `settings.toml` holds the defaults with their comments; `control/configuration.py` reads
them, `.env` and the environment over them. Durations are seconds unless the name says otherwise.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Telegram(Section, frozen=True):
    tokens: tuple[str, ...] = ()
    server: str = ""
    public_key: str = ""
    api_id: int = 0
    api_hash: str = ""
    call_timeout: float = 5.0
    connect_timeout: float = 5.0


class Stores(Section, frozen=True):
    postgres_uri: str = ""
    sqlite_path: str = ""
    pool_size: int = 10
    redis_url: str = ""
    encryption_key: str = ""


class ProfileRules(Section, frozen=True):
    min_age: int = 13
    max_age: int = 120
    cache_seconds: float = 180.0


class Matching(Section, frozen=True):
    recent_minutes: float = 20.0
    vip_boost_seconds: float = 60.0
    rescan_seconds: float = 5.0
    timeout_seconds: float = 600.0
    widen_after_seconds: float = 60.0
    progress_seconds: float = 10.0


class ChatRules(Section, frozen=True):
    idle_minutes: float = 60.0
    mapped_messages: int = 200
    protect_content: bool = False


class Pacing(Section, frozen=True):
    chat_rate: float = 3.0
    chat_burst: int = 30
    bot_rate: float = 30.0
    bot_burst: int = 60
    max_park_seconds: float = 30.0


class Flood(Section, frozen=True):
    rate: float = 3.0
    burst: int = 60


class Channels(Section, frozen=True):
    required: tuple[str, ...] = ()
    when_unverifiable: Literal["open", "closed"] = "open"
    recheck_seconds: float = 300.0


class Cluster(Section, frozen=True):
    workers: int = 1
    pool: str = "main"
    lease_seconds: float = 10.0


class Actors(Section, frozen=True):
    mailbox_limit: int = 1000
    ask_timeout: float = 30.0
    idle_seconds: float = 900.0
    slow_handler_seconds: float = 0.1
    restart_budget: int = 5
    restart_window: float = 60.0


class Admin(Section, frozen=True):
    host: str = "127.0.0.1"
    port: int = 3001
    telegram_ids: tuple[int, ...] = ()


class Sandbox(Section, frozen=True):
    port: int = 4430
    http_port: int = 3002


class Logging(Section, frozen=True):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    folder: str = "logs"
    max_bytes: int = 10_000_000
    backups: int = 5


class Supervisor(Section, frozen=True):
    drain_seconds: float = 10.0
    restart_budget: int = 10
    restart_window: float = 60.0
    backoff_first: float = 0.2
    backoff_max: float = 15.0
    memory_limit_mb: int = 512


class Features(Section, frozen=True):
    cross_bot_matching: bool = True


class Settings(Section, frozen=True):
    environment: Literal["development", "production"] = "development"
    data: str = "var"
    telegram: Telegram = Telegram()
    stores: Stores = Stores()
    profile: ProfileRules = ProfileRules()
    matching: Matching = Matching()
    chat: ChatRules = ChatRules()
    pacing: Pacing = Pacing()
    flood: Flood = Flood()
    channels: Channels = Channels()
    cluster: Cluster = Cluster()
    actors: Actors = Actors()
    admin: Admin = Admin()
    sandbox: Sandbox = Sandbox()
    logging: Logging = Logging()
    supervisor: Supervisor = Supervisor()
    features: Features = Features()
