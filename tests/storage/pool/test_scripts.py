"""How the scripts are written: a header each, and parts that stand on their own."""

from __future__ import annotations

import re

import pytest

from storage.redis.scripts import FOLDER

LIB = FOLDER / "lib"
PARTS = sorted(path.relative_to(LIB).with_suffix("").as_posix() for path in LIB.rglob("*.lua"))
SCRIPTS = sorted(
    path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.lua") if not path.is_relative_to(LIB)
)
LUA = set(
    re.findall(
        r"\w+",
        "and break do else elseif end false for function if in local nil not or repeat return then true until while "
        "ipairs math redis string table tonumber unpack KEYS ARGV",
    )
)
ANSWERS_NOTHING = {"streams/news", "pool/restart_sentinel"}
DEFINED = re.compile(r"^local (?:function )?([A-Za-z_]+(?:, [A-Za-z_]+)*)", re.MULTILINE)


def code_of(part: str) -> str:
    text = (LIB / f"{part}.lua").read_text()
    return re.sub(r"--.*|'[^']*'", "", text)


def included_by(part: str, known: frozenset[str] = frozenset()) -> set[str]:
    text = (LIB / f"{part}.lua").read_text()
    direct = {name for names in re.findall(r"^ *-- include: (.*)$", text, re.MULTILINE) for name in names.split()} - known
    return direct.union(*(included_by(other, known | direct) for other in direct))


def defined_in(part: str) -> set[str]:
    return {name for names in DEFINED.findall(code_of(part)) for name in names.split(", ")}


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_script_says_its_keys_arguments_and_what_it_does(name):
    text = (FOLDER / f"{name}.lua").read_text()
    header = text[: re.search(r"^[^-\n]", text, re.MULTILINE).start()]
    assert "-- KEYS[1] the pool's tag" in header
    assert "-- ARGV " in header or "ARGV" not in text
    assert "-- Answers " in header or "return " not in text.replace(header, "") or name in ANSWERS_NOTHING


@pytest.mark.parametrize("part", PARTS)
def test_a_part_uses_what_it_includes_itself_and_what_it_is_given(part):
    code = re.sub(r"(?<=[{,\n]) *\w+ = ", "", code_of(part)) if "{" in code_of(part) else code_of(part)
    local = {
        name
        for names in re.findall(r"(?:local |for |function \w*\()(?!function)([\w, ]+)", code_of(part))
        for name in names.split(", ")
    }
    known = LUA.union(*(defined_in(other) for other in {part, *included_by(part)}), (name.split()[0] for name in local))
    assert not set(re.findall(r"(?<![.\w'])[A-Za-z_]\w*", code)) - known
    assert part == "base" or not re.search(r"\b(KEYS|ARGV)\b", code)
