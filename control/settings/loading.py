"""Reads the settings. The environment wins over `.env` of the working directory, and that over `settings.toml`.

Every mistake raises a `domain.errors.SettingsError` that names the key as the operator wrote it.
"""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from msgspec.inspect import BoolType, FloatType, IntType, LiteralType, Metadata, StructType, Type, VarTupleType, type_info

from control.settings import constraints, dotenv, variables
from domain.configuration import SECTIONS
from domain.errors import SettingsError
from domain.model.ids import BotId, bot_of
from domain.redaction import redacted
from domain.settings import Settings

FILE = "settings.toml"
DOTENV = ".env"
SECRET = frozenset(
    {
        "telegram.tokens",
        "telegram.api_hash",
        "stores.postgres_uri",
        "stores.redis_url",
        "stores.encryption_key",
        "admin.bot_token",
    },
)
"""Settings whose values are never shown."""

SPELLINGS = {"yes": "true", "on": "true", "no": "false", "off": "false"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    settings: Settings
    origins: Mapping[str, str]
    """Dotted setting → where the operator has set it. A setting that has its default is not in it."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    raw: Any
    origin: str
    text: bool
    """Whether `raw` is the text of a variable, which still has to be read as the setting's type."""


def load(folder: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of the installation in `folder`, with absolute paths."""
    return read(folder, environ).settings


def database_uri(settings: Settings) -> str:
    return settings.stores.postgres_uri or f"sqlite:{settings.stores.sqlite_path}"


def bots_of(settings: Settings) -> tuple[BotId, ...]:
    return tuple(sorted(map(bot_of, settings.telegram.tokens)))


def installation_of(settings: Settings) -> str:
    """The name of this installation for workers of other machines: a digest of the path of its data."""
    return sha256(settings.data.encode()).hexdigest()[:8]


def read(folder: Path, environ: Mapping[str, str], *, working: Path | None = None) -> Loaded:
    """The settings, where each comes from, and warnings. `.env` is read from `working`, by default the working directory."""
    working = working or Path.cwd()
    in_file = dotenv.read(working / DOTENV)
    values = _from_toml(folder / FILE)
    values |= from_variables({name: text for name, text in in_file.items() if name not in environ}, "in .env")
    values |= from_variables(environ, "")
    retired = [_retired(path, values.pop(path)) for path in RETIRED & values.keys()]
    chosen = {path: converted(path, value) for path, value in values.items()}
    origins = {path: value.origin for path, value in values.items() if chosen[path] != DEFAULTS[path]}
    constraints.tokens_are_sound(chosen, origins)
    settings = located(assembled(chosen), folder.resolve())
    constraints.check(settings, origins)
    texts = {**in_file, **environ}
    warnings = [*retired, *variables.lookalikes(texts, origins), *_unread(folder, working, texts)]
    warnings += constraints.oddities(settings)
    return Loaded(settings=settings, origins=origins, warnings=tuple(map(redacted, warnings)))


def leaves(kind: type[msgspec.Struct] = Settings, prefix: str = "") -> dict[str, Type]:
    """Dotted setting → its type, in the order of `domain/settings.py`."""
    found: dict[str, Type] = {}
    described = type_info(kind)
    assert isinstance(described, StructType)
    for field in described.fields:
        if isinstance(field.type, StructType):
            found |= leaves(field.type.cls, f"{prefix}{field.name}.")
        else:
            found[prefix + field.name] = field.type.type if isinstance(field.type, Metadata) else field.type
    return found


def flatten(settings: Settings) -> dict[str, Any]:
    """Dotted setting → value."""
    return {path: reduce(getattr, path.split("."), settings) for path in LEAVES}


def is_live(setting: str) -> bool:
    """Whether it can be changed while Masquerade runs."""
    return setting in LEAVES and setting.partition(".")[0] in SECTIONS


LEAVES = leaves()
DEFAULTS = flatten(Settings())
RETIRED = frozenset({"pacing.durable_after_seconds"})
"""Settings of earlier releases. They have no effect; an operator who still has one is warned."""


def _from_toml(path: Path) -> dict[str, Value]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}; mend that place or take the file's original") from error
    flat: dict[str, Any] = {}
    for key, value in document.items():
        flat |= {f"{key}.{inner}": item for inner, item in value.items()} if isinstance(value, dict) else {key: value}
    for key in flat:
        if key not in LEAVES and key not in RETIRED:
            raise SettingsError(f"{path.name}: {_unknown(key, key, str)}")
    return {key: Value(value, f"{key} in {path.name}", text=False) for key, value in flat.items()}


def from_variables(texts: Mapping[str, str], where: str) -> dict[str, Value]:
    """An empty variable counts as absent. If two variables name the same setting, they must agree."""
    found: dict[str, Value] = {}
    for name, text in sorted(texts.items()):
        path = variables.setting_of(name)
        if path is None or not text.strip():
            continue
        origin = f"{name} {where}".strip()
        if path not in LEAVES and path not in RETIRED:
            raise SettingsError(f"{origin}: {_unknown(name, path, variables.long_name_of)}")
        if path in found and found[path].raw != text.strip():
            raise SettingsError(f"{found[path].origin} and {name} set the same thing ({path}) differently; leave one out")
        found[path] = Value(text.strip(), origin, text=True)
    return found | _one_more_token(texts, found, where) | _required_channels(texts, where)


def _one_more_token(texts: Mapping[str, str], found: Mapping[str, Value], where: str) -> dict[str, Value]:
    more = texts.get(variables.ONE_MORE_TOKEN, "").strip()
    if not more:
        return {}
    path = variables.NAMES["BOT_TOKENS"]
    if path not in found:
        return {path: Value(more, f"{variables.ONE_MORE_TOKEN} {where}".strip(), text=True)}
    tokens = [token.strip() for token in str(found[path].raw).split(",")]
    return {} if more in tokens else {path: Value(",".join([*tokens, more]), f"{found[path].origin} and BOT_TOKEN", text=True)}


def _required_channels(texts: Mapping[str, str], where: str) -> dict[str, Value]:
    numbered = {int(match[1]): text for name, text in texts.items() if (match := variables.CHANNEL.fullmatch(name))}
    channels = [numbered[number].strip() for number in sorted(numbered) if numbered[number].strip()]
    return {"channels.required": Value(",".join(channels), f"REQUIRED_CHANNEL_1… {where}".strip(), text=True)} if channels else {}


def converted(path: str, value: Value) -> Any:
    kind = LEAVES[path]
    raw = _spelled(kind, path, value.raw) if value.text else value.raw
    try:
        read_as = msgspec.convert(raw, _annotation(path), strict=not value.text)
        if isinstance(read_as, float) and not math.isfinite(read_as):
            raise msgspec.ValidationError("not finite")  # noqa: TRY301 - the same refusal as any other number's
    except msgspec.ValidationError as error:
        shown = "what stands there" if path in SECRET else repr(value.raw)
        raise SettingsError(f"{value.origin}: {shown} is not {expected(kind)}; write {expected(kind)}") from error
    return read_as


def read_value(path: str, text: str) -> Any:
    """Text from the command line → value. A list may be written as JSON. Raises `SettingsError`."""
    if isinstance(LEAVES[path], VarTupleType) and text.lstrip().startswith("["):
        try:
            return converted(path, Value(msgspec.json.decode(text), path, text=False))
        except msgspec.DecodeError as error:
            raise SettingsError(f"{path}: {text} is not a list; write {expected(LEAVES[path])} in JSON") from error
    return converted(path, Value(text.strip(), path, text=True))


def unknown_setting(path: str) -> str:
    """The refusal, with the setting that was probably meant."""
    return _unknown(path, path, str)


def _spelled(kind: Type, path: str, text: str) -> Any:
    """The text of a variable → a value that msgspec reads as the setting's type."""
    match kind:
        case BoolType():
            return SPELLINGS.get(text.lower(), text.lower())
        case VarTupleType(item_type=StructType()):
            return _listed(path, text)
        case VarTupleType():
            return [part.strip() for part in text.split(",") if part.strip()]
        case LiteralType() if path == "logging.level":
            return {"WARN": "WARNING"}.get(text.upper(), text.upper())
        case LiteralType():
            return text.lower()
        case _:
            return text


def _listed(path: str, text: str) -> Any:
    """A list of objects, in JSON."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise SettingsError(f"{path}: {text!r} is not JSON; write {expected(LEAVES[path])}") from error


def expected(kind: Type) -> str:
    """What the operator may write, such as "a whole number from 1 to 65535"."""
    match kind:
        case BoolType():
            return "true or false"
        case LiteralType(values=values):
            return "one of " + ", ".join(map(str, values))
        case VarTupleType(item_type=IntType()):
            return "a list of whole numbers"
        case VarTupleType(item_type=StructType(fields=fields)):
            names = ", ".join(f'"{field.encode_name}": …' for field in fields if field.required)
            return f"a list like [{{{names}}}]"
        case VarTupleType():
            return "a list of texts"
        case IntType(ge=low, le=high) if high is not None:
            return f"a whole number from {low} to {high}"
        case IntType(ge=low):
            return "a whole number" if low is None else f"a whole number of at least {low}"
        case FloatType(gt=low):
            return "a number of at least 0" if low is None else f"a number above {low:g}"
        case _:
            return "a text"


def _annotation(path: str) -> Any:
    kind: Any = Settings
    for part in path.split("."):
        kind = _hints(kind)[part]
    return kind


def _hints(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(kind)}


def assembled(chosen: Mapping[str, Any]) -> Settings:
    document: dict[str, Any] = {}
    for path, value in chosen.items():
        section, _, key = path.rpartition(".")
        (document.setdefault(section, {}) if section else document)[key] = value
    return msgspec.convert(document, Settings)


def located(settings: Settings, folder: Path) -> Settings:
    """Makes paths absolute, from `folder`. Without a database SQLite in the data folder is used, without a Redis `memory://`."""
    replace = msgspec.structs.replace
    data = folder / settings.data
    stores = settings.stores
    sqlite = "" if stores.postgres_uri else str(data / "masquerade.db")
    return replace(
        settings,
        data=str(data),
        logging=replace(settings.logging, folder=str(folder / settings.logging.folder)),
        telegram=replace(settings.telegram, public_key=_under(folder, settings.telegram.public_key)),
        stores=replace(
            stores,
            sqlite_path=_under(folder, stores.sqlite_path) or sqlite,
            redis_url=stores.redis_url or "memory://",
        ),
    )


def _under(folder: Path, path: str) -> str:
    return str(folder / path) if path else ""


def _unread(folder: Path, working: Path, texts: Mapping[str, str]) -> list[str]:
    """A warning if variables stand in a `.env` beside `settings.toml` that is not the one of the working directory."""
    beside = folder / DOTENV
    if working.resolve() == folder.resolve():
        return []
    missed = sorted(name for name in dotenv.readable(beside) if variables.sets_something(name) and name not in texts)
    return [f"{beside} is not read: {DOTENV} is read in the working directory; it names {', '.join(missed)}"] if missed else []


def _retired(path: str, value: Value) -> str:
    return f"{value.origin}: {path} has no effect any more; remove it"


def _unknown(written: str, path: str, spell: Callable[[str], str]) -> str:
    """`written` is what the operator wrote, `path` the same as a dotted setting. `spell` writes a dotted setting that way."""
    close = difflib.get_close_matches(path, LEAVES, n=1)
    return f"there is no setting {written}; " + (f"was {spell(close[0])} meant?" if close else "remove it or correct its name")
