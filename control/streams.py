"""The standard streams of a process. Nothing that happens to them ends the process, and none of its commands.

    prepare()   for every command: it goes on when its reader has gone, and prints in any character set
    detach()    for what runs for long: a thread does the writing. What is printed while the terminal stands still is lost
                beyond a limit, and so is what cannot be written. Once it can be written again, it is told how many
                lines were lost.

Both replace `sys.stdout` and `sys.stderr`, so that libraries, warnings and tracebacks go the same way.
"""

from __future__ import annotations

import atexit
import codecs
import io
import os
import select
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, TextIO

from control.disk import reason
from control.lossy_queue import LossyQueue

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STDIN, STDOUT, STDERR = 0, 1, 2
WAITING_BYTES = 256 * 1024
END_SECONDS = 1.0
"""At its end a process waits so long for its terminal."""
PLAIN = {"…": "...", "→": "->", "·": "|", "\u2013": "-", "\u2014": "-", "\u00a0": " "}
"""What stands for a character that the terminal's character set does not have. For any other it is a question mark."""
PLAINLY = "masquerade-plain"
GONE = (BrokenPipeError, ConnectionResetError)

Lost = Callable[[int, str], bytes]
"""(lines, why) → the line that tells of the loss."""


class Writer(Protocol):
    def write(self, descriptor: int, chunk: bytes) -> None:
        """Never raises."""


class Direct:
    """Writes at once, and waits for a slow reader."""

    def __init__(self) -> None:
        self.errors: dict[int, OSError] = {}
        """The last one, by descriptor."""

    def write(self, descriptor: int, chunk: bytes) -> None:
        try:
            for _ in _written(descriptor, chunk):
                pass
        except OSError as error:
            self.errors[descriptor] = error


class Detached:
    """Writes in a thread of its own."""

    def __init__(self, lost: Lost, limit: int) -> None:
        self._told = lost
        self._why = ""
        self._ends_a_line = True
        self._works: int | None = None
        """The descriptor that was written last; None after an error."""
        self._queue: LossyQueue[tuple[int, bytes]] = LossyQueue(
            "output", self._deliver, between=self._tell_of_losses, limit=limit
        )
        self._queue.start()

    def write(self, descriptor: int, chunk: bytes) -> None:
        self._queue.put((descriptor, chunk), size=len(chunk), lines=chunk.count(b"\n"))

    def close(self) -> None:
        self._queue.close(END_SECONDS)

    def _deliver(self, item: tuple[int, bytes]) -> None:
        descriptor, chunk = item
        left = chunk
        try:
            for left in _written(descriptor, chunk):
                self._ends_a_line = chunk[: len(chunk) - len(left)].endswith(b"\n")
            self._works = descriptor
        except OSError as error:
            self._works, self._why = None, reason(error)
            self._queue.lose(left.count(b"\n"))

    def _tell_of_losses(self) -> None:
        if self._works is None or not (lines := self._queue.lost()):
            return
        told = self._told(lines, self._why or "it stood still")
        self._why = ""
        self._deliver((self._works, told if self._ends_a_line else b"\n" + told))


class _Raw(io.RawIOBase):
    def __init__(self, descriptor: int, writer: Writer) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._writer = writer

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, data: ReadableBuffer) -> int:
        chunk = bytes(data)
        self._writer.write(self._descriptor, chunk)
        return len(chunk)


def prepare() -> Direct:
    """For the first line of a program. A standard stream that is closed goes to /dev/null: otherwise the next file or socket
    that is opened would get its number.
    """
    _open_closed_descriptors()
    codecs.register_error(PLAINLY, _plainly)
    sys.argv[:] = map(_readable, sys.argv)
    writer = Direct()
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - for the life of the process
    sys.stdout = _stream(STDOUT, writer, sys.stdout)
    sys.stderr = _stream(STDERR, writer, sys.stderr)
    return writer


def detach(lost: Lost | None = None, *, limit: int = WAITING_BYTES) -> Detached:
    """From now on nobody waits for stdout or stderr. What waits at the end of the process is still written, for `END_SECONDS`.

    Returns the writer of stdout. `limit`: bytes that may wait.
    """
    codecs.register_error(PLAINLY, _plainly)
    told = lost or _lines_were_lost
    writer = Detached(told, limit)
    same = os.path.sameopenfile(STDOUT, STDERR)
    errors = writer if same else Detached(told, limit)  # one writer keeps the order on a terminal
    sys.stdout = _stream(STDOUT, writer, sys.stdout, by_line=True)
    sys.stderr = _stream(STDERR, errors, sys.stderr, by_line=True)

    def end() -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        for each in {writer, errors}:
            each.close()

    atexit.register(end)
    return writer


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def exit_code(writer: Direct, code: int) -> int:
    """The exit code of a command: its own. EX_IOERR for a success of which a part could not be printed, which is said.

    A reader that has gone has read what it wanted.
    """
    sys.stdout.flush()
    error = writer.errors.get(STDOUT)
    if code or error is None or isinstance(error, GONE):
        return code
    sys.stderr.write(f"the output could not be written: {reason(error)}\n")
    return os.EX_IOERR


def reader_is_gone(seconds: float) -> bool:
    """Waits so many seconds for the reader of stdout to go. A file has no reader that could go."""
    poll = select.poll()
    poll.register(STDOUT, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(seconds * 1000))


def _written(descriptor: int, chunk: bytes) -> Iterator[bytes]:
    """Yields what is left to be written after each part. Raises OSError."""
    while chunk:
        try:
            chunk = chunk[os.write(descriptor, chunk) :]
        except BlockingIOError:  # somebody who shares the terminal or the pipe has made it so
            poll = select.poll()
            poll.register(descriptor, select.POLLOUT)
            poll.poll()
        else:
            yield chunk


def _stream(descriptor: int, writer: Writer, former: TextIO | None, *, by_line: bool = False) -> io.TextIOWrapper:
    if former is not None:
        former.flush()
    encoding = (former and former.encoding) or "utf-8"
    by_line = by_line or descriptor == STDERR or os.isatty(descriptor)
    return io.TextIOWrapper(
        io.BufferedWriter(_Raw(descriptor, writer)), encoding=encoding, errors=PLAINLY, line_buffering=by_line
    )


def _open_closed_descriptors() -> None:
    for descriptor in (STDIN, STDOUT, STDERR):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one


def _readable(argument: str) -> str:
    """A word of the command line with characters that the locale does not have is taken for UTF-8."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return os.fsencode(argument).decode(errors="replace")
    return argument


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(character, "?") for character in error.object[error.start : error.end]), error.end


def _lines_were_lost(lines: int, why: str) -> bytes:
    return f"{lines} line{'s were' if lines > 1 else ' was'} not shown here ({why}); all are in the logs\n".encode("ascii")
