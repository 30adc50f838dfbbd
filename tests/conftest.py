"""What every test finds fixed: place, language, terminal and, under `make test`, randomness."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

# "dev" looks for new examples on every run. "ci", chosen by `make test`, tries more of them and
# the same ones every time, so that a change is judged by itself and not by luck.
settings.register_profile("dev", deadline=None, max_examples=50)
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=200,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # a loaded machine is not a finding
)
# "mutants", chosen by `make mutants`, tries the same few examples on every planted fault and does
# not look for the smallest one: that a fault was found is all that counts.
settings.register_profile(
    "mutants",
    deadline=None,
    max_examples=20,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("dev")


@pytest.fixture(scope="session", autouse=True)
def _fixed_surroundings() -> Iterator[None]:
    """Run in UTC, in English, on a plain terminal 120 wide, whatever the machine is set to."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("GONGJI_", "LC_"))]:
            patch.delenv(name)
        patch.delenv("FORCE_COLOR", raising=False)
        patch.delenv("LANGUAGE", raising=False)
        patch.setenv("LANG", "C.UTF-8")
        patch.setenv("GONGJI_LANG", "en")
        patch.setenv("NO_COLOR", "1")
        patch.setenv("COLUMNS", "120")
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak Chinese in this test."""
    monkeypatch.setenv("GONGJI_LANG", "zh")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many claims bulk and single settlement were compared on."""
    figures = Counter[str]()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            figures.update({n: v for n, v in report.user_properties if n in _FIGURES})
    if figures["claims compared"]:
        said = ", ".join(f"{figures[name]:,} {name}" for name in _FIGURES)
        terminalreporter.write_line(f"bulk and single settlement: {said}")


_FIGURES = ("claims compared", "differences")
