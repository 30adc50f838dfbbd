"""How compiled code sees the arrays of a run: by their addresses, through one pointer.

Handing a hundred arrays from function to function costs a compiler minutes and every call a
thousand copies. So the addresses and lengths of all arrays of a run are written into one table,
and compiled code gets a pointer to it. A `Frame` stands for a tuple of `simulation.bulk.arrays`,
or for one inside it; its attributes are numbers, frames, or a `Column`: an address and a length.
Whatever is read from a column is a 64-bit number, so nothing overflows that fits its column.
"""

from __future__ import annotations

import operator
from typing import Any, get_type_hints

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import (
    AbstractTemplate,
    AttributeTemplate,
    infer_getattr,
    infer_global,
    signature,
)
from numba.extending import intrinsic, lower_builtin, models, overload, register_model
from numpy.typing import NDArray

from simulation.bulk.arrays import kinds_of
from simulation.bulk.kernel.desk import Run, fetch

_NUMBER = types.int64
_WORD = ir.IntType(64)


class Column(types.Type):
    """A one-dimensional array of whole numbers."""

    def __init__(self, kind: str) -> None:
        """Name the element type as numpy does."""
        self.kind = getattr(types, kind)
        super().__init__(name=f"Column({kind})")


class Frame(types.Type):
    """A tuple of arrays, numbers and other such tuples, laid out in the table from `begin` on."""

    def __init__(self, layout: type[tuple[object, ...]], begin: int = 0) -> None:
        """Lay the fields out: two places for an array, one for a number."""
        self.places: dict[str, tuple[int, types.Type]] = {}
        kinds = kinds_of(layout)
        end = begin
        for name, hint in get_type_hints(layout).items():
            kind: types.Type = _NUMBER
            if name in kinds:
                kind = Column(kinds[name])
            elif issubclass(hint, tuple):
                kind = Frame(hint, end)
            self.places[name] = (end, kind)
            end = kind.end if isinstance(kind, Frame) else end + 1 + (name in kinds)
        self.end: int = end
        super().__init__(name=f"Frame({layout.__name__}@{begin})")


RUN = Frame(Run)


def table_of(values: tuple[Any, ...], frame: Frame = RUN) -> NDArray[np.int64]:
    """Write down where everything of a run is. It holds as long as the run's arrays are kept."""
    table = np.zeros(frame.end, np.int64)
    _fill(table, values, frame)
    return table


def _fill(table: NDArray[np.int64], values: tuple[Any, ...], frame: Frame) -> None:
    for value, (place, kind) in zip(values, frame.places.values(), strict=True):
        if isinstance(kind, Frame):
            _fill(table, value, kind)
        elif isinstance(kind, Column):
            assert value.dtype == np.dtype(kind.kind.name), (value.dtype, kind)
            assert value.flags.c_contiguous, "one number after the other"
            table[place : place + 2] = value.ctypes.data, len(value)
        else:
            table[place] = value


# ------------------------------------------------------------------- what the compiler must know

register_model(Frame)(models.OpaqueModel)  # a pointer to the table


@register_model(Column)
class _ColumnModel(models.StructModel):
    def __init__(self, manager: Any, kind: Column) -> None:  # noqa: ANN401  # as above
        members = [("at", types.CPointer(kind.kind)), ("size", _NUMBER)]
        super().__init__(manager, kind, members)


def reader_of(frame: Frame) -> Any:  # noqa: ANN401  # numba has no types
    """Give what gives compiled code a frame from its table of addresses."""

    @intrinsic
    def read(_context: Any, table: Any) -> Any:  # noqa: ANN401  # as above
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401  # as above
            array = context.make_array(signature.args[0])(context, builder, args[0])
            return builder.bitcast(array.data, cgutils.voidptr_t)

        return frame(table), generate

    return read


frame_of = reader_of(RUN)


@infer_getattr
class _FrameAttributes(AttributeTemplate):
    key = Frame

    def generic_resolve(self, frame: Frame, name: str) -> types.Type | None:
        place = frame.places.get(name)
        return place[1] if place else None


