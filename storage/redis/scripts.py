"""Runs the Lua scripts of `storage/redis/lua/`. One file is one decision, which Redis makes in one atomic step.

Functions that several scripts share are in `storage/redis/lua/lib/`. Such a file includes what it uses itself; everything else
comes as arguments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha1
from pathlib import Path
from typing import Any, NamedTuple

from redis.exceptions import NoScriptError, ResponseError

from storage.redis.client import Client, translated, translation_of

FOLDER = Path(__file__).parent / "lua"
INCLUDE = re.compile(r"^( *)-- include: (.*)$", re.MULTILINE)

REDIS_TIME = ""
"""As the first argument of a script: use the server's time. Tests pass a time in Unix milliseconds instead."""

NEVER = "never"
"""Beside the tag, each call names a second key that never exists. While a cluster moves the pool's keys, some are on one node and
some on the other. A node refuses (TRYAGAIN) a call whose two keys it does not have. *Invariant*: no script ever sees half a pool.
"""

Argument = str | int | float | bytes


@dataclass(frozen=True, slots=True)
class Script:
    name: str
    text: str
    sha: str


@cache
def script(name: str) -> Script:
    """The script `lua/<name>.lua`, such as "pool/find"."""
    return made(name, (FOLDER / f"{name}.lua").read_text())


def made(name: str, text: str) -> Script:
    """A script of that text, which may have includes."""
    text_with_includes = _with_includes(text, set())
    return Script(name, text_with_includes, sha1(text_with_includes.encode(), usedforsecurity=False).hexdigest())


def _with_includes(text: str, known: set[str]) -> str:
    """Replaces `-- include: a b` by the texts of `lua/lib/a.lua` and `lua/lib/b.lua`, after whatever these include themselves.

    Each file is included once; `known` are those included so far. An include may be indented, in a branch: its functions exist in
    that branch only. This is for speed, because Lua makes all functions anew in each run.
    """

    def replacement(line: re.Match[str]) -> str:
        seen = set(known) if line[1] else known
        return "\n".join(_included(name, seen) for name in line[2].split())

    return INCLUDE.sub(replacement, text)


def _included(name: str, known: set[str]) -> str:
    if name in known:
        return ""
    known.add(name)
    return _with_includes((FOLDER / "lib" / f"{name}.lua").read_text(), known)


class Call(NamedTuple):
    script: Script
    arguments: Sequence[Argument]


def milliseconds(seconds: float) -> int:
    """As scripts and commands take durations and times."""
    return round(seconds * 1000)


def in_seconds(ms: float) -> float:
    """A duration or time that a script answered."""
    return ms / 1000


class Scripts:
    """The scripts of one pool on one server."""

    def __init__(self, client: Client, tag: str) -> None:
        self._client = client
        self._keys = (tag, f"{tag}:{NEVER}")

    async def run(self, name: str, *arguments: Argument) -> Any:
        (reply,) = await self.run_all([Call(script(name), arguments)])
        return reply

    async def run_all(self, calls: Sequence[Call]) -> list[Any]:
        """The replies. Raises the first error, after all have run."""
        outcomes = await self.outcomes(calls)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        return outcomes

    async def outcomes(self, calls: Sequence[Call]) -> list[Any]:
        """The reply to each call, or its error. The calls run in order, in one round trip, without a transaction around them.

        A server that was restarted or failed over knows no scripts. Such calls are sent again in the same order, the first call
        of each script with its text. Raises `Unavailable` where no server answers.
        """
        with translated(self._client):
            replies = await self._send([(call, False) for call in calls])
            unknown = [at for at, reply in enumerate(replies) if isinstance(reply, NoScriptError)]
            if unknown:
                again = await self._send(_first_with_text([calls[at] for at in unknown]))
                for at, reply in zip(unknown, again, strict=True):
                    replies[at] = reply
        return [translation_of(self._client, reply) if isinstance(reply, Exception) else reply for reply in replies]

    def error(self, text: str) -> Exception:
        """The error whose text a script caught and answered."""
        return translation_of(self._client, ResponseError(text))

    async def _send(self, calls: Sequence[tuple[Call, bool]]) -> list[Any]:
        pipeline = self._client.pipeline(transaction=False)
        for call, with_text in calls:
            if with_text:
                pipeline.execute_command("EVAL", call.script.text, 2, *self._keys, *call.arguments)
            else:
                pipeline.execute_command("EVALSHA", call.script.sha, 2, *self._keys, *call.arguments)
        return await pipeline.execute(raise_on_error=False)


def _first_with_text(calls: Sequence[Call]) -> list[tuple[Call, bool]]:
    sent: set[str] = set()
    marked = []
    for call in calls:
        marked.append((call, call.script.name not in sent))
        sent.add(call.script.name)
    return marked
