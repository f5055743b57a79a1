"""A reminder to a centre: kept, shown on its page, and sent by mail to whoever of its people has an address."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from assessment.board_selectors.standings import watched_centres
from assessment.models import Reminder
from assessment.services.letters import mail_owners
from centres.models import Centre, Person
from centres.permissions import is_member
from core.errors import InputError
from core.provenance import Where
from core.text import Text
from operations import audit

LONGEST = 2000
SUBJECT = "智衡：提醒 / Zhiheng: a reminder"


def remind(centre: Centre, *, person: Person, text: str) -> Reminder:
    """Kept first; mail goes out after it, and a mail that fails takes nothing back: `mailed` says how many went.

    Raises:
        PermissionDenied: neither a regulator of the region nor a registrar.
        InputError: `empty_reminder`.
    """
    if not person.has_perm("assessment.remind") or not watched_centres(person).filter(pk=centre.pk).exists():
        raise PermissionDenied
    text = text.strip()
    if not text:
        raise InputError(
            "empty_reminder",
            Text(zh="请写明提醒的内容。", en="Write down what the centre is reminded of."),
            where=Where(field="text"),
            hint=Text(
                zh="例如：缺少哪项材料，何时之前提交。", en="Say, for example, what is missing and by when it is due."
            ),
        )
    with transaction.atomic():
        made = Reminder(centre=centre, text=text[:LONGEST], sent_by=person)
        made.full_clean()
        made.save(force_insert=True)
        audit.record(
            actor=person,
            act="centre.remind",
            subject=f"centre/{centre.slug}",
            reason=made.text,
            details={"reminder": made.pk},
        )
    made.mailed = _mailed(made)
    made.save(update_fields=["mailed"])
    return made


@transaction.atomic
def note_reminder(reminder: Reminder, *, person: Person) -> Reminder:
    """Somebody of the centre has read it; the first one counts.

    Raises:
        PermissionDenied: not of the centre.
    """
    if not is_member(person, reminder.centre):
        raise PermissionDenied
    present = Reminder.objects.select_for_update().get(pk=reminder.pk)
    if present.noted_at is None:
        present.noted_by, present.noted_at = person, timezone.now()
        present.save(update_fields=["noted_by", "noted_at"])
        audit.record(
            actor=person,
            act="centre.note_reminder",
            subject=f"centre/{present.centre.slug}",
            details={"reminder": present.pk},
        )
    return present


def _mailed(reminder: Reminder) -> int:
    address = f"{settings.PUBLIC_ADDRESS}/centres/{reminder.centre.slug}/"
    return mail_owners(reminder.centre, subject=SUBJECT, text=f"{reminder.text}\n\n{address}")
