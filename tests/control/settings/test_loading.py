"""Settings: where they come from, and how each mistake is told to the operator."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from control.settings import loading as configuration
from control.settings import variables
from control.settings.loading import Loaded
from domain.errors import SettingsError
from domain.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
ONE = "111111:" + "a" * 35
TWO = "222222:" + "b" * 35
THREE = "333333:" + "c" * 35


@pytest.fixture
def read(tmp_path: Path):
    """`read(toml, dotenv, NAME=value…)`: an installation's settings."""

    def read(toml: str = "", dotenv: str = "", **environ: str) -> Loaded:
        (tmp_path / "settings.toml").write_text(toml, encoding="utf-8")
        (tmp_path / ".env").write_text(dotenv, encoding="utf-8")
        return configuration.read(tmp_path, environ, working=tmp_path)

    return read


@pytest.mark.parametrize(
    ("toml", "environ"),
    [("[pacing]\ndurable_after_seconds = 5.0", {}), ("", {"MASQUERADE_PACING__DURABLE_AFTER_SECONDS": "5"})],
    ids=["file", "variable"],
)
def test_a_setting_that_an_earlier_release_had_is_warned_of_and_changes_nothing(tmp_path, toml, environ):
    (tmp_path / "settings.toml").write_text(toml)
    loaded = configuration.read(tmp_path, environ, working=tmp_path)
    plain = configuration.read(tmp_path, {}, working=tmp_path) if environ else loaded
    assert loaded.settings == plain.settings
    [warning] = loaded.warnings
    assert "pacing.durable_after_seconds has no effect any more; remove it" in warning


def test_the_file_in_the_repository_is_complete_and_equal_to_the_defaults() -> None:
    import tomllib

    document = tomllib.loads((ROOT / "settings.toml").read_text(encoding="utf-8"))
    written = {}
    for key, value in document.items():
        written |= {f"{key}.{inner}": item for inner, item in value.items()} if isinstance(value, dict) else {key: value}
    defaults = msgspec.to_builtins(configuration.DEFAULTS)
    defaults = {path: list(value) if isinstance(value, tuple) else value for path, value in defaults.items()}
    assert written == defaults
    assert list(written) == list(defaults), "in the order of domain/settings.py"


def test_every_variable_sets_a_setting_that_exists_and_is_named_in_the_file() -> None:
    text = (ROOT / "settings.toml").read_text(encoding="utf-8")
    for name, path in variables.NAMES.items():
        assert path in configuration.LEAVES, name
        assert name in text, f"{name} is not mentioned in settings.toml"


def test_every_setting_of_the_file_has_a_comment() -> None:
    uncommented, explained = [], False
    for line in (ROOT / "settings.toml").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            explained = True
        elif "=" in line and not explained:
            uncommented.append(line)
        elif not line.strip():
            explained = False
    assert not uncommented


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    settings = configuration.load(tmp_path / "nowhere", {})
    assert settings.admin == Settings().admin
    assert settings.stores.redis_url == "memory://"


def test_the_environment_wins_over_dotenv_and_dotenv_over_the_file(read) -> None:
    toml = "[admin]\nport = 1001\n[matching]\nrecent_minutes = 1\n[flood]\nburst = 7\n"
    dotenv = "ADMIN_PORT=1002\nMASQUERADE_MATCHING__RECENT_MINUTES=2\n"
    loaded = read(toml, dotenv, ADMIN_PORT="1003")
    settings = loaded.settings
    assert (settings.admin.port, settings.matching.recent_minutes, settings.flood.burst) == (1003, 2, 7)
    assert loaded.origins["admin.port"] == "ADMIN_PORT"
    assert loaded.origins["matching.recent_minutes"] == "MASQUERADE_MATCHING__RECENT_MINUTES in .env"
    assert loaded.origins["flood.burst"] == "flood.burst in settings.toml"
    assert "flood.rate" not in loaded.origins


def test_an_empty_variable_counts_as_absent_and_covers_the_one_in_dotenv(read) -> None:
    assert read(dotenv=f"BOT_TOKENS={ONE}", BOT_TOKENS="").settings.telegram.tokens == ()


