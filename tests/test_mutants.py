"""The command that counts planted faults: what it rewrites, what it counts, what it refuses."""

from __future__ import annotations

import pytest

pytest.importorskip("mutmut", reason="it comes with the packages for developers")

import libcst as cst

from tests.mutants import Fault, Mutant, _Plain, equivalents, table, unfounded

SOURCE = '''
class Account:
    @property
    def held(self):
        """Words."""
        return self.one + 1


@cache
def amounts(kind):
    assert kind, "a kind has a name"
    return kind
'''

REWRITTEN = '''
class Account:
    def held(self):
        """Words."""
        return self.one + 1
    held = property(held)


def amounts(kind):
    assert kind, _words_0
    return kind
amounts = cache(amounts)
_words_0 = "a kind has a name"
'''

SUM = Fault("domain.money.split", ("- a + b", "+ a - b"))
SAME = Fault("domain.money.split", ("- x if x else 0", "+ x if True else 0"))
LOOP = Fault("domain.time.account_year", ("- n += 1", "+ n = 1"))
MUTANTS = [
    Mutant("m1", "domain/money.py", "killed", None),
    Mutant("m2", "domain/money.py", "killed", None),
    Mutant("m3", "domain/money.py", "survived", SUM),
    Mutant("m4", "domain/money.py", "survived", SAME),
    Mutant("t1", "domain/time.py", "timeout", LOOP),
]


def test_decorated_functions_and_words_of_assertions_are_rewritten_for_mutmut() -> None:
    rewritten = cst.parse_module(SOURCE).visit(_Plain())
    compile(rewritten.code, "rewritten", "exec")
    assert rewritten.code.split() == REWRITTEN.split()


def test_equivalent_faults_are_not_counted_and_faults_without_end_are_not_killed() -> None:
    _, money, time, everything = table(MUTANTS, [SAME])
    assert money.split() == ["domain/money.py", "4", "2", "1", "1", "0", "66.7", "%"]
    assert time.split() == ["domain/time.py", "1", "0", "0", "0", "1", "0.0", "%"]
    assert everything.split() == ["all", "5", "2", "1", "1", "1", "50.0", "%"]


def test_a_fault_that_was_not_found_is_no_equivalent_unless_it_is_listed() -> None:
    *_, everything = table(MUTANTS, [])
    assert everything.split()[3:5] == ["2", "0"]


def test_only_what_survived_may_be_listed_as_equivalent() -> None:
    killed = SAME._replace(lines=("- a", "+ b"))
    assert unfounded(MUTANTS, [SUM, SAME]) == []
    assert unfounded(MUTANTS, [killed, SAME, LOOP]) == [killed, LOOP]
    untried = Mutant("m5", "domain/money.py", "not checked", None)
    assert unfounded([*MUTANTS, untried], [killed, LOOP]) == [LOOP], "money is not finished"


def test_every_listed_fault_changes_something_of_domain_and_says_why_nobody_can_tell() -> None:
    for fault, reason in equivalents().items():
        assert fault.function.startswith("domain.")
        assert {line[0] for line in fault.lines} <= {"-", "+"}
        assert len(fault.lines) > 1
        assert len(reason) > len("because it is so")
