"""How a value of a setting is entered: the form of a type. The panel draws it, and its bounds are those that are checked."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.inspect import (
    BoolType,
    DictType,
    Field,
    FloatType,
    IntType,
    LiteralType,
    Metadata,
    StrType,
    StructType,
    TupleType,
    Type,
    VarTupleType,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    kind: str
    """switch, choice, whole, decimal, text; list: of texts; numbers: so many of them; rows: a table; words: language → text."""
    least: float | None = None
    above: float | None = None
    """It must be more than this."""
    most: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""
    """What a text, or each text of a list, must be as a whole."""
    longest: int | None = None
    count: int = 0
    """Of numbers."""
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of each row."""

    name: str
    required: bool
    form: Form


def form_of(kind: Type) -> Form:
    """Raises `TypeError` for a type that no setting has."""
    match kind:
        case Metadata(type=inner):
            return form_of(inner)
        case BoolType():
            return Form(kind="switch")
        case LiteralType(values=values):
            return Form(kind="choice", choices=tuple(map(str, values)))
        case IntType() | FloatType():
            return Form(kind="whole" if isinstance(kind, IntType) else "decimal", least=kind.ge, above=kind.gt, most=kind.le)
        case StrType():
            return Form(kind="text", pattern=kind.pattern or "", longest=kind.max_length)
        case TupleType(item_types=items):
            return Form(kind="numbers", count=len(items))
        case DictType(value_type=inner):
            return Form(kind="words", longest=form_of(inner).longest)
        case VarTupleType(item_type=inner):
            return _many(inner)
    raise TypeError(f"there is no form for {kind!r}")


def _many(inner: Type) -> Form:
    if isinstance(inner, StructType):
        return Form(kind="rows", columns=tuple(map(_column, inner.fields)))
    each = form_of(inner)
    return Form(kind="list", pattern=each.pattern, longest=each.longest)


def _column(field: Field) -> Column:
    return Column(name=field.encode_name, required=field.required, form=form_of(field.type))
