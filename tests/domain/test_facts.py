"""Every fact class: its stored name, and that what is written is read back the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date
from functools import cache
from pathlib import Path
from typing import Any, NewType, get_args, get_origin

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import claim, finding, person, pool, sealing
from domain.account import AccountCredited
from domain.amounts import Amounts
from domain.codes import Category, CreditKind, Place
from domain.facts import CATALOG, Fact, Kind, Meta, Stream, recorded
from domain.pool import Authorization
from domain.record import Instant, Record
from tests.builders import ANY_USE, DAY

AGGREGATES = (claim, finding, person, pool, sealing)  # importing them fills the catalogue
WHOLE = st.integers(-(2**53), 2**53)
INSTANT = st.datetimes(timezones=st.just(UTC))
WRITER = msgspec.json.Encoder(order="deterministic")


def values(kind: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401  # any annotation
    """Give a strategy for an annotation, model fields included."""
    if isinstance(kind, NewType):
        return values(kind.__supertype__)
    if kind is int:
        return WHOLE
    if kind is Instant:
        return INSTANT
    if kind is Amounts:
        return st.builds(Amounts, WHOLE, WHOLE)
    if isinstance(kind, type) and issubclass(kind, Record):
        return models(kind)
    parts = [part for part in get_args(kind) if part is not Ellipsis]
    origin = get_origin(kind)
    if origin is Mapping:
        return st.dictionaries(*map(values, parts), max_size=3)
    if origin is frozenset:
        return st.frozensets(values(parts[0]), max_size=3)
    if origin is tuple and Ellipsis in get_args(kind):
        return st.lists(values(parts[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values, parts))
    if parts:
        return st.one_of(*map(values, parts))
    return st.from_type(kind)


@cache
def models(kind: type[Record]) -> st.SearchStrategy[Any]:
    fields = {field.name: values(field.type) for field in msgspec.structs.fields(kind)}
    return st.fixed_dictionaries(fields).map(lambda given: kind(**given))


@pytest.mark.parametrize("topic", CATALOG)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_what_is_written_of_a_fact_is_read_back_the_same(topic: str, data: st.DataObject) -> None:
    kind = CATALOG[topic]
    fact = data.draw(models(kind))
    written = WRITER.encode(fact)
    read = msgspec.json.decode(written, type=kind)
    assert read == fact
    assert WRITER.encode(read) == written


@given(models(Meta))
def test_what_is_recorded_beside_a_fact_is_read_back_the_same(meta: Meta) -> None:
    assert msgspec.json.decode(WRITER.encode(meta), type=Meta) == meta


def every_fact_class() -> list[type[Fact]]:
    found, todo = [], list(Fact.__subclasses__())
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        found.append(kind)
    return [kind for kind in found if kind.__module__.startswith("domain.")]


def test_every_fact_class_is_in_the_catalogue_once() -> None:
    assert sorted(kind.__name__ for kind in every_fact_class()) == sorted(
        kind.__name__ for kind in CATALOG.values()
    )


@pytest.mark.parametrize("topic", CATALOG)
def test_a_topic_is_a_stream_and_words_and_never_a_module_path(topic: str) -> None:
    kind = CATALOG[topic]
    assert re.fullmatch(r"[a-z]+\.[a-z]+(_[a-z]+)*", topic)
    assert topic == kind.TOPIC
    assert kind.VERSION >= 1
    assert topic not in kind.__module__
    assert kind.__doc__


def test_a_topic_is_taken_only_once() -> None:
    with pytest.raises(AssertionError, match=r"account\.credited"):
        recorded(AccountCredited)


@pytest.fixture
def catalogue() -> Iterator[dict[str, type[Fact]]]:
    """Give the catalogue, and take out afterwards what a test has entered."""
    before = dict(CATALOG)
    yield CATALOG
    CATALOG.clear()
    CATALOG.update(before)


@pytest.mark.parametrize(("tag", "version"), [("person.tried", 1), ("person.tried@3", 3)])
def test_a_fact_is_entered_under_its_topic_with_the_version_that_its_tag_states(
    catalogue: dict[str, type[Fact]], tag: str, version: int
) -> None:
    class Tried(Fact, frozen=True, tag=tag):
        """Something was tried."""

    kind: type[Fact] = Tried
    assert recorded(kind) is kind
    assert catalogue["person.tried"] is kind
    assert ("person.tried", version) == (kind.TOPIC, kind.VERSION)


@pytest.mark.parametrize("topic", CATALOG)
def test_a_fact_is_frozen_and_knows_no_field_but_its_own(topic: str) -> None:
    kind = CATALOG[topic]
    assert kind.__struct_config__.frozen
    assert kind.__struct_config__.forbid_unknown_fields


def test_unknown_and_missing_fields_are_not_read() -> None:
    fact = AccountCredited(
        effective_on=DAY, kind=CreditKind.MONTHLY, amount=Amounts(5), left=Amounts(5)
    )
    body = msgspec.to_builtins(fact)
    assert msgspec.convert(body, AccountCredited) == fact
    with pytest.raises(msgspec.ValidationError, match="unknown field `extra`"):
        msgspec.convert(body | {"extra": 1}, AccountCredited)
    with pytest.raises(msgspec.ValidationError, match="required field `left`"):
        msgspec.convert({k: v for k, v in body.items() if k != "left"}, AccountCredited)


WRITE_ALL = """
from datetime import date
import msgspec
from domain.codes import Category, Place
from domain.pool import Authorization
places, categories = frozenset(Place), frozenset(Category)
a = Authorization(first_day=date(2026, 1, 1), places=places, categories=categories)
print(msgspec.json.encode(a, order='deterministic'))
"""


def test_the_same_fact_has_the_same_bytes_in_every_process() -> None:
    written = {
        subprocess.run(
            [sys.executable, "-c", WRITE_ALL],
            cwd=Path(__file__).parents[2],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(written) == 1


def test_sets_in_an_authorization_stay_sets_for_python() -> None:
    authorization = Authorization(
        first_day=date(2026, 1, 1), places=frozenset(Place), categories=frozenset(Category)
    )
    read = msgspec.json.decode(WRITER.encode(authorization), type=Authorization)
    assert read.places == frozenset(Place)
    assert ANY_USE.places == frozenset()


def test_a_stream_is_known_by_kind_and_key() -> None:
    assert Stream(Kind.PERSON, "x").id == Stream(Kind.PERSON, "x").id
    assert Stream(Kind.PERSON, "x").id != Stream(Kind.CLAIM, "x").id
