"""Writing past the services, as tests of the database's own rules do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction


def refuses(write: Callable[[], object]) -> None:
    """The database does not take this."""
    with pytest.raises(IntegrityError), transaction.atomic():
        write()
