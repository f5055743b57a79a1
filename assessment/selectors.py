"""Which cases may be seen, and which of a centre is the one that counts."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet

from assessment.models import (
    OVER,
    Act,
    Assessment,
    Kind,
    ProvisionalResult,
    StoredResult,
)
from centres.models import Centre, Person
from centres.selectors import in_visible_centres

Somebody = Person | AnonymousUser

# Columns of a summary that only lists of facilities open.
_SUMMED_UP = ("result__summary__content", "result__summary__figures")
_STEP = ("assessment", "of", "act", "from_state", "to_state", "part", "reason", "at")  # a page of cases has thousands
# By the table of acts, and by links.
_ASKED_FOR = ("state", "kind", "procedure", "notice_days", "rating", "concurrence_due", "two_deciders_from", "result")


def visible_assessments(user: Somebody) -> QuerySet[Assessment]:
    """The cases a person may see; trees of results are read only when asked for."""
    acts = Prefetch("acts", queryset=Act.objects.select_related("person").only(*_STEP, *Person.named_by("person")))
    return (
        in_visible_centres(Assessment.objects.all(), user)
        .select_related("centre", "edition", "result__summary", "certificate")
        .defer("result__tree", "result__inputs", "edition__content", *_SUMMED_UP)
        .prefetch_related(acts)
    )


def open_cases(centres: QuerySet[Centre]) -> QuerySet[Assessment]:
    """The cases something is still due in, at most one per centre, with what tells which acts exist in them."""
    found = Assessment.objects.filter(centre__in=centres.order_by()).exclude(state__in=OVER)
    return found.only("centre", "edition", *_ASKED_FOR).order_by()


def newest_cases(centres: Collection[int]) -> dict[int, Assessment]:
    """The newest case of each of these centres, open ones first."""
    found = Assessment.objects.filter(centre__in=centres).only("centre", *_ASKED_FOR)
    in_order = sorted(found.order_by("created_at"), key=lambda case: case.state not in OVER)  # the last one stays
    return {case.centre_id: case for case in in_order}


def current_case(centre: Centre) -> Assessment | None:
    """The newest case with a result; a pre-assessment has figures, but is nothing a centre stands at."""
    official = Assessment.objects.filter(centre=centre).exclude(result=None).exclude(kind=Kind.PRE_ASSESSMENT)
    return official.order_by("-created_at").first()


def current_result(centre: Centre) -> StoredResult | None:
    """The result people should look at: of the newest submitted assessment, else the provisional one."""
    newest = current_case(centre)
    if newest is not None:
        return newest.result
    provisional = ProvisionalResult.objects.filter(centre=centre).select_related("result").first()
    return provisional.result if provisional else None
