"""Runs the Lua scripts of `storage/redis/lua/`: one file, one decision, one atomic step. What several share are functions, in
`storage/redis/lua/lib/`. Such a file includes what it uses, and takes all else as arguments.
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
"""First argument of every script: the time is the server's own."""

NEVER = "never"
"""With the tag, a second key that never exists. A cluster that moves the pool's keys to another node has some here, some there
meanwhile; it refuses (TRYAGAIN) what names two keys that it lacks. *Invariant*: no script ever sees half a pool.
"""

Argument = str | int | float | bytes


@dataclass(frozen=True, slots=True)
class Script:
    name: str
    text: str
    sha: str


@cache
def script(name: str) -> Script:
    """`lua/<name>.lua` with what it includes."""
    return made(name, (FOLDER / f"{name}.lua").read_text())


def made(name: str, text: str) -> Script:
    """Of a text that may include parts."""
    whole = _whole(text, set())
    return Script(name, whole, sha1(whole.encode(), usedforsecurity=False).hexdigest())


def _whole(text: str, known: set[str]) -> str:
    """`-- include: a b` becomes `lua/lib/a.lua` and `lua/lib/b.lua`, right there, and what these include before them. Each file
    stands there once; `known` are those that stand above. Lua makes its functions anew in each run, so those that only a rare
    branch needs are made in that branch: an indented include is known in its branch only.
    """

    def parts(line: re.Match[str]) -> str:
        seen = set(known) if line[1] else known
        return "\n".join(_part(name, seen) for name in line[2].split())

    return INCLUDE.sub(parts, text)


def _part(name: str, known: set[str]) -> str:
    if name in known:
        return ""
    known.add(name)
    return _whole((FOLDER / "lib" / f"{name}.lua").read_text(), known)


class Call(NamedTuple):
    script: Script
    arguments: Sequence[Argument]


def milliseconds(seconds: float) -> int:
    """The scripts count in these."""
    return round(seconds * 1000)


class Scripts:
    """The scripts of one pool on one server."""

    def __init__(self, client: Client, tag: str) -> None:
        self._client = client
        self._keys = (tag, f"{tag}:{NEVER}")

    async def run(self, name: str, *arguments: Argument) -> Any:
        (reply,) = await self.run_all([Call(script(name), arguments)])
        return reply

    async def run_all(self, calls: Sequence[Call]) -> list[Any]:
        """As `outcomes`; raises the first error."""
        outcomes = await self.outcomes(calls)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        return outcomes

    async def outcomes(self, calls: Sequence[Call]) -> list[Any]:
        """The reply to each call, or the error that it ended in. In order, in one round trip, without a transaction around them.
        A server that was restarted or failed over knows no scripts: those calls go again in the same order, the first of each
        script with its text. Raises `Unavailable` where nobody answers.
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
        """What a script caught and answered."""
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
