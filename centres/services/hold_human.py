"""Of two who give one human being something at once, one goes first and the other sees what that was."""

from __future__ import annotations

from uuid import UUID

from centres.models import Person


def hold_human(*accounts: Person) -> None:
    """Hold the human beings behind these accounts, with all their accounts, until the end of the transaction.

    Whoever gives somebody a role, a membership, a part in a case or another account holds them before looking at what
    they have: separation of duties is about all of it together, and no row of it alone tells of two requests at once.
    Call it once for everybody concerned, after the case is held and before the audit log is written: rows are held in
    one order everywhere (`assessment/services/certificates/held.py`).

    An account that was linked meanwhile is of its new human from here on.
    """
    saved = [one for one in accounts if one.pk is not None]
    while True:
        humans = {one.natural_person for one in saved}
        rows = Person.objects.filter(natural_person__in=humans).order_by("pk").select_for_update(no_key=True)
        held = dict(rows.values_list("pk", "natural_person"))
        for one in saved:
            one.natural_person = held.get(one.pk) or _natural_person(one.pk)
        if {one.natural_person for one in saved} <= humans:
            return


def _natural_person(pk: int) -> UUID:
    found: UUID = Person.objects.values_list("natural_person", flat=True).get(pk=pk)
    return found
