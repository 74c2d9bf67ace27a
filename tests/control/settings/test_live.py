"""Where live values come from, what is refused, what is taken back, and what a process makes of a bad store."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from control.settings.live import ConfigurationEditor
from control.settings.loading import read
from control.worker.configuration_reader import POLL_SECONDS, ConfigurationReader
from domain.configuration import Configuration, LiveConfiguration
from domain.errors import ConfigurationError, StaleConfiguration, Unavailable
from domain.ports.configuration import ABSENT
from domain.ports.review import Operator
from domain.status import Announced
from storage.sql.configurations import SqlConfigurations
from storage.sql.database import open_database
from storage.sql.migrate import migrate
from storage.sql.review.audit import SqlAudit

ANNA, BORIS = Operator(name="anna", source="panel", address="203.0.113.7"), Operator(name="boris", source="cli")


class Configured:
    """An installation's store, its editor, and a process that follows it."""

    def __init__(self, folder: Path, database: Any, **environ: str) -> None:
        self.loaded = read(folder, environ, working=folder)
        self.database = database
        self.store = SqlConfigurations(database)
        self.announced: list[dict[str, int]] = []
        self.editor = ConfigurationEditor(self.loaded, self.store, self._announce)
        self.live = LiveConfiguration(Configuration.of(self.loaded.settings))
        self.process = ConfigurationReader(self.store, self.live)

    async def _announce(self, versions: Any) -> Announced:
        self.announced.append(dict(versions))
        return Announced(running=False)

    async def abandon(self, text: str, section: str = "profile") -> None:
        """As somebody does by hand."""
        async with self.database.transaction() as connection:
            await connection.execute(f"UPDATE configuration SET value = '{text}' WHERE section = '{section}'")


@pytest.fixture
async def database(tmp_path: Path):
    opened = await open_database(f"sqlite:{tmp_path}/records.db")
    await migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture
def configured(tmp_path: Path, database: Any) -> Configured:
    (tmp_path / "settings.toml").write_text("[profile]\nmax_age = 90\n[chat]\nidle_minutes = 5.0\n")
    (tmp_path / ".env").write_text("MASQUERADE_CHAT__IDLE_MINUTES=7\nMASQUERADE_FLOOD__BURST=8\n")
    return Configured(tmp_path, database, MASQUERADE_FLOOD__BURST="9")


async def test_what_was_saved_wins_over_the_environment_over_env_over_the_file_over_the_default(configured: Configured):
    sources = {entry.key: (entry.value, entry.source) for entry in await configured.editor.entries()}
    assert sources["profile.min_age"] == (13, "default")
    assert sources["profile.max_age"] == (90, "profile.max_age in settings.toml")
    assert sources["chat.idle_minutes"] == (7.0, "MASQUERADE_CHAT__IDLE_MINUTES in .env")
    assert sources["flood.burst"] == (9, "MASQUERADE_FLOOD__BURST")
    await configured.editor.set({"flood.burst": "10"}, by=ANNA)
    entry = await configured.editor.get("flood.burst")
    assert (entry.value, entry.source, entry.saved_by, entry.version) == (10, "saved", "anna", 1)
    assert (entry.without, entry.without_source) == (9, "MASQUERADE_FLOOD__BURST")


async def test_a_saved_value_is_in_force_in_a_process_that_looks(configured: Configured):
    await configured.process.look()
    assert configured.live.current.profile.max_age == 90
    saved = await configured.editor.set({"profile.max_age": "30", "flood.rate": "2"}, by=ANNA)
    assert saved.changed == (("profile.max_age", 90, 30), ("flood.rate", 3.0, 2.0))
    assert configured.announced == [saved.versions] == [{"profile": 1, "flood": 1}]
    await configured.process.look()
    assert (configured.live.current.profile.max_age, configured.live.current.flood.rate) == (30, 2.0)
    assert configured.live.versions == {"profile": 1, "flood": 1}


