"""For whom a page is, told to whoever it is not for: the words of a `PermissionDenied` stand on the refusing page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ADMINISTRATORS = _("This page is for administrators.")
ASSESSORS = _("This page is for assessors.")
AUTHORS = _("This page is for those who write rubrics.")
BODY = _("This page is for the people of the assessing body.")
CENTRE = _("This page is for the people of the centre. Its owner invites them.")
ENGINEERS = _("This page is for owners and engineers of the centre. Its owner invites them.")
INVITING = _("This page is for owners of the centre and for registrars.")
REGISTRARS = _("This page is for registrars.")
WATCHERS = _("This page is for regulators and for the assessing body.")
WORK = _("This page is for the people of the centre and for the assessing body; regulators see results.")