@lower_getattr_generic(Frame)
def _get_field(context: Any, builder: Any, frame: Frame, value: Any, name: str) -> Any:  # noqa: ANN401  # as above
    place, kind = frame.places[name]
    if isinstance(kind, Frame):
        return value
    if not isinstance(kind, Column):
        return _word(builder, value, place)
    column = cgutils.create_struct_proxy(kind)(context, builder)
    address = _word(builder, value, place)
    column.at = builder.inttoptr(address, context.get_value_type(types.CPointer(kind.kind)))
    column.size = _word(builder, value, place + 1)
    return column._getvalue()  # noqa: SLF001  # numba's own way


def _word(builder: Any, table: Any, place: int) -> Any:  # noqa: ANN401  # as above
    """Read a place of the table, which nothing changes while compiled code runs."""
    words = builder.bitcast(table, _WORD.as_pointer())
    word = builder.load(builder.gep(words, [ir.Constant(_WORD, place)]))
    word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args: Any, _kwargs: Any) -> Any:  # noqa: ANN401  # as above
        column, index = args
        if not isinstance(column, Column):
            return None
        if isinstance(index, types.SliceType):
            return signature(column, column, types.slice2_type)
        return signature(_NUMBER, column, _NUMBER)


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args: Any, _kwargs: Any) -> Any:  # noqa: ANN401  # as above
        column, _index, _value = args
        if not isinstance(column, Column):
            return None
        return signature(types.none, column, _NUMBER, _NUMBER)


@infer_global(len)
class _Len(AbstractTemplate):
    def generic(self, args: Any, _kwargs: Any) -> Any:  # noqa: ANN401  # as above
        (column,) = args
        return signature(_NUMBER, column) if isinstance(column, Column) else None


@lower_builtin(operator.getitem, Column, types.Integer)
def _read(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401  # as above
    kind = signature.args[0]
    column = cgutils.create_struct_proxy(kind)(context, builder, args[0])
    found = builder.load(builder.gep(column.at, [args[1]]))
    return context.cast(builder, found, kind.kind, _NUMBER)


@lower_builtin(operator.setitem, Column, types.Integer, types.Integer)
def _write(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401  # as above
    kind = signature.args[0]
    column = cgutils.create_struct_proxy(kind)(context, builder, args[0])
    value = context.cast(builder, args[2], _NUMBER, kind.kind)
    builder.store(value, builder.gep(column.at, [args[1]]))
    return context.get_dummy_value()


@lower_builtin(operator.getitem, Column, types.SliceType)
def _part(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401  # as above
    kind = signature.args[0]
    column = cgutils.create_struct_proxy(kind)(context, builder, args[0])
    cut = context.make_helper(builder, signature.args[1], args[1])
    too_far = builder.icmp_signed(">", cut.stop, column.size)
    stop = builder.select(too_far, column.size, cut.stop)
    part = cgutils.create_struct_proxy(kind)(context, builder)
    part.at = builder.gep(column.at, [cut.start])
    part.size = builder.sub(stop, cut.start)
    return part._getvalue()  # noqa: SLF001  # numba's own way


@lower_builtin(len, Column)
def _length(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401  # as above
    return cgutils.create_struct_proxy(signature.args[0])(context, builder, args[0]).size


@infer_global(fetch)
class _Fetch(AbstractTemplate):
    def generic(self, args: Any, _kwargs: Any) -> Any:  # noqa: ANN401  # as above
        column, _place = args
        return signature(types.none, column, _NUMBER) if isinstance(column, Column) else None


@lower_builtin(fetch, Column, types.Integer)
def _prefetch(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401  # as above
    """For reading (0), to be kept in all caches (3), data (1)."""
    column = cgutils.create_struct_proxy(signature.args[0])(context, builder, args[0])
    bits = ir.IntType(32)
    kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, bits, bits, bits])
    name = "llvm.prefetch.p0i8"
    function = cgutils.get_or_insert_function(builder.module, kind, name)
    place = builder.bitcast(builder.gep(column.at, [args[1]]), cgutils.voidptr_t)
    builder.call(function, [place, *(ir.Constant(bits, n) for n in (0, 3, 1))])
    return context.get_dummy_value()


@overload(sum)
def _sum(column: Any) -> Any:  # noqa: ANN401  # as above
    if not isinstance(column, Column):
        return None

    def add_up(column: Any) -> Any:  # noqa: ANN401  # as above
        total = 0
        for i in range(len(column)):
            total += column[i]
        return total

    return add_up
