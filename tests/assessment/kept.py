"""Writing past the services, as tests of the database's own rules do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from assessment.models import Certificate
from tests.operations.triggers import without_rule

_DAYS = {
    "surveillance_due_on": "a_surveillance_is_due_after_the_last_one",
    "suspended_on": "a_certificate_is_suspended_since_its_suspension",
    "withdrawal_on": "a_withdrawal_is_announced_once",
}


def refuses(write: Callable[[], object]) -> None:
    """The database does not take this."""
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def let_days_be(**days: dt.date | None) -> None:
    """Of the certificates there are, as only time would bring them about."""
    with without_rule(*(_DAYS[name] for name in days)):
        Certificate.objects.update(**days)
