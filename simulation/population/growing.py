"""Arrays whose length is known at the end only."""

from __future__ import annotations

import numpy as np

from simulation.population.draws import Array


class Growing:
    """An array that grows where it lies: a copy of what a nation has would cost gigabytes."""

    def __init__(self, array: Array | None = None) -> None:
        """Begin with an array, which then belongs to this, or with nothing."""
        self._array = array
        self._count = 0 if array is None else len(array)

    def add(self, part: Array) -> None:
        """Append what has the type of the first part."""
        if self._array is None:
            self._array = np.empty(0, part.dtype)
        count = self._count + len(part)
        if count > len(self._array):
            self._array.resize(count + count // 16, refcheck=False)
        self._array[self._count : count] = part
        self._count = count

    def whole(self) -> Array:
        """Give all parts, one after the other."""
        assert self._array is not None, "there is a block at least"
        self._array.resize(self._count, refcheck=False)
        return self._array
