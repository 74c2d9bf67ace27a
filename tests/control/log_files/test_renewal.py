"""Log files that somebody else renames, deletes or fills: logrotate, an operator, a full disk."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from control.logging.logfiles import FILES, LogFiles
from control.logging.logtail import LogTail, from_level
from domain.logs import Level
from tests.control.cli.test_command_line import command
from tests.control.supervisors import eventually, supervisor


@contextmanager
def log_files(folder: Path) -> Iterator[LogFiles]:
    files = LogFiles(folder, max_bytes=1_000_000, backups=2, show=lambda _: None)
    try:
        yield files
    finally:
        files.close()


def texts(path: Path) -> list[str]:
    return [orjson.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def log(files: LogFiles, text: str) -> None:
    files.take("worker-1", "stdout", text.encode())


async def test_a_file_that_was_renamed_or_deleted_is_made_anew_though_nothing_is_logged(tmp_path: Path) -> None:
    with log_files(tmp_path):
        for name in FILES:
            path = tmp_path / f"{name}.log"
            path.unlink() if name == "error" else path.rename(tmp_path / f"{name}.kept")
        await eventually(lambda: all((tmp_path / f"{name}.log").exists() for name in FILES))


@pytest.mark.parametrize("rename", [True, False])
async def test_no_line_is_lost_to_a_file_that_is_away(tmp_path: Path, *, rename: bool) -> None:
    path = tmp_path / "combined.log"
    with log_files(tmp_path) as files:
        log(files, "before")
        await eventually(lambda: texts(path) == ["before"])
        path.rename(tmp_path / "combined.log.1") if rename else path.unlink()
        log(files, "after")
        await eventually(lambda: texts(path) == ["after"])
    assert texts(tmp_path / "combined.log.1") == (["before"] if rename else [])


async def test_a_folder_that_was_removed_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    with log_files(folder) as files:
        shutil.rmtree(folder)
        log(files, "after")
        await eventually(lambda: texts(folder / "combined.log") == ["after"])


async def test_a_file_that_cannot_be_made_is_a_problem_though_nothing_is_logged(tmp_path: Path) -> None:
    path = tmp_path / "combined.log"
    with log_files(tmp_path) as files:
        path.unlink()
        path.mkdir()
        await eventually(lambda: files.problems == [f"{path} cannot be written (Is a directory): remove the folder of that name"])
        path.rmdir()
        await eventually(path.is_file)


async def test_a_reader_goes_on_with_the_file_that_is_made_anew(tmp_path: Path) -> None:
    with log_files(tmp_path) as files, LogTail(tmp_path / "combined.log") as tail:
        log(files, "before")
        await eventually(lambda: tail.last(5, from_level(Level.DEBUG)))
        (tmp_path / "combined.log").rename(tmp_path / "combined.log.1")
        log(files, "after")
        assert [orjson.loads(line)["text"] for line in await eventually(lambda: list(tail.fresh()))] == ["after"]


async def test_logs_reopen_returns_when_every_file_is_open_anew(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        logs = tmp_path / "logs"
        for name in FILES:
            (logs / f"{name}.log").rename(logs / f"{name}.log.1")
        assert await command(tmp_path, "logs", "--reopen") == (0, "")
        assert {path.name for path in logs.iterdir()} == {f"{name}.log{end}" for name in FILES for end in ("", ".1")}
        (logs / "vip.log").unlink()
        (logs / "vip.log").mkdir()
        code, text = await command(tmp_path, "logs", "--reopen")
        assert (code, text) == (1, f"{logs / 'vip.log'} cannot be written (Is a directory): remove the folder of that name\n")
    assert (await command(tmp_path, "logs", "--reopen"))[0] == 3


async def test_sigusr2_opens_the_files_anew(tmp_path: Path) -> None:
    """A file that ends in the middle of a line is mended when it is opened."""
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        with (tmp_path / "logs" / "vip.log").open("a") as file:
            file.write("half a line")
        running.process.send_signal(signal.SIGUSR2)
        await eventually(lambda: running.log("vip") == "half a line\n")
        await running.client.stop()
        assert await running.ends() == 0
