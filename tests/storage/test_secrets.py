"""Sealing of secrets, and the key for it, from the settings or from a file."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from domain.errors import SettingsError
from storage.secrets import FILE, Secrets, key_id, load_secrets, new_key, read_keys, write_keys

OLD, NEW = b"o" * 32, b"n" * 32


def encoded(key):
    return base64.b64encode(key).decode()


@pytest.fixture
def secrets():
    return Secrets([NEW], source="the tests")


def test_what_was_sealed_opens_in_its_context(secrets):
    sealed = secrets.seal(b"auth key", context="bot 1")
    assert b"auth key" not in sealed.blob
    assert secrets.open(sealed, context="bot 1") == b"auth key"


def test_it_does_not_open_in_another_context(secrets):
    with pytest.raises(SettingsError, match="bot 2 is damaged"):
        secrets.open(secrets.seal(b"auth key", context="bot 1"), context="bot 2")


def test_the_same_is_never_sealed_the_same(secrets):
    assert secrets.seal(b"x", context="") != secrets.seal(b"x", context="")


@pytest.mark.parametrize("damage", [lambda blob: blob[:-1] + bytes([blob[-1] ^ 1]), lambda blob: blob[:5], lambda blob: b""])
def test_a_damaged_blob_is_told(secrets, damage):
    sealed = secrets.seal(b"auth key", context="bot 1")
    with pytest.raises(SettingsError, match="damaged"):
        secrets.open(replace(sealed, blob=damage(sealed.blob)), context="bot 1")


def test_a_new_key_in_front_seals_and_the_old_one_still_opens():
    before = load_secrets(encoded(OLD), folder=None)
    after = load_secrets(f"{encoded(NEW)}, {encoded(OLD)}", folder=None)
    assert after.open(before.seal(b"x", context="c"), context="c") == b"x"
    with pytest.raises(SettingsError, match=r"stores\.encryption_key"):
        before.open(after.seal(b"x", context="c"), context="c")


@pytest.mark.parametrize("text", ["short", encoded(b"k" * 31), "ключ", encoded(NEW) + "x"])
def test_a_setting_that_is_no_key_says_how_to_make_one(tmp_path, text):
    with pytest.raises(SettingsError, match=r"stores\.encryption_key.*openssl rand -base64 32") as caught:
        load_secrets(text, tmp_path)
    assert text not in str(caught.value)


def test_without_a_setting_a_file_for_its_owner_only_is_made_once(tmp_path):
    sealed = load_secrets("", tmp_path / "var").seal(b"x", context="c")
    assert (tmp_path / "var" / FILE).stat().st_mode & 0o777 == 0o600
    assert load_secrets("", tmp_path / "var").open(sealed, context="c") == b"x"
    assert [path.name for path in (tmp_path / "var").iterdir()] == [FILE]


def test_programs_that_start_at_once_share_one_file(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        everybody = list(pool.map(lambda _: load_secrets("", tmp_path), range(16)))
    assert len({secrets.seal(b"x", context="c").key_id for secrets in everybody}) == 1


def test_a_key_file_that_others_may_read_is_refused_with_its_mend(tmp_path):
    load_secrets("", tmp_path)
    (tmp_path / FILE).chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        load_secrets("", tmp_path)


def test_a_key_file_with_something_else_in_it_is_named(tmp_path):
    (tmp_path / FILE).write_bytes(b"\xff\xfe")
    (tmp_path / FILE).chmod(0o600)
    with pytest.raises(SettingsError, match=FILE):
        load_secrets("", tmp_path)


def test_a_data_folder_that_is_none_is_named(tmp_path):
    (tmp_path / "var").touch()
    with pytest.raises(SettingsError, match=r"^data: .*var/encryption\.key"):
        load_secrets("", tmp_path / "var")


def test_a_running_process_takes_up_a_key_that_is_put_in_front_in_the_file(tmp_path):
    running = load_secrets("", tmp_path)
    before = running.seal(b"x", context="c")
    write_keys(tmp_path / FILE, [NEW, *read_keys(tmp_path / FILE)])
    assert running.seal(b"y", context="c").key_id == key_id(NEW)
    assert running.open(before, context="c") == b"x"
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_a_running_process_opens_what_a_later_key_of_the_file_has_sealed(tmp_path):
    running = load_secrets("", tmp_path)
    write_keys(tmp_path / FILE, [NEW, *read_keys(tmp_path / FILE)])
    assert running.open(load_secrets("", tmp_path).seal(b"x", context="c"), context="c") == b"x"


def test_a_file_that_is_away_changes_nothing_for_who_has_read_it(tmp_path):
    running = load_secrets("", tmp_path)
    sealed = running.seal(b"x", context="c")
    (tmp_path / FILE).unlink()
    assert running.seal(b"y", context="c").key_id == sealed.key_id
    with pytest.raises(SettingsError, match="another key"):
        running.open(Secrets([new_key()], source="another").seal(b"x", context="c"), context="c")
    assert not (tmp_path / FILE).exists()
