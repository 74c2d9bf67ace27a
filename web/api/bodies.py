"""Strict reading of what a request brings: its body, its query string, and the parts of its path.

What cannot be read is refused with the name of the field. Each type has bounds for its numbers and texts (`test_operations.py`
checks that), because the database has some.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
import orjson
from quart import Request
from werkzeug.datastructures import MultiDict

from domain.refusals import in_words
from web.api.errors import Refused

BODY_BYTES = 64 * 1024
DEPTH = 64
"""Of lists and objects within each other."""
EXACT = 2**53
"""Whole numbers below this have an exact float."""
JSON = "application/json"
PLACE = re.compile(r" - at `(?:key )?\$?\.?([^`]*)`$")
NAMED = re.compile(r"(?:unknown|required) field `([^`]*)`")
DIGITS = re.compile(r"-?\d{1,16}")

T = TypeVar("T")


async def read_body(request: Request, kind: type[T]) -> T:
    if request.mimetype != JSON:
        raise Refused("media_type", f"Send {JSON}.")
    raw = await request.get_data(as_text=False)
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refused("malformed", f"The body is not JSON: {error}.") from error
    cleaned = _cleaned(document, "", 0)
    json.loads(raw, object_pairs_hook=_once)
    return _converted(cleaned, kind, strict=True)


def read_query(args: MultiDict[str, str], kind: type[T]) -> T:
    """A key may be repeated only where its field is a list."""
    lists = {field.encode_name for field in msgspec.structs.fields(kind) if _is_list(field.type)}  # type: ignore[arg-type]
    known = {field.encode_name for field in msgspec.structs.fields(kind)}  # type: ignore[arg-type]
    repeated = sorted(name for name, values in args.lists() if len(values) > 1 and name in known - lists)
    if repeated:
        raise Refused("invalid", "This is given more than once.", field=repeated[0])
    document = {name: values if name in lists else values[0] for name, values in args.lists()}
    return _converted(_cleaned(document, "", 0), kind, strict=False)


def read_path(parts: Mapping[str, str], kinds: Mapping[str, Any]) -> dict[str, Any]:
    """What is not of its type cannot exist, so it is not found."""
    return {name: _part(name, text, kinds[name]) for name, text in parts.items()}


def no_query(args: MultiDict[str, str]) -> None:
    if args:
        raise Refused("invalid", "There is no such parameter.", field=next(iter(args)))


def _part(name: str, text: str, kind: Any) -> Any:
    whole = isinstance(_bare(kind), msgspec.inspect.IntType)
    if "\0" in text or (whole and not DIGITS.fullmatch(text)):
        raise Refused("not_found", "There is nothing at this address.", field=name)
    try:
        return msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Refused("not_found", "There is nothing at this address.", field=name) from error


def _cleaned(value: Any, place: str, depth: int) -> Any:
    """JSON with 4.0 as 4, which JSON Schema counts as a whole number. Raises for what no field may have."""
    if depth > DEPTH:
        raise Refused("malformed", f"More than {DEPTH} lists or objects within each other.", field=place)
    match value:
        case float() if value.is_integer() and abs(value) < EXACT:
            return int(value)
        case str() if "\0" in value:
            raise Refused("invalid", "A text may not have the character U+0000.", field=place)
        case dict():
            return {_key(key, place): _cleaned(inner, f"{place}.{key}".lstrip("."), depth + 1) for key, inner in value.items()}
        case list():
            return [_cleaned(inner, f"{place}[{number}]", depth + 1) for number, inner in enumerate(value)]
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values of one name, programs on the way may see the one and the panel the other."""
    known = dict(pairs)
    if len(known) < len(pairs):
        names = [name for name, _ in pairs]
        raise Refused("malformed", "This is given more than once.", field=next(name for name in names if names.count(name) > 1))
    return known


def _key(key: str, place: str) -> str:
    if "\0" in key:
        raise Refused("invalid", "A name may not have the character U+0000.", field=place)
    return key


def _converted(document: Any, kind: type[T], *, strict: bool) -> T:
    try:
        return msgspec.convert(document, kind, strict=strict)
    except msgspec.ValidationError as error:
        message, field = explained(str(error))
        raise Refused("invalid", message, field=field) from error


def explained(text: str) -> tuple[str, str]:
    """Msgspec's error → (what is wrong, which field)."""
    found = PLACE.search(text)
    message, place = PLACE.sub("", text), found[1] if found else ""
    named = NAMED.search(message)
    field = ".".join(filter(None, [place, named[1] if named else ""]))
    return f"{in_words(message, 'This')}.", field


def _is_list(kind: Any) -> bool:
    listed = (msgspec.inspect.ListType, msgspec.inspect.VarTupleType, msgspec.inspect.SetType, msgspec.inspect.FrozenSetType)
    return isinstance(_bare(kind), listed)


def _bare(kind: Any) -> msgspec.inspect.Type:
    found = msgspec.inspect.type_info(kind)
    return found.type if isinstance(found, msgspec.inspect.Metadata) else found
