"""Files of others are those that the list says, and each is on it."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "web" / "static" / "vendor"
FILES = {each["path"]: each for each in tomllib.loads((VENDOR / "vendored.toml").read_text())["files"]}


def test_each_file_is_the_one_that_the_list_says():
    digests = {path: hashlib.sha256((ROOT / path).read_bytes()).hexdigest() for path in FILES}
    assert digests == {path: each["sha256"] for path, each in FILES.items()}


def test_no_file_is_missing_from_the_list():
    about = {"vendored.toml", *(f"licences/{each.name}" for each in VENDOR.glob("licences/*"))}
    found = {str(each.relative_to(VENDOR)) for each in VENDOR.rglob("*") if each.is_file()} - about
    assert {f"web/static/vendor/{name}" for name in found} == {path for path in FILES if path.startswith("web/")}


def test_each_has_a_version_and_a_licence():
    assert all(each["version"] and each["licence"] and each["package"] for each in FILES.values())
