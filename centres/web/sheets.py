"""Who works somewhere, and who is invited to, as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from centres.models import Invitation, Membership, StaffRole
from centres.provinces import province_name
from core.text import Text
from operations.http.sheets import Columns, Sheet

Listed = Membership | StaffRole | Invitation


def people_sheet(
    title: Text, people: Iterable[Membership | StaffRole], invitations: Iterable[Invitation]
) -> Sheet[Listed]:
    """Those who work there, then those who are invited, as the page has them below each other."""
    columns: Columns = [
        (_("User name"), lambda one: None if isinstance(one, Invitation) else one.user.get_username()),
        (_("E-mail address"), lambda one: one.email if isinstance(one, Invitation) else None),
        (_("Name on papers"), lambda one: None if isinstance(one, Invitation) else one.user.name),
        (_("Role"), lambda one: capfirst(str(_role(one)))),
        (_("Province"), lambda one: province_name(one.province) if getattr(one, "province", "") else None),
        (_("Invitation valid until"), lambda one: one.expires_at if isinstance(one, Invitation) else None),
    ]
    return Sheet("people", title, columns, chain(people, invitations))


def _role(one: Listed) -> str:
    return one.role_label if isinstance(one, Invitation) else one.get_role_display()
