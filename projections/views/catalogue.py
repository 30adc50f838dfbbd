"""Every view, in the order of the dictionary."""

from __future__ import annotations

from projections.views.account_views import ACCOUNT_VIEWS
from projections.views.claim_views import CLAIM_VIEWS
from projections.views.event_views import EVENT_VIEWS
from projections.views.family_views import FAMILY_VIEWS
from projections.views.fields import View
from projections.views.review_views import REVIEW_VIEWS

VIEWS: dict[str, View] = {
    view.name: view
    for view in (*ACCOUNT_VIEWS, *CLAIM_VIEWS, *FAMILY_VIEWS, *EVENT_VIEWS, *REVIEW_VIEWS)
}
"""Every view by name."""

VOCABULARIES: frozenset[str] = frozenset(
    field.words for view in VIEWS.values() for field in view.fields if field.words
) | {"Place", "Category"}
"""The vocabularies that the views say codes in."""
