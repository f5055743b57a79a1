"""What a field of a body names, among what whoever sends it may see."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from core.errors import InputError
from core.provenance import Where
from operations.http.words import HINT_BY_CODE, WORDS_BY_CODE

Row = TypeVar("Row", bound=Model)


def named(visible: QuerySet[Row], *, field: str, **lookup: Any) -> Row:
    """The one row; what may not be seen is as absent as what never was.

    Raises:
        InputError: `does_not_exist`, at the field that named it. An address that names nothing is 404 instead.
    """
    # PostgreSQL holds no NUL, so nothing bears such a name.
    found = None if "\0" in "".join(map(str, lookup.values())) else visible.filter(**lookup).first()
    if found is None:
        code = "does_not_exist"
        raise InputError(code, WORDS_BY_CODE[code], where=Where(field=field), hint=HINT_BY_CODE[code])
    return found
