"""What the pages show and no door of the API makes, entered at the console of a running installation."""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
import tempfile
from pathlib import Path

from tests.pictures import png

PNG = png()
OWN_TABLE = "centre,配额（兆瓦）\n{},40\n"


def furnish(visit: str, watched: str, forgetful: str, rated_twice: str, engineer: str) -> None:
    """Prints as JSON the link of `forgetful` to a new password and the case that was opened for `rated_twice`."""
    _keep_recovery_codes("publisher")
    _photograph(visit, by="assessor")
    _join_a_table(watched, by="regulator")
    uid, key = _reset_link(forgetful)
    case = _open_a_case_with_judged_levels(rated_twice, engineer)
    sys.stdout.write(json.dumps({"reset_for": uid, "reset_key": key, "rated_twice": case}))


def _keep_recovery_codes(username: str) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    from centres.models import Person

    RecoveryCodes.activate(Person.objects.get(username=username))


def _photograph(visit: str, *, by: str) -> None:
    from assessment.models import SiteVisit
    from assessment.services.visits.site_visit import add_photograph
    from centres.models import Person
    from evidence import store

    taken_at = dt.datetime.fromisoformat("2026-11-20T10:05:00+08:00")
    with store.received(io.BytesIO(PNG), limit=len(PNG)) as file:
        add_photograph(
            SiteVisit.objects.get(pk=visit),
            file,
            shows="7 号机柜的铭牌",
            taken_at=taken_at,
            zone="Asia/Shanghai",
            place="2 号机房",
            person=Person.objects.get(username=by),
        )


def _join_a_table(centre: str, *, by: str) -> None:
    from assessment.services.board.own_table import save_table
    from centres.models import Person

    content = OWN_TABLE.format(centre).encode()
    save_table(content, name="配额.csv", person=Person.objects.get(username=by))


def _reset_link(username: str) -> tuple[str, str]:
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    from centres.models import Person

    person = Person.objects.get(username=username)
    return user_pk_to_url_str(person), default_token_generator.make_token(person)


def _open_a_case_with_judged_levels(centre: str, engineer: str) -> str:
    """Against a rubric of its own, so that the editions of the other one stay as they are."""
    from assessment.services.application.open_assessment import open_assessment
    from centres.models import Centre, Person
    from indicators.services.load_edition import load_edition
    from tests.assessment.judged_edition import write_judged

    with tempfile.TemporaryDirectory() as folder:
        edition = load_edition(write_judged(Path(folder), rubric="judged"))
    person = Person.objects.get(username=engineer)
    return str(open_assessment(Centre.objects.get(slug=centre), edition=edition, person=person).pk)
