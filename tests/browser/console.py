"""What somebody does at the server's own console: `python -m tests.browser.console ACT …`, one process for each act."""

from __future__ import annotations

import os
import sys

import django
from django.core.management import call_command

from tests.browser.furnished import furnish

NOTICE_DAYS = 7


def install(people: str, *rubrics: str) -> None:
    """An installation with people, and with a rubric if one is named."""
    call_command("prepare", verbosity=0)
    for rubric in rubrics:
        call_command("load_rubric", rubric, verbosity=0)
    call_command("load_people", people, verbosity=0)


def routes() -> None:
    """The names of all routes there are with these settings."""
    from tests.browser.routes import page_routes

    sys.stdout.write("\n".join(page_routes()))


def open_renewal(centre: str, engineer: str) -> None:
    """A case as a scheme with a period of notice opens it, which the running server's does not have."""
    from django.conf import settings

    from assessment.models import Kind
    from assessment.services.application.open_assessment import open_assessment
    from centres.models import Centre, Person
    from indicators.selectors import current_edition

    settings.SCHEME_NOTICE_DAYS = NOTICE_DAYS
    case = open_assessment(
        Centre.objects.get(slug=centre),
        edition=current_edition(),
        person=Person.objects.get(username=engineer),
        kind=Kind.RENEWAL,
    )
    sys.stdout.write(str(case.pk))


def an_hour_passes() -> None:
    """Every session proved its second factor an hour ago."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    for kept in Session.objects.all():
        session = SessionStore(kept.session_key)
        for record in session.get("account_authentication_methods", []):
            record["at"] -= 3600
        session.modified = True
        session.save()


ACTS = {act.__name__: act for act in (install, routes, open_renewal, furnish, an_hour_passes)}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    ACTS[sys.argv[1]](*sys.argv[2:])
