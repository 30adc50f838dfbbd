"""Reading records that people write by hand, with an error for every field that will not do.

The records themselves stop at the first error and name it for programmers. People get them all,
each with its place, from a form that pydantic makes of the same fields.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar, get_args, get_origin

import msgspec
from pydantic import BaseModel, ConfigDict, create_model

from domain.record import Record

_Written = TypeVar("_Written", bound=Record)


def read_form(kind: type[_Written], raw: object) -> _Written:
    """Read a record from plain values.

    Raises:
        pydantic.ValidationError: with every field that is missing, unknown or out of form.
    """
    return msgspec.convert(_form_of(kind).model_validate(raw).model_dump(), kind)


@cache
def _form_of(kind: type[Record]) -> type[BaseModel]:
    fields: dict[str, Any] = {
        field.name: (_in_form(field.type), ... if field.required else _default(field.default))
        for field in msgspec.structs.fields(kind)
    }
    return create_model(kind.__name__, __config__=ConfigDict(extra="forbid"), **fields)


def _default(value: Any) -> Any:  # noqa: ANN401  # any default there is
    """Put a form in the place of a record that is used where nothing was said."""
    if isinstance(value, Record):
        return _form_of(type(value)).model_validate(msgspec.to_builtins(value))
    return value


def _in_form(annotation: Any) -> Any:  # noqa: ANN401  # any annotation there is
    """Put the forms of records in the place of the records."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return _form_of(annotation)
    if get_origin(annotation) is tuple:
        return tuple[tuple(_in_form(part) for part in get_args(annotation))]  # type: ignore[misc]  # built, not written
    return annotation
