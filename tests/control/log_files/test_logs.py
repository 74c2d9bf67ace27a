"""What stands in the logs, what never does, and how the files turn over."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import orjson
import pytest

from control.logging.logfiles import LogFile, LogFiles, files_of
from control.logging.logs import JsonFormatter, Pseudonyms
from domain.errors import Unavailable
from domain.model.ids import Address, BotId, UserId
from domain.sections import Section
from tests.control.supervisors import supervisor
from tests.control.tiny_child import PRINTED_TOKEN

QUOTED = "I love you"
"""What somebody wrote, in the text of an error."""
TOKEN = "123456789:" + "A1_-x" * 7


def rendered(formatter: JsonFormatter, text: object, *arguments: object, **extra: object) -> dict[str, str]:
    record = logging.LogRecord("actors.session.actor", logging.INFO, "", 0, text, arguments, None)
    record.__dict__.update(extra)
    return orjson.loads(formatter.line(record))


@pytest.fixture
def formatter(tmp_path: Path) -> JsonFormatter:
    return JsonFormatter("worker-1", Pseudonyms.kept_in(tmp_path))


def test_tokens_and_passwords_are_masked_wherever_they_stand(formatter: JsonFormatter) -> None:
    line = rendered(formatter, "%s at %s: %s", TOKEN, "postgresql://me:hunter2@db/x", OSError(f"bad token {TOKEN}"))
    assert line["text"] == "123456789:*** at postgresql://me:***@db/x: bad token 123456789:***"


def test_an_exception_is_told_by_its_types_and_frames_and_never_by_its_text(formatter: JsonFormatter) -> None:
    """However it comes to be logged, since its text may quote what somebody wrote."""
    try:
        try:
            int(QUOTED)
        except ValueError as error:
            raise RuntimeError(QUOTED) from error
    except RuntimeError as error:
        caught = error
        info = (type(error), error, error.__traceback__)
    lines = [
        rendered(formatter, "it failed", exc_info=info),
        rendered(formatter, "it failed: %s, %r", caught, [caught], exc_info=info),
        rendered(formatter, "it failed: %(why)s", {"why": caught}, exc_info=info),
        rendered(formatter, caught, exc_info=info),
    ]
    for line in lines:
        assert QUOTED not in str(line)
        assert line["error"].startswith("RuntimeError at:")
        assert "ValueError at:" in line["error"]
        assert "test_logs.py" in line["error"]
    assert lines[1]["text"] == "it failed: RuntimeError, ['RuntimeError']"


def test_what_the_event_loop_says_of_a_task_that_failed_has_no_text_of_its_error(formatter: JsonFormatter) -> None:
    async def whisper() -> None:
        raise ValueError(QUOTED)

    async def unheard() -> None:
        task = asyncio.ensure_future(whisper())
        await asyncio.wait([task])
        context = {"message": "Task exception was never retrieved", "exception": task.exception(), "future": task}
        asyncio.get_running_loop().default_exception_handler(context)

    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logger = logging.getLogger("asyncio")
    logger.addHandler(handler)
    try:
        asyncio.run(unheard())
    finally:
        logger.removeHandler(handler)
    (line,) = (orjson.loads(formatter.line(record)) for record in records if record.exc_info)
    assert line["text"] == "Task exception was never retrieved"
    assert line["error"].startswith("ValueError at:")
    assert QUOTED not in str(line)


def test_errors_that_we_raise_on_purpose_keep_their_text(formatter: JsonFormatter) -> None:
    assert rendered(formatter, "no lease: %s", Unavailable("Redis is away"))["text"] == "no lease: Redis is away"


def test_people_are_keyed_pseudonyms(tmp_path: Path, formatter: JsonFormatter) -> None:
    anna, boris = Address(BotId(7), UserId(4242424242)), Address(BotId(7), UserId(4242424243))
    texts = [rendered(formatter, "%s Menu --Find--> Searching", who)["text"] for who in (anna, boris, anna)]
    assert texts[0] == texts[2] != texts[1]
    assert texts[0].startswith("bot7 u")
    assert "424242424" not in "".join(texts)
    again = JsonFormatter("worker-1", Pseudonyms.kept_in(tmp_path))
    assert rendered(again, "%s Menu --Find--> Searching", anna)["text"] == texts[0]
    elsewhere = JsonFormatter("worker-1", Pseudonyms(b"another key"))
    assert rendered(elsewhere, "%s Menu --Find--> Searching", anna)["text"] != texts[0]
    assert (tmp_path / "pseudonyms.key").stat().st_mode & 0o777 == 0o600


def test_ids_in_lists_and_in_what_python_prints_are_pseudonyms_too(formatter: JsonFormatter) -> None:
    anna = Address(BotId(7), UserId(4242424242))
    name = rendered(formatter, "%s", anna)["text"].partition(" ")[2]
    line = rendered(formatter, "%s and %r and %s", [anna], "x", str(anna))
    assert line["text"].count(name) == 2
    assert f"Address(bot=7, user={name})" in line["text"]
    assert "4242424242" not in str(line)


def test_values_that_may_carry_what_people_wrote_are_logged_by_their_kind(formatter: JsonFormatter) -> None:
    class MessageReceived(Section, frozen=True):
        text: str

    assert rendered(formatter, "dropped %s", MessageReceived(text="hello you"))["text"] == "dropped MessageReceived"


def test_lines_go_to_the_files_of_their_level_and_topic() -> None:
    assert files_of("INFO", "actors.session.actor") == {"combined"}
    assert files_of("ERROR", "actors.session.actor") == {"combined", "error"}
    assert files_of("INFO", "actors.payment") == {"combined", "payments"}
    assert files_of("WARNING", "web.admin.login") == {"combined", "admin"}
    assert files_of("INFO", "domain.vip") == {"combined", "vip"}
    assert files_of("CRITICAL", "actors.lock") == {"combined", "error", "locks"}


def test_files_turn_over_and_so_many_old_ones_are_kept(tmp_path: Path) -> None:
    files = LogFiles(tmp_path, max_bytes=1000, backups=2, show=lambda _: None)
    for number in range(200):
        files.take("worker-1", "stdout", b"line %d" % number)
    files.close()
    combined = sorted(path.name for path in tmp_path.glob("combined.log*"))
    assert combined == ["combined.log", "combined.log.1", "combined.log.2"]
    assert all(path.stat().st_size <= 1000 for path in tmp_path.glob("combined.log*"))
    assert "line 199" in (tmp_path / "combined.log").read_text(encoding="utf-8")


def test_every_file_is_there_from_the_start(tmp_path: Path) -> None:
    LogFiles(tmp_path, max_bytes=1000, backups=2, show=lambda _: None).close()
    names = {"combined.log", "error.log", "admin.log", "payments.log", "vip.log", "locks.log"}
    assert {path.name for path in tmp_path.iterdir()} == names


def test_a_file_that_cannot_be_written_is_told_with_the_reason_and_so_is_what_was_lost(tmp_path: Path) -> None:
    path = tmp_path / "combined.log"
    path.symlink_to("/dev/full")
    file = LogFile(path, max_bytes=1000, backups=2)

    def trouble_after(line: str) -> str:
        file.handle(logging.makeLogRecord({"msg": line}))
        return file.trouble.line

    assert trouble_after("1") == f"{path} cannot be written (No space left on device): make room; 1 line is lost"
    path.unlink()
    path.mkdir()
    assert trouble_after("2") == f"{path} cannot be written (Is a directory): remove the folder of that name; 2 lines are lost"
    path.rmdir()
    trouble_after("3")
    file.close()
    line, told = path.read_text(encoding="utf-8").splitlines()
    assert (line, orjson.loads(told)["text"]) == ("3", "2 log lines could not be written: Is a directory")


async def test_what_a_child_prints_becomes_json_and_its_own_lines_carry_no_secret(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=babbles") as running:
        await running.says("WARNED a cry")
        await running.says("STARTED")
        await running.client.stop()
        await running.ends()
    records = [orjson.loads(line) for line in running.log().splitlines()]
    texts = {record["text"] for record in records}
    assert {"plain words", "a cry", "token 123456789:***"} <= texts
    assert all(isinstance(record["text"], str) for record in records)
    assert sum(len(record["text"]) for record in records if record["text"].startswith("xxx")) == 200_000
    assert "4242424242" not in running.log()
    assert next(r for r in records if r["text"] == "a cry")["level"] == "ERROR"


async def test_a_token_that_a_child_prints_by_itself_is_masked_in_every_log_and_on_the_terminal(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=babbles") as running:
        shown = await running.says("WARNED an error with token")
        await running.says("STARTED")
        await running.client.stop()
        await running.ends()
    texts = {orjson.loads(line)["text"] for line in running.log().splitlines()}
    assert {"printed token 987654321:*** by a library", "an error with token 987654321:***"} <= texts
    assert PRINTED_TOKEN not in shown
    assert [path.name for path in (tmp_path / "logs").iterdir() if PRINTED_TOKEN in path.read_text(encoding="utf-8")] == []
