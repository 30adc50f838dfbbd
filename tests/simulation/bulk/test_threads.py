"""Reading ahead and writing behind change nothing but the time: order, errors and ends stay."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from simulation.bulk.threads import DEPTH, ahead, behind

LONG = 50 * DEPTH


def _break_after(count: int) -> Iterator[int]:
    yield from range(count)
    message = "torn"
    raise OSError(message)


def test_things_come_in_their_order() -> None:
    assert list(ahead(range(LONG))) == list(range(LONG))


def test_they_are_made_in_another_thread() -> None:
    makers = set(ahead(threading.get_ident() for _ in range(3)))
    assert makers.isdisjoint({threading.get_ident()})


def test_what_goes_wrong_while_reading_is_raised_after_what_was_read() -> None:
    seen: list[int] = []
    with pytest.raises(OSError, match="torn"):
        seen.extend(ahead(_break_after(LONG)))
    assert seen == list(range(LONG))


def test_a_reader_that_nobody_listens_to_ends() -> None:
    before = threading.active_count()
    made = []

    def make() -> Iterator[int]:
        for number in range(LONG):
            made.append(number)
            yield number

    reading = ahead(make())
    assert next(reading) == 0
    reading.close()
    assert threading.active_count() == before
    assert len(made) <= 2 * DEPTH + 3


def test_everything_handed_over_is_taken_in_order() -> None:
    taken: list[int] = []
    with behind(taken.append) as put:
        for number in range(LONG):
            put(number)
    assert taken == list(range(LONG))


def test_what_was_handed_over_is_taken_even_if_the_work_is_broken_off() -> None:
    taken: list[int] = []

    def work() -> None:
        with behind(taken.append) as put:
            put(1)
            put(2)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert taken == [1, 2]


def test_what_goes_wrong_while_writing_is_raised_and_nothing_after_it_is_taken() -> None:
    taken: list[int] = []

    def take(number: int) -> None:
        if number == 3:
            message = "disk full"
            raise OSError(message)
        taken.append(number)

    def work() -> None:
        with behind(take) as put:
            for number in range(LONG):
                put(number)

    with pytest.raises(OSError, match="disk full"):
        work()
    assert taken == [0, 1, 2]


def test_what_goes_wrong_with_the_last_thing_is_raised_too() -> None:
    with pytest.raises(OSError, match="torn"), behind(lambda _: list(_break_after(0))) as put:
        put(1)