async def test_unset_returns_to_the_files_and_keeps_the_row_with_the_next_version(configured: Configured):
    await configured.editor.set({"profile.max_age": "30"}, by=ANNA)
    await configured.editor.unset(["profile.max_age"], by=ANNA)
    await configured.process.look()
    assert configured.live.current.profile.max_age == 90
    row = (await configured.store.rows())["profile"]
    assert (row.version, row.value) == (2, {})


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        ("profile.max_age", "old", "profile.max_age: 'old' is not a whole number from 0 to 150"),
        ("profile.max_age", "-1", "profile.max_age: '-1' is not a whole number from 0 to 150"),
        ("profile.max_age", "800", "profile.max_age: '800' is not a whole number from 0 to 150"),
        ("profile.max_age", "12", "profile.min_age (13) is above profile.max_age (12)"),
        ("flood.rate", "nan", "flood.rate: 'nan' is not a number above 0"),
        ("chat.protect_content", "perhaps", "chat.protect_content: 'perhaps' is not true or false"),
        ("channels.when_unverifiable", "ajar", "channels.when_unverifiable: 'ajar' is not one of closed, open"),
        ("channels.required", '["@a"', 'channels.required: ["@a" is not a list'),
        ("channels.required", '["@news", "@news"]', "channels.required: @news is there twice"),
        ("channels.required", "[7]", "channels.required: [7] is not a list of texts"),
        ("cluster.workers", "2", "cluster.workers needs a restart: put it into settings.toml"),
        ("profile.max_ago", "2", "there is no setting profile.max_ago; was profile.max_age meant?"),
    ],
)
async def test_a_wrong_value_is_refused_with_field_and_bound_and_changes_nothing(
    configured: Configured, key: str, text: str, told: str
):
    with pytest.raises(ConfigurationError) as refused:
        await configured.editor.set({"matching.rescan_seconds": "2", key: text}, by=ANNA)
    assert told in str(refused.value)
    assert await configured.store.rows() == {}
    assert configured.announced == []


async def test_lists_are_written_as_json(configured: Configured):
    await configured.editor.set({"channels.required": '["@first_news", "@second_news"]'}, by=ANNA)
    assert (await configured.editor.get("channels.required")).value == ["@first_news", "@second_news"]
    await configured.editor.set({"channels.required": "[]"}, by=ANNA)
    await configured.process.look()
    assert configured.live.current.channels.required == ()


async def test_a_stale_write_is_refused_with_who_and_what(configured: Configured):
    await configured.editor.set({"profile.max_age": "30"}, by=ANNA)
    await configured.editor.set({"profile.max_age": "40"}, by=BORIS)
    with pytest.raises(StaleConfiguration) as refused:
        await configured.editor.set({"profile.max_age": "50"}, by=ANNA, versions={"profile": 1})
    assert "profile is at version 2, not 1: boris saved" in str(refused.value)
    assert "max_age 30 → 40" in str(refused.value)
    assert (await configured.editor.get("profile.max_age")).value == 40
    await configured.editor.set({"profile.max_age": "50"}, by=ANNA, versions={"profile": 2})


async def test_saving_what_is_so_already_is_no_new_version(configured: Configured):
    await configured.editor.set({"profile.max_age": "30"}, by=ANNA)
    assert (await configured.editor.set({"profile.max_age": "30"}, by=BORIS)).versions == {}
    assert (await configured.editor.get("profile.max_age")).saved_by == "anna"


async def test_who_saved_a_value_is_told_though_others_changed_the_section_since(configured: Configured):
    await configured.editor.set({"profile.max_age": "30"}, by=ANNA)
    await configured.editor.set({"profile.min_age": "20"}, by=BORIS)
    assert (await configured.editor.get("profile.max_age")).saved_by == "anna"
    assert (await configured.editor.get("profile.min_age")).saved_by == "boris"


async def test_undo_is_a_new_version_with_the_older_value_and_undo_of_it_a_redo(configured: Configured):
    for age in ("30", "40"):
        await configured.editor.set({"profile.max_age": age}, by=ANNA)
    await configured.editor.set({"profile.min_age": "20"}, by=ANNA)
    await configured.editor.undo("profile.max_age", by=BORIS)
    assert (await configured.store.rows())["profile"].value == {"max_age": 30, "min_age": 20}
    await configured.editor.undo("profile.max_age", by=BORIS)
    assert (await configured.store.rows())["profile"].value == {"max_age": 40, "min_age": 20}
    past = [(each.version, each.value) for each in await configured.editor.history("profile.max_age")]
    assert past == [(5, 40), (4, 30), (2, 40), (1, 30)]


async def test_undo_of_the_first_value_returns_to_the_files(configured: Configured):
    await configured.editor.set({"profile.max_age": "30"}, by=ANNA)
    await configured.editor.undo("profile.max_age", by=ANNA)
    assert (await configured.editor.get("profile.max_age")).source == "profile.max_age in settings.toml"


