"""Ids: their form, the check digit of identity numbers, and what is derived from keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import Kind, Stream
from domain.ids import (
    ClaimId,
    check_id,
    claim_of,
    is_identity_number,
    is_well_formed,
    settlement_id,
    stream_id,
)
from domain.refusals import Code
from tests.builders import refused

# The sample number of GB 11643 itself; it belongs to nobody.
SAMPLE = "11010519491231002X"
keys = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", fullmatch=True)


def test_the_check_digit_of_the_standards_own_sample_is_right() -> None:
    assert is_identity_number(SAMPLE)
    assert is_identity_number(SAMPLE.lower())


def test_a_change_of_any_single_digit_breaks_the_check_digit() -> None:
    for place, digit in enumerate(SAMPLE[:17]):
        for other in set("0123456789") - {digit}:
            assert not is_identity_number(SAMPLE[:place] + other + SAMPLE[place + 1 :])


@pytest.mark.parametrize("first", ["1101051949123100", "3101151990010112"])
def test_every_number_of_17_digits_has_exactly_one_check_digit(first: str) -> None:
    for last in "0123456789":
        valid = [c for c in "0123456789X" if is_identity_number(first + last + c)]
        assert len(valid) == 1


@pytest.mark.parametrize("key", ["", "1" * 17, SAMPLE + "1", "P1"])
def test_what_has_not_the_form_is_no_identity_number(key: str) -> None:
    assert not is_identity_number(key)


@given(keys)
def test_plain_keys_of_up_to_64_characters_are_well_formed(key: str) -> None:
    assert is_well_formed(key)
    assert is_identity_number(key) or check_id(key) is None


@pytest.mark.parametrize(
    "key", ["", "-a", ".a", "a b", "a\n", "a/b", "张三", "\uff11", "a" * 65, "a\x00", "=1+1", "a,b"]
)
def test_other_keys_are_refused(key: str) -> None:
    assert not is_well_formed(key)
    refused(check_id(key) or (), Code.MALFORMED_ID)


def test_a_refused_key_is_repeated_up_to_the_length_of_a_good_one() -> None:
    assert refused(check_id("a" * 65) or (), Code.MALFORMED_ID).facts == {"id": "a" * 64}


def test_an_identity_number_is_refused_and_not_repeated_in_the_answer() -> None:
    refusal = refused(check_id(SAMPLE) or (), Code.IDENTITY_NUMBER)
    assert SAMPLE not in refusal.says("zh") + refusal.says("en")
    assert refusal.facts == {"id": "110…2X"}


@given(keys, st.integers(1, 99))
def test_a_settlement_id_tells_its_claim(key: str, attempt: int) -> None:
    assert claim_of(settlement_id(ClaimId(key), attempt)) == key


def test_a_claim_settled_anew_gets_another_settlement_id() -> None:
    assert settlement_id(ClaimId("c1"), 1) != settlement_id(ClaimId("c1"), 2)


@given(keys, keys)
def test_streams_differ_by_kind_and_key_and_stay_the_same_for_ever(one: str, other: str) -> None:
    ids = {Stream(kind, key).id for kind in Kind for key in (one, other)}
    assert len(ids) == len(Kind) * len({one, other})
    assert str(stream_id("person", "p1")) == "9c4c6cfd-4830-5cb3-8feb-abbf93e63b31"