def test_dotenv_takes_quotes_comments_and_export(read) -> None:
    dotenv = (
        "# mine\n\nexport ADMIN_PORT=4000 # the panel\n"
        "TELEGRAM_API_HASH='a#b c'\n"
        'POSTGRES_URI="postgresql://u:p@h/d"\n'
        "MASQUERADE_STORES__ENCRYPTION_KEY=north#1\n"
    )
    settings = read(dotenv=dotenv).settings
    assert settings.admin.port == 4000
    assert settings.telegram.api_hash == "a#b c"
    assert settings.stores.postgres_uri == "postgresql://u:p@h/d"
    assert settings.stores.encryption_key == "north#1"


def test_dotenv_names_the_line_that_is_wrong(read) -> None:
    with pytest.raises(SettingsError, match=r"\.env line 2 is not NAME=value"):
        read(dotenv="ADMIN_PORT=1\nwhat is this\n")


def test_every_setting_answers_to_its_own_variable(read) -> None:
    for path in ("pacing.bot_rate", "supervisor.drain_seconds", "sandbox.http_port"):
        name = variables.PREFIX + path.upper().replace(".", "__")
        assert configuration.flatten(read(**{name: "77"}).settings)[path] == 77


@pytest.mark.parametrize("name", ["two words", "{north}", "north#1"])
def test_a_pools_name_is_one_that_redis_keys_can_bear(read, name: str) -> None:
    with pytest.raises(
        SettingsError, match=r"MASQUERADE_CLUSTER__POOL: a pool's name has letters, digits, '-' and '_' only, not '"
    ):
        read(MASQUERADE_CLUSTER__POOL=name)


def test_one_more_token_joins_the_others_once(read) -> None:
    assert read(BOT_TOKENS=f"{ONE}, {TWO}", BOT_TOKEN=THREE).settings.telegram.tokens == (ONE, TWO, THREE)
    assert read(BOT_TOKENS=f"{ONE},{TWO}", BOT_TOKEN=ONE).settings.telegram.tokens == (ONE, TWO)
    assert read(BOT_TOKEN=ONE).settings.telegram.tokens == (ONE,)


def test_the_seeds_own_example_is_understood(read) -> None:
    dotenv = f"""
        BOT_TOKENS={ONE},{TWO}
        BOT_TOKEN={ONE}
        ADMIN_BOT_TOKEN={ONE}
        ADMIN_TELEGRAM_IDS=123456789,987654321
        ADMIN_CONTROL_CHAT_ID=-1001234567890
        ADMIN_MEDIA_CHANNEL_ID=-1001234567891
        REQUIRED_CHANNEL_1=@your_channel
        REQUIRED_CHANNEL_2=@another_channel
        POSTGRES_URI=postgresql://chatbot_user:password@localhost:5432/chatbot_db
        REDIS_URL=redis://localhost:6379
        ENABLE_STARS_PAYMENTS=true
        ENABLE_VIP=false
        ENABLE_CROSS_BOT_MATCHING=off
        NODE_ENV=production
        ADMIN_PORT=3001
        LOG_LEVEL=warn
    """
    settings = read(dotenv=dotenv).settings
    assert settings.telegram.tokens == (ONE, TWO)
    assert settings.admin.telegram_ids == (123456789, 987654321)
    assert settings.admin.control_chat_id == -1001234567890
    assert settings.channels.required == ("@your_channel", "@another_channel")
    assert settings.environment == "production"
    assert settings.logging.level == "WARNING"
    assert (settings.features.stars_payments, settings.features.vip, settings.features.cross_bot_matching) == (True, False, False)


def test_relative_paths_start_at_the_folder_of_the_file(read, tmp_path: Path) -> None:
    settings = read("[logging]\nfolder = 'out'\n", SQLITE_DB_PATH="./chat.db").settings
    assert settings.data == str(tmp_path / "var")
    assert settings.logging.folder == str(tmp_path / "out")
    assert settings.stores.sqlite_path == str(tmp_path / "chat.db")