async def test_a_whole_section_is_taken_back_and_an_older_version_by_its_number(configured: Configured):
    await configured.editor.set({"profile.max_age": "30", "profile.min_age": "20"}, by=ANNA)
    await configured.editor.set({"profile.max_age": "40", "profile.min_age": "21"}, by=ANNA)
    await configured.editor.undo("profile", by=ANNA)
    assert (await configured.store.rows())["profile"].value == {"max_age": 30, "min_age": 20}
    await configured.editor.undo("profile.min_age", to=2, by=ANNA)
    assert (await configured.store.rows())["profile"].value == {"max_age": 30, "min_age": 21}


async def test_a_version_that_cannot_be_read_or_is_not_allowed_today_is_not_brought_back(configured: Configured):
    for age in ("30", "40", "50"):
        await configured.editor.set({"profile.max_age": age}, by=ANNA)
    async with configured.database.transaction() as connection:
        for version, text in ((1, "{oops"), (2, '{"max_age": 900}')):
            await connection.execute(f"UPDATE configuration_history SET value = '{text}' WHERE version = {version}")
    for key in ("profile.max_age", "profile"):
        with pytest.raises(ConfigurationError, match=r"^version 1 of profile cannot be read: .*; nothing was changed$"):
            await configured.editor.undo(key, to=1, by=BORIS)
        with pytest.raises(ConfigurationError, match=r"^version 2 of profile is not allowed today: profile.max_age: 900 "):
            await configured.editor.undo(key, to=2, by=BORIS)
    with pytest.raises(ConfigurationError, match=r"^the value that profile.max_age had before is not allowed today: "):
        await configured.editor.undo("profile.max_age", by=BORIS)
    assert (await configured.editor.get("profile.max_age")).value == 50


async def test_a_part_that_fails_when_it_is_told_is_logged_and_hinders_nobody(configured: Configured, caplog):
    class Broken:
        def changed(self) -> None:
            raise RuntimeError("it broke")

    broken = Broken()
    configured.live.watch(broken.changed)
    await configured.editor.set({"profile.max_age": "30"}, by=ANNA)
    await configured.process.look()
    assert configured.live.versions == {"profile": 1}
    (record,) = [each for each in caplog.records if each.levelname == "ERROR"]
    assert isinstance(record.exc_info[1], RuntimeError)


@pytest.mark.parametrize("key", ["profile.max_age", "profile"])
async def test_where_nothing_was_saved_there_is_nothing_to_undo(configured: Configured, key: str):
    with pytest.raises(ConfigurationError, match="nothing"):
        await configured.editor.undo(key, by=ANNA)


@pytest.mark.parametrize("text", ['{"max_age": "old"}', '{"max_age": -3}', '{"max_age": 5}', "{oops", "[]"])
async def test_a_bad_value_in_the_store_leaves_the_last_good_one_in_force_and_is_a_problem(configured: Configured, text: str):
    await configured.editor.set({"profile.max_age": "30"}, by=ANNA)
    await configured.editor.set({"flood.rate": "2"}, by=ANNA)
    await configured.process.look()
    await configured.abandon(text)
    await configured.process.look()
    assert configured.live.current.profile.max_age == 30
    (problem,) = configured.process.problems
    assert "configuration profile, version 1 by anna" in problem
    assert "python supervisor.py config undo profile" in problem
    newly_started = ConfigurationReader(configured.store, LiveConfiguration(Configuration.of(configured.loaded.settings)))
    await newly_started.look()
    assert newly_started.live.current == configured.live.current
    assert newly_started.problems == [problem]
    await configured.editor.undo("profile", by=BORIS)
    await configured.process.look()
    assert configured.process.problems == []
    assert configured.live.current.profile.max_age == 30


async def test_a_bad_value_without_a_good_one_before_it_leaves_what_the_files_say(configured: Configured):
    async with configured.database.transaction() as connection:
        await connection.execute("INSERT INTO configuration VALUES ('profile', 1, '{\"max_age\": -1}', 0, 'anna')")
    await configured.process.look()
    assert configured.live.current.profile.max_age == 90
    assert "what the files say is in force" in configured.process.problems[0]
    await configured.editor.set({"profile.max_age": "30"}, by=BORIS)
    await configured.process.look()
    assert (configured.live.current.profile.max_age, configured.process.problems) == (30, [])


