"""What README and docs say, where a program can tell whether it is true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import supervisor
from control.settings import dotenv, variables
from control.settings import loading as configuration
from control.settings import table as settings_table
from storage.redis import rights as redis_rights
from storage.sql.personal.tables import NOT_PERSONAL, PERSONAL
from storage.sql.retention import RETENTION

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FOLDERS = ("actors", "bench", "control", "docs", "domain", "storage", "tests", "transport", "web")

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img\s[^>]*src=\"([^\"]+)\"")
FILE = re.compile(r"(?<![\w./<*-])[\w-][\w./-]*\.(?:py|lua|sql|ftl|md|toml|lock)\b")
"""A file's name in running text; names with a placeholder (`<language>.ftl`, `*.sql`) are none."""
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
TABLE = re.compile(r"^<!-- settings: .*-->\n(.*?)^<!-- end of settings -->$", re.MULTILINE | re.DOTALL)


def name_of(document: Path) -> str:
    return str(document.relative_to(ROOT))


every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    return re.split(rf"^#+ {re.escape(heading)}$", text, flags=re.MULTILINE)[1].split("\n## ")[0]


def in_code(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


def anchors(document: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = HEADING.findall(document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(document: Path) -> Iterator[tuple[Path, str]]:
    """(file, anchor) of each link that stays in the repository."""
    for in_markdown, in_html in LINK.findall(document.read_text(encoding="utf-8")):
        target, _, anchor = (in_markdown or in_html).partition("#")
        if "://" not in target:
            yield (document.parent / target if target else document), anchor


@every_document
def test_every_link_and_picture_leads_somewhere(document: Path):
    broken = [
        f"{file}#{anchor}" for file, anchor in links(document) if not file.exists() or (anchor and anchor not in anchors(file))
    ]
    assert broken == []


@every_document
def test_every_file_that_is_named_exists(document: Path):
    known = {path.name for folder in FOLDERS for path in (ROOT / folder).rglob("*.*")} | {path.name for path in ROOT.iterdir()}
    named = {name for name in FILE.findall(document.read_text(encoding="utf-8")) if "NNNN" not in name}
    missing = [
        name for name in sorted(named) if not ((document.parent / name).exists() or (ROOT / name).exists() or name in known)
    ]
    assert missing == []


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "docs/ARCHITECTURE.md", "docs/operating.md"])
def test_every_setting_that_is_named_exists(name: str):
    sections = {path.partition(".")[0] for path in configuration.LEAVES if "." in path}
    dotted = {word for word in in_code(text_of(name)) if re.fullmatch(r"[a-z]+\.[a-z_]+", word) and not FILE.fullmatch(word)}
    named = {word for word in dotted if word.partition(".")[0] in sections}
    assert sorted(named - configuration.LEAVES.keys()) == []


def test_the_readmes_settings_are_the_settings():
    """Mend: put what `python supervisor.py settings --markdown` prints between the two comments."""
    found = TABLE.search(text_of("README.md"))
    assert found is not None
    assert found[1] == settings_table.markdown(ROOT / "settings.toml")


def test_the_readmes_commands_are_the_commands():
    commands = section(text_of("README.md"), "Operator's commands")
    named = {name.replace("-", "_") for name in re.findall(r"^\| `supervisor\.py ([\w-]+)", commands, re.MULTILINE)}
    known = {command.callback.__name__ for command in supervisor.app.registered_commands if command.callback}
    assert named == known | {str(group.name) for group in supervisor.app.registered_groups}


def test_the_readmes_example_of_a_dotenv_file_is_understood(tmp_path: Path):
    example = section(text_of("README.md"), "With real bots").split("```")[1]
    (tmp_path / ".env").write_text(example)
    values = dotenv.read(tmp_path / ".env")
    assert values
    assert [name for name in values if variables.setting_of(name) is None] == []


def test_the_redis_user_of_the_manual_may_do_what_the_house_does():
    """Mend: put what `storage.redis.rights.setuser("main")` gives there."""
    shown = re.search(r"^ACL SETUSER .*?(?=^```)", text_of("docs/operating.md"), re.MULTILINE | re.DOTALL)
    assert shown is not None
    assert shown[0].split() == redis_rights.setuser("main")


def test_every_decision_is_in_the_index():
    notes = {path.name for path in (ROOT / "docs/decisions").glob("*.md")} - {"README.md"}
    assert notes == {file.name for file, _ in links(ROOT / "docs/decisions/README.md")}


def test_every_invariant_of_the_code_is_in_the_architecture():
    code = (path for folder in FOLDERS if folder not in {"docs", "tests"} for path in (ROOT / folder).rglob("*.py"))
    keeping = {name_of(path) for path in code if "*Invariant*" in path.read_text(encoding="utf-8")}
    listed = in_code(section(text_of("docs/ARCHITECTURE.md"), "Invariants"))
    assert sorted(keeping - listed) == []


def test_the_table_of_what_is_kept_of_people_has_each_table_and_what_becomes_of_it():
    text = section(text_of("docs/privacy.md"), "Tables")
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", text, re.MULTILINE)
    assert {table: what.split(";")[0].split(":")[0] for table, what in rows} == {
        table: str(personal.at_deletion) for table, personal in PERSONAL.items()
    }
    others = text.split("Other tables are not about people:")[1].split(".")[0]
    assert in_code(others) == set(NOT_PERSONAL)
    assert PERSONAL.keys() | NOT_PERSONAL.keys() == RETENTION.keys()
