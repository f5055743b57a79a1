"""Who may look at a centre's own work: its people, the assessing body, administrators; regulators see results."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from assessment.case_selectors import works_on
from assessment.models import Assessment
from assessment.selectors import visible_assessments
from centres.models import Centre
from centres.permissions import sees_work
from centres.selectors import visible_centres
from centres.web import who_may


def inside_centre(request: HttpRequest, slug: str) -> Centre:
    """Raises:
    Http404: there is no such centre for this person.
    PermissionDenied: the person sees the centre, but not its work.
    """
    centre: Centre = get_object_or_404(visible_centres(request.user), slug=slug)
    if not sees_work(request.user, centre):
        raise PermissionDenied(who_may.WORK)
    return centre


def inside_case(request: HttpRequest, pk: str) -> Assessment:
    """The same for a case."""
    case: Assessment = get_object_or_404(visible_assessments(request.user), pk=pk)
    if not works_on(request.user, case):
        raise PermissionDenied(who_may.WORK)
    return case
