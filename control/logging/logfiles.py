"""The supervisor's part of logging: it takes the children's lines, writes and rotates `logs/*.log`, and shows warnings."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import orjson

from control.disk import mend, reason
from control.lossy_queue import LossyQueue
from domain.redaction import redacted
from storage.trouble import Trouble

TOPICS: Mapping[str, frozenset[str]] = {
    "admin": frozenset({"admin", "web", "panel"}),
    "payments": frozenset({"payment", "payments"}),
    "vip": frozenset({"vip"}),
    "locks": frozenset({"lock", "locks"}),
}
"""Log file → parts of a logger's dotted name. Records of such loggers go into that file too."""

FILES = ("combined", "error", *TOPICS)
KEYS = ("time", "level", "process", "logger", "text")
WAITING_BYTES = 32 * 1024 * 1024
"""Of lines that the disk has not taken yet."""
END_SECONDS = 5.0
"""For the last lines."""
LOOK_EVERY = 0.5
"""Seconds between two looks whether the files are still there."""
Show = Callable[[Mapping[str, Any]], None]


def files_of(level: str, logger: str) -> set[str]:
    words = set(logger.split("."))
    files = {"combined"} | {file for file, topic in TOPICS.items() if words & topic}
    return files | {"error"} if level in {"ERROR", "CRITICAL"} else files


class LogFiles:
    """A thread writes the lines from a queue, so that a slow disk does not stop the supervisor's event loop."""

    def __init__(self, folder: Path, *, max_bytes: int, backups: int, show: Show) -> None:
        """`show` shows a record to the operator. Whatever it raises is logged once, until it works again."""
        folder.mkdir(parents=True, exist_ok=True)
        self._show = show
        self._shows = True
        self._files = [_file(folder / f"{name}.log", name, max_bytes, backups) for name in FILES]
        self._overrun = Trouble()
        self._asked: SimpleQueue[Future[None]] = SimpleQueue()
        self._look_at = 0.0
        self._queue: LossyQueue[logging.LogRecord] = LossyQueue(
            "log files", self._deliver, between=self._look_after, limit=WAITING_BYTES
        )
        self._queue.start()

    def take(self, process: str, stream: str, line: bytes) -> Mapping[str, Any]:
        """Writes one line of a child and returns its record.

        A line that is no record, such as a library's print, becomes one: an error if it came from `stderr`.
        """
        parsed = _parsed(line)
        record = parsed or _wrapped(process, stream, line)
        self._write(record, line if parsed else orjson.dumps(record))
        if logging.getLevelNamesMapping().get(record["level"], logging.INFO) >= logging.WARNING:
            self._tell(record)
        return record

    def reopen(self) -> Future[None]:
        """Closes the files and opens them anew by their names; done when that is done."""
        done: Future[None] = Future()
        self._asked.put(done)
        return done

    @property
    def problems(self) -> list[str]:
        return [line for trouble in (*(file.trouble for file in self._files), self._overrun) if (line := trouble.line)][:1]

    def close(self) -> None:
        """Writes what waits, unless the disk stands still."""
        if self._queue.close(END_SECONDS):
            for file in self._files:
                file.close()

    def _write(self, record: Mapping[str, Any], line: bytes) -> None:
        self._queue.put(_entry(record, line), size=len(line))

    def _tell(self, record: Mapping[str, Any]) -> None:
        try:
            self._show(record)
        except Exception as error:  # noqa: BLE001 - the files are written whatever the terminal does
            if self._shows:
                told = _own(f"warnings are not shown: {type(error).__name__}")
                self._write(told, orjson.dumps(told))
            self._shows = False
        else:
            self._shows = True

    def _deliver(self, entry: logging.LogRecord) -> None:
        for file in self._files:
            file.handle(entry)

    def _look_after(self) -> None:
        """Runs in the thread, after each line and in pauses."""
        if lost := self._queue.lost():
            text = f"{lost} log lines were lost: the disk does not keep up"
            self._overrun.note(text)
            told = _own(text)
            self._deliver(_entry(told, orjson.dumps(told)))
        asked = None if self._asked.empty() else self._asked.get()
        if asked is None and time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK_EVERY
        for file in self._files:
            file.look_after(anew=asked is not None)
        if asked is not None and asked.set_running_or_notify_cancel():
            asked.set_result(None)


class LogFile(RotatingFileHandler):
    """Counts the lines that cannot be written, and writes their number once a line can be written. A file that was renamed or
    deleted is made anew, and so is its folder. One thread uses it.
    """

    _lost = 0
    _reason = ""

    def __init__(self, path: Path, *, max_bytes: int, backups: int) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=backups, encoding="utf-8")
        self.trouble = Trouble()

    def emit(self, record: logging.LogRecord) -> None:
        lost = self._lost
        if self._is_elsewhere():
            self._let_go()
        super().emit(record)
        if lost and self._lost == lost:
            self._lost = 0
            told = _own(f"{lost} log lines could not be written: {self._reason}")
            super().emit(logging.makeLogRecord({"msg": orjson.dumps(told).decode()}))

    def look_after(self, *, anew: bool) -> None:
        """Makes the file if it is not there. `anew`: opens it again in any case."""
        if anew or self._is_elsewhere():
            self._let_go()
        if self.stream is not None:
            return
        try:
            self.stream = self._open()
        except OSError as error:
            self._note(error)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's signature
        """Closes the file, so that no half of a line stays in its buffer. The next line opens it again."""
        failed = sys.exception()
        error = failed if isinstance(failed, OSError) else OSError(str(failed))
        self._lost += 1
        self._note(error)
        self._let_go()

    def _note(self, error: OSError) -> None:
        self._reason = reason(error)
        lost = f"; {self._lost} line{'s are' if self._lost > 1 else ' is'} lost" if self._lost else ""
        self.trouble.note(f"{self.baseFilename} cannot be written ({self._reason}): {mend(error)}{lost}")

    def _let_go(self) -> None:
        if self.stream is not None:
            with suppress(OSError):
                self.stream.close()
            self.stream = None

    def _is_elsewhere(self) -> bool:
        """Whether the open file is no longer the one of its name."""
        if self.stream is None:
            return False
        try:
            return not os.path.samestat(os.stat(self.baseFilename), os.fstat(self.stream.fileno()))  # noqa: PTH116 - for each line
        except OSError:
            return True

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(exist_ok=True)
        stream = super()._open()
        if _ends_in_the_middle(self.baseFilename):
            stream.write("\n")
            stream.flush()
        return stream


def _entry(record: Mapping[str, Any], line: bytes) -> logging.LogRecord:
    files = files_of(record["level"], record["logger"])
    return logging.makeLogRecord({"msg": line.decode(errors="replace").rstrip("\n"), "files": files})


def _ends_in_the_middle(path: str) -> bool:
    with Path(path).open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _file(path: Path, name: str, max_bytes: int, backups: int) -> LogFile:
    handler = LogFile(path, max_bytes=max_bytes, backups=backups)
    handler.addFilter(lambda entry: name in entry.__dict__["files"])
    return handler


def _parsed(line: bytes) -> dict[str, Any] | None:
    """The record; None if the line is not one of ours, though it may be JSON that some library prints."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) and all(isinstance(record.get(key), str) for key in KEYS) else None


def _own(text: str) -> dict[str, Any]:
    """What the log says about itself."""
    return _wrapped("supervisor", "stderr", text.encode())


def _wrapped(process: str, stream: str, line: bytes) -> dict[str, Any]:
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": "ERROR" if stream == "stderr" else "INFO",
        "process": process,
        "logger": stream,
        "text": redacted(line.decode(errors="replace").rstrip()),
    }