async def test_keys_and_sections_of_a_newer_release_stay_and_are_shown_as_such(configured: Configured):
    async with configured.database.transaction() as connection:
        await connection.execute("INSERT INTO configuration VALUES ('profile', 1, '{\"shoe_size\": 44}', 0, 'anna')")
        await connection.execute("INSERT INTO configuration VALUES ('money', 1, '{\"price\": 5}', 0, 'anna')")
    await configured.editor.set({"profile.max_age": "30"}, by=BORIS)
    await configured.process.look()
    assert configured.process.problems == []
    assert (await configured.store.rows())["profile"].value == {"shoe_size": 44, "max_age": 30}
    unknown = [entry.key for entry in await configured.editor.entries() if "does not know it" in entry.meaning]
    assert unknown == ["money.price", "profile.shoe_size"]


async def test_while_the_store_is_away_the_last_snapshot_is_in_force_and_that_is_said(configured: Configured):
    await configured.editor.set({"profile.max_age": "30"}, by=ANNA)
    await configured.process.look()
    await configured.database.close()
    with pytest.raises(Unavailable):
        await configured.process.look()
    assert configured.live.current.profile.max_age == 30
    (problem,) = configured.process.problems
    assert "the saved configuration cannot be read" in problem
    assert "what was read last is in force" in problem


async def test_a_lost_announcement_costs_no_more_than_one_look_by_the_clock(configured: Configured):
    heard = asyncio.Event()

    class Listener:
        def changed(self) -> None:
            heard.set()

    listener = Listener()
    configured.live.watch(listener.changed)
    process = ConfigurationReader(configured.store, configured.live, poll_seconds=0.01)
    async with process.kept_up(), asyncio.timeout(10):
        await configured.editor.set({"profile.max_age": "30"}, by=ANNA)
        await heard.wait()
    assert configured.live.current.profile.max_age == 30
    assert POLL_SECONDS <= 10


async def test_a_section_at_a_low_version_is_seen_beside_one_at_a_high_one(configured: Configured):
    for burst in range(20, 29):
        await configured.editor.set({"flood.burst": str(burst)}, by=ANNA)
    await configured.editor.set({"profile.max_age": "30"}, by=ANNA)
    await configured.process.look()
    await configured.editor.set({"profile.max_age": "40"}, by=ANNA)
    await configured.process.look()
    assert configured.live.current.profile.max_age == 40


async def test_static_settings_are_shown_and_secrets_are_not(tmp_path: Path, database: Any):
    configured = Configured(tmp_path, database, BOT_TOKENS="111:" + "s" * 35, WORKERS="1", ADMIN_PORT="4000")
    port = await configured.editor.get("admin.port")
    assert (port.value, port.live, port.source) == (4000, False, "ADMIN_PORT")
    assert (await configured.editor.get("telegram.tokens")).value == "(set)"


async def test_the_panel_saves_values_that_are_typed_already(configured: Configured):
    await configured.editor.save({"profile.max_age": 30, "channels.required": ["@first_news"]}, by=ANNA)
    await configured.editor.save({"profile.max_age": ABSENT}, by=ANNA)
    await configured.process.look()
    assert configured.live.current.profile.max_age == 90
    assert configured.live.current.channels.required == ("@first_news",)


async def test_who_changed_what_is_in_the_audit_and_what_was_refused_is_not(configured: Configured):
    await configured.editor.set({"profile.max_age": "30"}, by=ANNA)
    with pytest.raises(ConfigurationError):
        await configured.editor.set({"profile.max_age": "1000"}, by=BORIS)
    with pytest.raises(StaleConfiguration):
        await configured.editor.set({"profile.max_age": "40"}, by=BORIS, versions={"profile": 0})
    await configured.editor.undo("profile", by=BORIS)
    returned, saved = await SqlAudit(configured.database).newest(10)
    assert (saved.who, saved.source, saved.address, saved.act) == ("anna", "panel", "203.0.113.7", "set")
    assert (saved.target, saved.before, saved.after) == ("setting:profile.max_age", 90, 30)
    assert (returned.who, returned.act, returned.before, returned.after) == ("boris", "return", 30, 90)


async def test_a_preview_saves_nothing_and_sees_conflicts(configured: Configured):
    assert await configured.editor.preview({"profile.max_age": 30}, versions={"profile": 0}) == (("profile.max_age", 90, 30),)
    assert await configured.store.rows() == {}
    await configured.editor.set({"profile.max_age": "40"}, by=ANNA)
    with pytest.raises(StaleConfiguration, match="anna saved"):
        await configured.editor.preview({"profile.max_age": 30}, versions={"profile": 0})