def test_a_lookalike_gets_a_warning_and_no_more(read) -> None:
    loaded = read(BOT_TOKNS=ONE, ENABLE_TELEPATHY="true", HOME="/", EDITOR="vi")
    assert loaded.settings.telegram.tokens == ()
    assert loaded.warnings == (
        "BOT_TOKNS is not a setting and changes nothing; was BOT_TOKENS meant?",
        "ENABLE_TELEPATHY is not a feature of Masquerade and changes nothing",
    )


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("TELEGRAM_BOT_TOKEN", ONE, "BOT_TOKENS"),
        ("TELEGRAM_TOKEN", ONE, "BOT_TOKENS"),
        ("TOKEN", ONE, "BOT_TOKENS"),
        ("API_TOKEN", ONE, "BOT_TOKENS"),
        ("TELEGRAM_BOT_TOKEN_FILE", "/run/secrets/token", "BOT_TOKENS"),
        ("BOT_TOKENS_FILE", "/run/secrets/token", "BOT_TOKENS"),
        ("MY_LITTLE_BOT", ONE, "BOT_TOKENS"),
        ("DATABASE_URL", "postgres://u:s3cret@h/d", "POSTGRES_URI"),
        ("POSTGRES_URL", "postgres://u:s3cret@h/d", "POSTGRES_URI"),
        ("PG_DSN", "host=h password=s3cret", "POSTGRES_URI"),
        ("HEROKU_POSTGRESQL_BLUE", "postgres://u:s3cret@h/d", "POSTGRES_URI"),
        ("REDIS_URI", "redis://:s3cret@h", "REDIS_URL"),
        ("UPSTASH", "rediss://:s3cret@h", "REDIS_URL"),
        ("SQLITE_PATH", "chats.db", "SQLITE_DB_PATH"),
        ("API_HASH", "f" * 32, "TELEGRAM_API_HASH"),
    ],
)
def test_what_other_programs_call_it_is_named_with_our_name_and_without_its_value(read, name, value, meant) -> None:
    told = (f"{name} is not a setting and changes nothing; was {meant} meant?",)
    assert read(**{name: value}).warnings == told
    assert read(dotenv=f"{name}={value}\n").warnings == told


def test_what_other_programs_call_it_is_not_told_where_our_own_is_set(read) -> None:
    others = {"TOKEN": TWO, "DATABASE_URL": "postgres://h/d", "REDIS_URI": "redis://h", "TELEGRAM_TOKEN": ""}
    assert read(BOT_TOKENS=ONE, SQLITE_DB_PATH="chats.db", REDIS_URL="redis://other", **others).warnings == ()
    assert read(BOT_TOKEN=ONE, POSTGRES_URI="postgresql://h/d", REDIS_URL="memory://", **others).warnings == ()


def test_a_dotenv_beside_the_settings_that_is_not_read_is_told(tmp_path: Path) -> None:
    house, elsewhere = tmp_path / "house", tmp_path / "elsewhere"
    for folder in (house, elsewhere):
        folder.mkdir()
    (house / ".env").write_text(f"BOT_TOKENS={ONE}\nEDITOR=vi\nADMIN_PORT=4000\n", encoding="utf-8")
    loaded = configuration.read(house, {"ADMIN_PORT": "4000"}, working=elsewhere)
    assert loaded.warnings == (f"{house}/.env is not read: .env is read in the working directory; it names BOT_TOKENS",)
    assert configuration.read(house, {}, working=house).warnings == ()


PUBLIC = "https://panel.example.org"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "panel.example.org"])
@pytest.mark.parametrize("url", ["", "http://panel.example.org"])
def test_a_panel_that_other_machines_reach_needs_https(read, host, url) -> None:
    with pytest.raises(
        SettingsError, match=r"^ADMIN_HOST: .+ needs TLS; put a proxy with TLS before the panel .+ADMIN_PUBLIC_URL"
    ):
        read(ADMIN_HOST=host, ADMIN_PUBLIC_URL=url)
    assert read(ADMIN_HOST=host, ADMIN_PUBLIC_URL=PUBLIC).settings.admin.public_url == PUBLIC


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.2"])
@pytest.mark.parametrize("url", ["", "http://localhost:8080", "https://panel.example.org:8443/"])
def test_a_panel_of_this_machine_only_needs_none(read, host, url) -> None:
    read(ADMIN_HOST=host, ADMIN_PUBLIC_URL=url)


@pytest.mark.parametrize(
    "url",
    [
        "panel.example.org",
        "ftp://a.example",
        "https://",
        "https://a.example/admin",
        "https://a.example?x",
        "https://u:p@a.example",
    ],
)
def test_what_is_no_address_of_a_panel_is_refused(read, url) -> None:
    with pytest.raises(
        SettingsError, match=r"^ADMIN_PUBLIC_URL: .+ is not an address; write for example https://panel.example.org$"
    ):
        read(ADMIN_PUBLIC_URL=url)


