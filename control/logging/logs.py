"""How every process logs: as JSON lines, with keyed pseudonyms for people, without texts of messages and without secrets.

Children write the lines to their standard output; only the supervisor writes files (`control/logging/logfiles.py`). A line:

    {"time": "2026-01-02T03:04:05.678Z", "level": "INFO", "process": "worker-1", "logger": "actors.session.actor", "text": "…"}

A line about an exception also has "error", with types and frames. To log a person, pass a
`domain.model.ids.Address` as an argument.

*Invariant*: a line does not contain the text of an exception, which may quote what somebody wrote. Errors that we raise on
purpose (`domain.errors`) and errors of the operating system are exceptions to this rule. Every line, also of libraries, is made
here, so no caller has to take care of it. What looks like a secret is hidden by `domain/redaction.py`.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import re
import secrets
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import orjson

from actors.runtime.failures import where
from domain.errors import MasqueradeError
from domain.model.ids import Address, UserId
from domain.redaction import redacted

FLOORS = ("domain", "actors", "transport", "storage", "web", "control", "supervisor")
QUOTABLE = (MasqueradeError, OSError)
"""Errors whose texts never contain what people wrote."""
USER = re.compile(r"\buser=(\d+)")
"""It needs linear time for any text, because it is also applied to what libraries print."""


class Pseudonyms:
    """A person has the same pseudonym in all logs of an installation. Only the key leads back to the person."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._user = lru_cache(maxsize=10_000)(self._digest)

    @classmethod
    def kept_in(cls, data: Path) -> Pseudonyms:
        """The first start makes the key in the data folder. Only the owner can read it."""
        path = data / "pseudonyms.key"
        if not path.exists():
            _write_once(path, secrets.token_bytes(32))
        return cls(path.read_bytes())

    def of(self, address: Address) -> str:
        return f"bot{address.bot} {self._user(str(address.user))}"

    def of_user(self, user: UserId) -> str:
        return self._user(str(user))

    def cover(self, text: str) -> str:
        """Replaces ids in a printed value, such as `Address(bot=7, user=42)` in a traceback."""
        return USER.sub(lambda found: f"user={self._user(found[1])}", text)

    def _digest(self, user: str) -> str:
        return "u" + blake2b(user.encode(), key=self._key, digest_size=4).hexdigest()


def _write_once(path: Path, content: bytes) -> None:
    """Writes the file as a whole. If another process was faster, its content stays."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()


class JsonFormatter(logging.Formatter):
    def __init__(self, process: str, pseudonyms: Pseudonyms) -> None:
        super().__init__()
        self._process = process
        self._pseudonyms = pseudonyms

    def line(self, record: logging.LogRecord) -> bytes:
        """The record as one line, with a newline at its end."""
        content = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "process": self._process,
            "logger": record.name,
            "text": self._clean(self._text(record)),
        }
        if record.exc_info and record.exc_info[1] is not None:
            content["error"] = self._clean(where(record.exc_info[1]))
        return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)

    def _clean(self, text: str) -> str:
        """Half a surrogate pair, such as in the name of a file that is not UTF-8, has no place in JSON."""
        return redacted(self._pseudonyms.cover(text)).encode(errors="replace").decode()

    def _text(self, record: logging.LogRecord) -> str:
        text, arguments = str(self._safe(record.msg)), record.args
        if record.name == "asyncio" and record.exc_info:
            text = text.partition("\n")[0]  # the lines below it show the task with the text of its exception
        if isinstance(arguments, tuple):
            return text % tuple(map(self._safe, arguments)) if arguments else text
        return text % {name: self._safe(argument) for name, argument in arguments.items()} if arguments else text

    def _safe(self, argument: Any) -> Any:
        """Of our own values only the type is logged, because they may contain what people wrote."""
        if isinstance(argument, Address):
            return self._pseudonyms.of(argument)
        if isinstance(argument, BaseException):
            return str(argument) if isinstance(argument, QUOTABLE) else type(argument).__name__
        if dataclasses.is_dataclass(argument) or isinstance(argument, msgspec.Struct):
            return type(argument).__name__
        if isinstance(argument, list | tuple | set | frozenset):
            return [self._safe(item) for item in argument]
        return argument


class LineHandler(logging.Handler):
    """Hands each record on as a line. `take` must not wait."""

    def __init__(self, take: Callable[[bytes], object], formatter: JsonFormatter) -> None:
        super().__init__()
        self._take = take
        self._lines = formatter

    def emit(self, record: logging.LogRecord) -> None:
        self._take(self._lines.line(record))


def configure(level: str, handlers: Iterable[logging.Handler]) -> None:
    """Logs our packages from `level` on, libraries from WARNING on.

    From now on no handler can fail whoever logs. The standard library would let its error through.
    """
    root = logging.getLogger()
    for former in root.handlers[:]:
        root.removeHandler(former)
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for floor in FLOORS:
        logging.getLogger(floor).setLevel(level)
    logging.captureWarnings(capture=True)
    logging.Logger.callHandlers = _call_handlers  # type: ignore[assignment, method-assign]


def _call_handlers(logger: logging.Logger, record: logging.LogRecord) -> None:
    """As logging does it. A handler that raises is named on stderr, and the others still get the record."""
    place: logging.Logger | None = logger
    while place is not None:
        for handler in place.handlers:
            try:
                if record.levelno >= handler.level:
                    handler.handle(record)
            except Exception as error:  # noqa: BLE001 - whoever logs must go on; the error's text may quote people
                sys.stderr.write(f"{type(handler).__name__} could not log a line of {record.name}: {type(error).__name__}\n")
        place = place.parent if place.propagate else None
