"""The forms by which grantors authorize relatives: few, so that relations share them."""

from __future__ import annotations

from datetime import date

import numpy as np

from domain.codes import Category, Place, Relation
from domain.columns import bit, mask
from domain.judging import BOUND, ENDED, UNDER_REVIEW
from domain.rules import UNLIMITED
from simulation.bulk.arrays import Terms
from simulation.population.draws import Array, chances

_PERIOD = 300  # days after the first one that an authorization with a period holds

_LIMITS: tuple[tuple[int, dict[str, int]], ...] = (
    (720, {}),
    (60, {"per_use": 500_00}),
    (60, {"per_year": 2000_00}),
    (30, {"per_day": 300_00}),
    (40, {"joint_year": 5000_00}),
    (40, {"retained": 1000_00}),
    (20, {"places": mask(frozenset({Place.HOSPITAL, Place.CLINIC}))}),
    (10, {"categories": mask(frozenset({Category.OUTPATIENT, Category.INPATIENT}))}),
    (10, {"authorized": 0}),
    (10, {"per_use": 300_00, "per_day": 600_00, "per_year": 1500_00, "joint_year": 4000_00}),
)
"""What a form limits, with how many grantors of a thousand choose it. Assumed."""

SIMPLE = len(_LIMITS)
"""Forms with an end begin here."""

EXPIRED, LATER, REVIEWED, OVER = range(2 * SIMPLE, 2 * SIMPLE + 4)
"""Forms whose end has passed, that count from later on, wait for a reviewer, or are over."""

FORMS = 2 * SIMPLE + 4
"""How many forms there are for each relation."""

FORM = chances(dict(enumerate(weight for weight, _ in _LIMITS)), kind="int64")
"""The form that a grantor chooses, the same for all relatives, by draw."""

ODD = chances({-1: 945, EXPIRED: 15, LATER: 20, OVER: 20}, kind="int64")
"""What is particular about a relation, by draw; mostly nothing."""


def rows(day: date) -> Array:
    """Give the terms of every form for every relation, int64, row by row."""
    return np.array(
        [row for relation in Relation for row in _forms(bit(relation), day.toordinal())], np.int64
    ).reshape(-1)


def row_of(relation: Array, form: Array) -> Array:
    """Give the row of a form for a relation, given by number."""
    found: Array = (relation * FORMS + form).astype(np.int32)
    return found


def _forms(relation: int, day: int) -> list[Terms]:
    plain = Terms(
        standing=BOUND,
        active_from=day - 400,
        relation=relation,
        authorized=1,
        first_day=day - 400,
        last_day=date.max.toordinal(),
        places=0,
        categories=0,
        retained=0,
        per_use=UNLIMITED,
        per_day=UNLIMITED,
        per_year=UNLIMITED,
        joint_year=UNLIMITED,
    )
    limited = [plain._replace(**limits) for _, limits in _LIMITS]
    return [
        *limited,
        *(form._replace(last_day=day + _PERIOD) for form in limited),
        plain._replace(last_day=day - 30),
        plain._replace(active_from=day + 20, first_day=day + 20, last_day=day + _PERIOD),
        plain._replace(standing=UNDER_REVIEW, last_day=day + _PERIOD),
        plain._replace(standing=ENDED, last_day=day + _PERIOD),
    ]
