"""Every logic by the name that rules use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projections.findings import crowds, limits, money, rights, timing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from projections.findings.logic import Logic

LOGICS: Mapping[str, Logic] = {
    "use_without_authorization": rights.use_without_authorization,
    "relation_outside": rights.relation_outside,
    "scope_exceeded": rights.scope_exceeded,
    "use_after_death": rights.use_after_death,
    "death_known_later": rights.death_known_later,
    "use_after_end": rights.use_after_end,
    "order_wrong": rights.order_wrong,
    "limit_exceeded": limits.limit_exceeded,
    "split_under_limit": limits.split_under_limit,
    "limit_hugged": limits.limit_hugged,
    "round_amounts": limits.round_amounts,
    "account_does_not_add_up": money.account_does_not_add_up,
    "refund_elsewhere": money.refund_elsewhere,
    "frozen_overspent": money.frozen_overspent,
    "emptied_after_credit": money.emptied_after_credit,
    "year_end_rush": money.year_end_rush,
    "many_holders": crowds.many_holders,
    "many_beneficiaries": crowds.many_beneficiaries,
    "many_cards_one_operator": crowds.many_cards_one_operator,
    "one_beneficiary_many_holders": crowds.one_beneficiary_many_holders,
    "one_holder_many_beneficiaries": crowds.one_holder_many_beneficiaries,
    "shared_customers": crowds.shared_customers,
    "provider_share": crowds.provider_share,
    "far_places": timing.far_places,
    "night_use": timing.night_use,
    "recorded_late": timing.recorded_late,
    "time_or_position_broken": timing.time_or_position_broken,
    "settled_again": timing.settled_again,
    "settled_twice": timing.settled_twice,
    "reversal_storm": timing.reversal_storm,
    "bound_and_unbound": timing.bound_and_unbound,
    "bound_for_one_draw": timing.bound_for_one_draw,
}