def test_proxies_are_addresses_or_networks(read) -> None:
    read(ADMIN_TRUSTED_PROXIES="10.0.0.0/8, 192.0.2.7,fd00::/8")
    with pytest.raises(SettingsError, match=r"^ADMIN_TRUSTED_PROXIES: 'my-proxy' is not a network; write for example 10.0.0.0/8"):
        read(ADMIN_TRUSTED_PROXIES="10.0.0.0/8,my-proxy")


def test_what_is_allowed_but_odd_gets_a_warning(read) -> None:
    loaded = read(BOT_TOKENS="111111:short", NODE_ENV="production")
    told = " ".join(loaded.warnings)
    for part in ("token 1 is not as long", "production on SQLite"):
        assert part in told


def test_the_length_of_tokens_is_not_told_where_another_server_than_telegram_gives_them(read) -> None:
    loaded = read(BOT_TOKENS="111111:short", MASQUERADE_TELEGRAM__SERVER="127.0.0.1:4430", TELEGRAM_PUBLIC_KEY="key.pem")
    assert not any("not as long" in line for line in loaded.warnings)


MISTAKES = {
    "unknown key": ("[admin]\nprot = 1", {}, "settings.toml: there is no setting admin.prot; was admin.port meant?"),
    "unknown section": ("[paging]\nx = 1", {}, "settings.toml: there is no setting paging.x; remove it"),
    "value for a section": ("admin = 3", {}, "settings.toml: there is no setting admin;"),
    "toml": ("[admin\n", {}, "settings.toml cannot be read"),
    "wrong type in the file": (
        "[admin]\nport = '3001'",
        {},
        "admin.port in settings.toml: '3001' is not a whole number from 1 to",
    ),
    "text for a flag in the file": ("[features]\nvip = 'yes'", {}, "features.vip in settings.toml: 'yes' is not true or false"),
    "unknown key of a section": (
        "",
        {"MASQUERADE_CHAT__FOO": "1"},
        "no setting MASQUERADE_CHAT__FOO; remove it or correct its name",
    ),
    "unknown word": (
        "",
        {"MASQUERADE_FOO": "1"},
        "MASQUERADE_FOO: there is no setting MASQUERADE_FOO; remove it or correct its name",
    ),
    "unknown variable": ("", {"MASQUERADE_PACING__BOT_RTE": "1"}, "was MASQUERADE_PACING__BOT_RATE meant?"),
    "word for a number": ("", {"ADMIN_PORT": "http"}, "ADMIN_PORT: 'http' is not a whole number from 1 to 65535"),
    "number out of range": ("", {"SANDBOX_PORT": "70000"}, "SANDBOX_PORT: '70000' is not a whole number from 1 to 65535"),
    "no workers": ("", {"WORKERS": "0"}, "WORKERS: '0' is not a whole number of at least 1"),
    "endless": ("", {"MASQUERADE_MATCHING__RESCAN_SECONDS": "inf"}, "'inf' is not a number above 0"),
    "not a number": ("", {"MASQUERADE_MATCHING__RECENT_MINUTES": "nan"}, "'nan' is not a number of at least 0"),
    "word for a flag": ("", {"ENABLE_VIP": "perhaps"}, "ENABLE_VIP: 'perhaps' is not true or false"),
    "unknown choice": ("", {"LOG_LEVEL": "LOUD"}, "LOG_LEVEL: 'LOUD' is not one of DEBUG, "),
    "environment": ("", {"NODE_ENV": "moon"}, "NODE_ENV: 'moon' is not one of development, production"),
    "ids": ("", {"ADMIN_TELEGRAM_IDS": "12,@me"}, "ADMIN_TELEGRAM_IDS: '12,@me' is not a list of whole numbers"),
    "workers on memory": ("", {"WORKERS": "2"}, "WORKERS: 2 workers cannot share memory://; set stores.redis_url (REDIS_URL)"),
    "two databases": (
        "",
        {"POSTGRES_URI": "postgresql://h/d", "SQLITE_DB_PATH": "x"},
        "POSTGRES_URI and SQLITE_DB_PATH name two",
    ),
    "postgres address": ("", {"POSTGRES_URI": "mysql://h/d"}, "POSTGRES_URI is not a PostgreSQL address; write postgresql://"),
    "redis address": ("", {"REDIS_URL": "localhost:6379"}, "REDIS_URL: this is not a Redis address; write redis://"),
    "redis hosts": ("", {"REDIS_URL": "redis://a,b"}, "for several write redis+sentinel:// or redis+cluster://"),
    "redis master": (
        "",
        {"REDIS_URL": "redis+sentinel://a:26379/0"},
        "REDIS_URL: the master's name is missing; write redis+sentinel://",
    ),
    "redis cluster": (
        "",
        {"REDIS_URL": "redis+cluster://a/3"},
        "REDIS_URL: a cluster has no database 3; leave it out",
    ),
    "redis option": ("", {"REDIS_URL": "redis://a?decode_responses=1"}, "REDIS_URL: it has an unknown option; there are db, "),
    "redis certificate": ("", {"REDIS_URL": "redis://a?ssl_ca_certs=x"}, "write rediss in place of redis"),
    "redis port": ("", {"REDIS_URL": "redis://h:x"}, "REDIS_URL: its host and port cannot be read; write host:6379"),
    "ages": ("", {"MASQUERADE_PROFILE__MIN_AGE": "140"}, "MASQUERADE_PROFILE__MIN_AGE (140) is above profile.max_age"),
    "server": ("", {"TELEGRAM_SERVER": "localhost"}, "TELEGRAM_SERVER: 'localhost' is not host:port; write for example"),
    "server port": ("", {"TELEGRAM_SERVER": "localhost:99999"}, "TELEGRAM_SERVER: 'localhost:99999' is not host:port"),
    "server key": ("", {"TELEGRAM_SERVER": "h:443"}, "name its PEM file in telegram.public_key (TELEGRAM_PUBLIC_KEY)"),
    "token": ("", {"BOT_TOKENS": f"{ONE},secret-word"}, "BOT_TOKENS: token 2 is not a bot token; copy it whole from @BotFather"),
    "same bot": ("", {"BOT_TOKENS": f"{ONE},111111:{'z' * 35}"}, "BOT_TOKENS: tokens 1 and 2 are of the same bot (111111)"),
    "alert token": ("", {"ADMIN_BOT_TOKEN": "nothing"}, "ADMIN_BOT_TOKEN is not a bot token"),
    "channel": ("", {"REQUIRED_CHANNEL_1": "my channel"}, "'my channel' is not a channel; write @name (up to 32 letters, "),
    "invitation": ("", {"REQUIRED_CHANNEL_1": "https://t.me/+abc"}, "id before it: -1001234567890=https://t.me/+abc"),
    "same channel": ("", {"REQUIRED_CHANNEL_1": "@news", "REQUIRED_CHANNEL_2": "@News"}, "@news is there twice; leave one out"),
    "media channel": ("", {"ADMIN_MEDIA_CHANNEL_ID": "123456"}, "123456 is not a channel's id; those begin with -100"),
    "back-off": ("", {"MASQUERADE_SUPERVISOR__BACKOFF_FIRST": "99"}, "is above supervisor.backoff_max"),
    "same port": ("", {"ADMIN_PORT": "4430"}, "sandbox.port (SANDBOX_PORT) and ADMIN_PORT are both 4430; change one"),
    "two names": ("", {"ADMIN_PORT": "1", "MASQUERADE_ADMIN__PORT": "2"}, "set the same thing (admin.port) differently"),
}


@pytest.mark.parametrize(("toml", "environ", "told"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_in_one_line_that_names_the_key_and_the_mend(read, toml, environ, told) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(toml, **environ)
    text = str(refusal.value)
    assert told in text
    assert "; " in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BOT_TOKENS", "123:s3cret!"),
        ("POSTGRES_URI", "pg://u:s3cret@h"),
        ("POSTGRES_URI", "postgresql://u:1/s3cret@h/d"),
        ("REDIS_URL", "r://u:s3cret@h"),
        ("REDIS_URL", "redis://u:1/s3cret@h"),
    ],
)
def test_no_refusal_shows_a_secret(read, variable, value) -> None:
    with pytest.raises(SettingsError, match=variable) as refusal:
        read(**{variable: value})
    assert "s3cret" not in str(refusal.value)
