"""The supervisor's side of logging: takes the children's lines, writes and rotates `logs/*.log`, shows warnings."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from logging.handlers import QueueListener, RotatingFileHandler
from pathlib import Path
from typing import Any

import orjson

from control.logs import JsonFormatter, mask

TOPICS: Mapping[str, frozenset[str]] = {
    "admin": frozenset({"admin", "web", "panel"}),
    "payments": frozenset({"payment", "payments"}),
    "vip": frozenset({"vip"}),
    "locks": frozenset({"lock", "locks"}),
}
"""File → words of a logger's dotted name that belong into it."""

FILES = ("combined", "error", *TOPICS)
QUEUE_LINES = 50_000
Show = Callable[[Mapping[str, Any]], None]


def files_of(level: str, logger: str) -> set[str]:
    words = set(logger.split("."))
    files = {"combined"} | {file for file, topic in TOPICS.items() if words & topic}
    return files | {"error"} if level in {"ERROR", "CRITICAL"} else files


class LogFiles:
    """Lines are queued and written by a thread, so that a slow disk never stops the supervisor's loop."""

    def __init__(self, folder: Path, *, max_bytes: int, backups: int, show: Show) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._show = show
        self._queue: queue.Queue[logging.LogRecord] = queue.Queue(QUEUE_LINES)
        handlers = [_file(folder / f"{name}.log", name, max_bytes, backups) for name in FILES]
        self._listener = QueueListener(self._queue, *handlers)
        self._files = handlers
        self._listener.start()

    def take(self, process: str, stream: str, line: bytes) -> Mapping[str, Any]:
        """One line of a child. What is no JSON record (a library's print, a traceback) becomes one: `stderr` is an error."""
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

    def close(self) -> None:
        self._listener.stop()
        for file in self._files:
            file.close()


class OwnLines(logging.Handler):
    """What the supervisor itself logs goes the way of its children's lines."""

    def __init__(self, files: LogFiles, formatter: JsonFormatter) -> None:
        super().__init__()
        self._files = files
        self._lines = formatter

    def emit(self, record: logging.LogRecord) -> None:
        line = self._lines.line(record)
        self._files.write(orjson.loads(line), line)


def _file(path: Path, name: str, max_bytes: int, backups: int) -> RotatingFileHandler:
    handler = RotatingFileHandler(path, maxBytes=max_bytes, backupCount=backups, encoding="utf-8")
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
        "text": mask(line.decode(errors="replace").rstrip()),
    }
