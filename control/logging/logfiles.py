"""The supervisor's part of logging: it takes the children's lines, writes and rotates `logs/*.log`, and shows warnings."""

from __future__ import annotations

import logging
import os
import queue
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import QueueListener, RotatingFileHandler
from pathlib import Path
from typing import Any

import orjson

from control.disk import mend, reason
from control.logging.logs import JsonFormatter
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
QUEUE_LINES = 50_000
Show = Callable[[Mapping[str, Any]], None]


def files_of(level: str, logger: str) -> set[str]:
    words = set(logger.split("."))
    files = {"combined"} | {file for file, topic in TOPICS.items() if words & topic}
    return files | {"error"} if level in {"ERROR", "CRITICAL"} else files


class LogFiles:
    """A thread writes the lines from a queue, so that a slow disk does not stop the supervisor's event loop."""

    def __init__(self, folder: Path, *, max_bytes: int, backups: int, show: Show) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._show = show
        self._queue: queue.Queue[logging.LogRecord] = queue.Queue(QUEUE_LINES)
        handlers = [_file(folder / f"{name}.log", name, max_bytes, backups) for name in FILES]
        self._listener = QueueListener(self._queue, *handlers)
        self._files = handlers
        self._listener.start()

    def take(self, process: str, stream: str, line: bytes) -> Mapping[str, Any]:
        """Writes one line of a child and returns its record.

        A line that is no record, such as a library's print, becomes one: an error if it came from `stderr`.
        """
        parsed = _parsed(line)
        record = parsed or _wrapped(process, stream, line)
        self.write(record, line if parsed else orjson.dumps(record))
        return record

    def write(self, record: Mapping[str, Any], line: bytes) -> None:
        level, logger = str(record["level"]), str(record["logger"])
        entry = logging.makeLogRecord({"msg": line.decode(errors="replace").rstrip("\n"), "files": files_of(level, logger)})
        try:
            self._queue.put_nowait(entry)
        except queue.Full:
            self._show({**record, "level": "ERROR", "text": "log lines are lost: the disk does not keep up"})
        if logging.getLevelNamesMapping().get(level, logging.INFO) >= logging.WARNING:
            self._show(record)

    @property
    def problems(self) -> list[str]:
        return [file.trouble.line for file in self._files if file.trouble.line][:1]

    def close(self) -> None:
        self._listener.stop()
        for file in self._files:
            file.close()


class LogFile(RotatingFileHandler):
    """Counts the lines that cannot be written, and writes their number once a line can be written. One thread uses it."""

    _lost = 0
    _reason = ""

    def __init__(self, path: Path, *, max_bytes: int, backups: int) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=backups, encoding="utf-8")
        self.trouble = Trouble()

    def emit(self, record: logging.LogRecord) -> None:
        lost = self._lost
        super().emit(record)
        if lost and self._lost == lost:
            self._lost = 0
            told = _wrapped("supervisor", "stderr", f"{lost} log lines could not be written: {self._reason}".encode())
            super().emit(logging.makeLogRecord({"msg": orjson.dumps(told).decode()}))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's signature
        """Closes the file, so that no half of a line stays in its buffer. The next line opens it again."""
        failed = sys.exception()
        error = failed if isinstance(failed, OSError) else OSError(str(failed))
        self._lost, self._reason = self._lost + 1, reason(error)
        lost = f"{self._lost} line{'s are' if self._lost > 1 else ' is'} lost"
        self.trouble.note(f"{self.baseFilename} cannot be written ({self._reason}): {mend(error)}; {lost}")
        if self.stream is not None:
            with suppress(OSError):
                self.stream.close()
            self.stream = None

    def _open(self) -> TextIOWrapper:
        stream = super()._open()
        if _ends_in_the_middle(self.baseFilename):
            stream.write("\n")
        return stream


class OwnLines(logging.Handler):
    """Writes the supervisor's own records into the same files as its children's lines."""

    def __init__(self, files: LogFiles, formatter: JsonFormatter) -> None:
        super().__init__()
        self._files = files
        self._lines = formatter

    def emit(self, record: logging.LogRecord) -> None:
        line = self._lines.line(record)
        self._files.write(orjson.loads(line), line)


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
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) and {"level", "logger", "text"} <= record.keys() else None


def _wrapped(process: str, stream: str, line: bytes) -> dict[str, Any]:
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": "ERROR" if stream == "stderr" else "INFO",
        "process": process,
        "logger": stream,
        "text": redacted(line.decode(errors="replace").rstrip()),
    }
