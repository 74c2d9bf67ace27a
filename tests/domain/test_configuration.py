"""The live configuration's types: bounds, rules over several fields, overrides, and the holder of the snapshot."""

from __future__ import annotations

import gc
from weakref import WeakMethod

import msgspec
import pytest

from domain.configuration import (
    SECTIONS,
    Channels,
    Configuration,
    LiveConfiguration,
    ProfileRules,
    check,
    unknown_keys,
    with_overrides,
)
from domain.errors import ConfigurationError
from domain.settings import Settings

PLAIN = Configuration()


def test_without_anything_saved_the_settings_are_in_force():
    settings = Settings(profile=ProfileRules(max_age=99))
    assert Configuration.of(settings).profile is settings.profile
    assert {section: getattr(Configuration.of(settings), section) for section in SECTIONS} == {
        section: getattr(settings, section) for section in SECTIONS
    }


def test_only_the_keys_that_were_saved_differ_from_the_files():
    files = Configuration(profile=ProfileRules(min_age=16, max_age=99))
    assert with_overrides(files, "profile", {"max_age": 30}).profile == ProfileRules(min_age=16, max_age=30)


@pytest.mark.parametrize(
    ("section", "overrides", "told"),
    [
        ("profile", {"max_age": "old"}, "profile.max_age: 'old' is refused: it must be a whole number, not a text"),
        ("profile", {"max_age": -1}, "profile.max_age: -1 is refused: it must be at least 0"),
        ("flood", {"rate": 0}, "flood.rate: 0 is refused: it must be more than 0"),
        ("pacing", {"bot_rate": float("inf")}, "pacing.bot_rate: inf is not a number that can be counted with"),
        (
            "channels",
            {"when_unverifiable": "ajar"},
            "channels.when_unverifiable: 'ajar' is refused: it is none of the known values",
        ),
        ("channels", {"required": ["@a", 7]}, "channels.required: ['@a', 7] is refused: it must be a text, not a whole number"),
    ],
)
def test_a_value_outside_its_bounds_is_refused_with_its_field_and_the_bound(section, overrides, told):
    with pytest.raises(ConfigurationError) as refused:
        with_overrides(PLAIN, section, overrides)
    assert str(refused.value).startswith(told)


def test_what_a_newer_release_saved_changes_nothing_here():
    overrides = {"max_age": 30, "shoe_size": 44}
    assert with_overrides(PLAIN, "profile", overrides).profile == ProfileRules(max_age=30)
    assert unknown_keys("profile", overrides) == ["profile.shoe_size"]
    assert unknown_keys("money", {"price": 1}) == ["money.price"]


def test_rules_over_several_fields_name_the_field():
    (fault,) = check(Configuration(profile=ProfileRules(min_age=20, max_age=10)))
    assert fault.setting == "profile.min_age"
    assert "profile.min_age (20) is above profile.max_age (10)" in fault.text


def test_rules_name_fields_as_whoever_reads_the_refusal_knows_them():
    (fault,) = check(Configuration(channels=Channels(required=("@news", "@News"))), {"channels.required": "line 3"}.__getitem__)
    assert fault.text == "line 3: @news is there twice; leave one out"


def test_a_swap_is_told_to_those_who_watch_and_live():
    class Timer:
        seen = 0

        def changed(self) -> None:
            self.seen += 1

    live, timer, gone = LiveConfiguration(), Timer(), Timer()
    live.watch(timer.changed)
    live.watch(gone.changed)
    del gone
    live.swap(msgspec.structs.replace(PLAIN, profile=ProfileRules(max_age=30)), {"profile": 1})
    live.swap(msgspec.structs.replace(PLAIN, profile=ProfileRules(max_age=30)), {"profile": 2})
    assert timer.seen == 1
    assert live.current.profile.max_age == 30
    assert live.versions == {"profile": 2}


def test_all_who_watch_are_told_though_one_of_them_fails():
    class Timer:
        seen = 0

        def changed(self) -> None:
            self.seen += 1

    class Broken:
        def changed(self) -> None:
            raise RuntimeError("it broke")

    live, first, broken, last = LiveConfiguration(), Timer(), Broken(), Timer()
    for each in (first, broken, last):
        live.watch(each.changed)
    with pytest.raises(ExceptionGroup) as failures:
        live.swap(msgspec.structs.replace(PLAIN, profile=ProfileRules(max_age=30)), {"profile": 1})
    assert [str(error) for error in failures.value.exceptions] == ["it broke"]
    assert (first.seen, last.seen) == (1, 1)
    assert live.current.profile.max_age == 30


def test_those_who_watched_and_are_gone_leave_nothing_behind():
    """A bot that connects again and again watches with a new object each time, and the configuration may never change."""

    class Timer:
        def changed(self) -> None: ...

    live, timer = LiveConfiguration(), Timer()
    live.watch(timer.changed)
    for _ in range(1000):
        live.watch(Timer().changed)
    assert sum(isinstance(each, WeakMethod) for each in gc.get_referents(*gc.get_referents(live))) <= 2


def test_every_live_setting_says_what_it_is_and_numbers_their_unit():
    for section in msgspec.structs.fields(Configuration):
        for field in msgspec.structs.fields(section.type):
            noted = msgspec.inspect.type_info(field.type)
            assert isinstance(noted, msgspec.inspect.Metadata), field.name
            assert {"title", "description"} <= set(noted.extra_json_schema), field.name
            if isinstance(noted.type, msgspec.inspect.IntType | msgspec.inspect.FloatType):
                assert noted.extra["unit"], field.name
