"""Telegram's objects made from their schema, each field of them filled, and everything in them marked.

The library's constructors say which fields there are and of which type. So a field that a new layer of the schema brings is
filled too, without anybody thinking of it. Numbers, texts and bytes all contain `MARK` when they are written.
"""

from __future__ import annotations

import inspect
import re
import struct
from collections import defaultdict
from functools import cache, lru_cache
from io import BytesIO
from random import Random
from typing import Any

from pyrogram.raw.all import objects
from pyrogram.raw.core import TLObject

MARK = b"KRaM"
NUMBER = int.from_bytes(MARK, "little")
"""Written in 4 or 8 bytes, it has the mark."""
TEXT = MARK.decode()
(REAL,) = struct.unpack("<d", MARK * 2)
PLAIN = {"int": NUMBER, "str": TEXT, "bytes": MARK, "float": REAL, "bool": True}
DEEPEST = 5
OF_BASE = re.compile(r"Constructor of :obj:`~pyrogram\.raw\.base\.([\w.]+)`")


@cache
def constructors() -> dict[str, tuple[type, ...]]:
    """Name of a type → its constructors."""
    found: dict[str, list[type]] = defaultdict(list)
    for kind in objects.values():
        base = OF_BASE.search(kind.__doc__ or "")
        if base and kind.QUALNAME.startswith("types."):
            found[base[1]].append(kind)
    return {base: tuple(kinds) for base, kinds in found.items()}


@cache
def fields(kind: type) -> dict[str, tuple[str, bool, bool]]:
    """Name of a field → (its type, whether it is a list, whether it may be left out)."""
    found = {}
    for name, parameter in inspect.signature(kind).parameters.items():
        written = str(parameter.annotation)
        optional = written.endswith(" | None")
        written = written.removesuffix(" | None")
        is_list = written.startswith("list[")
        found[name] = (written.removeprefix("list[").removesuffix("]").removeprefix("raw.base."), is_list, optional)
    return found


@cache
def depth_of(base: str) -> int:
    return min(depths()[kind] for kind in constructors()[base] if kind in depths())


@cache
def depths() -> dict[type, int]:
    """How deep an object is at least, without what may be left out. What is made of objects of any kind is not there."""
    kinds = [kind for group in constructors().values() for kind in group]
    known: dict[type, int] = {}
    before = -1
    while before < len(known):
        before = len(known)
        for kind in kinds:
            needed = [
                base for base, is_list, optional in fields(kind).values() if base not in PLAIN and not is_list and not optional
            ]
            least = [
                min((known[each] for each in constructors().get(base, ()) if each in known), default=None) for base in needed
            ]
            if kind not in known and None not in least:
                known[kind] = 1 + max(least, default=0)
    return known


class Marked:
    """`chosen`: path → what is to stand there instead: a value, a constructor, or None to leave it out. A path is such as
    `Message.media.MessageMediaPhoto.photo`. It may be a regular expression, and the first that fits counts.
    """

    def __init__(self, chosen: dict[str, Any], random: Random) -> None:
        self._random = random
        self._chosen = tuple(chosen)
        self._what = chosen

    def an(self, kind: type, path: str = "", depth: int = 0) -> Any:
        path = f"{path}.{kind.__name__}" if path else kind.__name__
        return kind(**{name: self._field(f"{path}.{name}", *of, depth) for name, of in fields(kind).items()})

    def _field(self, path: str, base: str, is_list: bool, optional: bool, depth: int) -> Any:
        if (chosen := _first(self._chosen, path)) is not None:
            return self._of(self._what[chosen], path, is_list=is_list, depth=depth)
        if base in PLAIN:
            return [PLAIN[base]] if is_list else PLAIN[base]
        too_deep = depth + depth_of(base) > DEEPEST
        if optional and too_deep:
            return None
        if is_list:
            return [] if too_deep else [self.an(kind, path, depth + 1) for kind in self._some(base)]
        return self.an(self._one(base, least=too_deep), path, depth + 1)

    def _of(self, what: Any, path: str, *, is_list: bool, depth: int) -> Any:
        if isinstance(what, tuple):
            return [self.an(kind, path, depth + 1) for kind in what]
        if isinstance(what, type):
            made = self.an(what, path, depth + 1)
            return [made] if is_list else made
        return what

    def _one(self, base: str, *, least: bool) -> type:
        kinds = [kind for kind in constructors()[base] if kind in depths()]
        return min(kinds, key=depths().__getitem__) if least else self._random.choice(kinds)

    def _some(self, base: str) -> list[type]:
        kinds = [kind for kind in constructors()[base] if kind in depths()]
        return self._random.sample(kinds, min(len(kinds), self._random.randint(1, 3)))


@lru_cache(maxsize=100_000)
def _first(patterns: tuple[str, ...], path: str) -> str | None:
    return next((each for each in patterns if re.fullmatch(each, path)), None)


def marked(kind: type, chosen: dict[str, Any], random: Random) -> Any:
    """As it comes over the wire. Lists of empty objects, which the library reads as numbers, are not made."""
    while True:
        made = Marked(chosen, random).an(kind)
        try:
            read = TLObject.read(BytesIO(made.write()))
            read.write()
        except (KeyError, AttributeError):
            continue
        return read
