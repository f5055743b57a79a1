"""What people are told by mail, in both languages; a mail server that does not answer stops nothing."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage

from assessment.models import Assessment
from centres.models import Centre, CentreRole, Person
from core.text import Text

# Of an isolated network: whoever keeps the machine finds the letters, and nobody else does.
_KEPT_HERE = tuple(f"django.core.mail.backends.{name}.EmailBackend" for name in ("filebased", "console", "dummy"))


def letters_leave() -> bool:
    """Whether a letter that is sent goes to anybody at all."""
    return settings.EMAIL_BACKEND not in _KEPT_HERE


def sent(email: str, *, subject: str, body: str) -> int:
    """To one address alone, so that nobody sees the others'; how many letters went."""
    try:
        letters = EmailMessage(subject, body, None, [email]).send()
    except (OSError, UnicodeError):  # what the letter says stands on the pages all the same
        return 0
    return letters if letters_leave() else 0


def mail_owners(centre: Centre, *, subject: str, text: str) -> int:
    """To whoever owns a centre and has an address; how many letters went."""
    owners = Person.objects.filter(memberships__centre=centre, memberships__role=CentreRole.OWNER, is_active=True)
    body = f"{centre.name.zh}\n{centre.name.en}\n\n{text}\n"
    addresses = set(owners.exclude(email="").values_list("email", flat=True))
    return sum(sent(email, subject=subject, body=body) for email in sorted(addresses))


def tell_taken_off(case: Assessment, *, assessor: Person, pillars: Iterable[str], reason: str) -> int:
    """An assessor learns off which pillars they were taken, and why."""
    if not assessor.email:
        return 0
    centre, named = case.centre.name, ", ".join(pillars)
    words = Text(
        zh=f"您不再评价 {centre.zh} 案件的 {named.replace(', ', '、')}。您已作出的评定保留。",
        en=f"You no longer assess {named} in the case of {centre.en}. What you ruled stays.",
    )
    body = f"{words.zh}\n{words.en}\n\n{reason}\n\n{settings.PUBLIC_ADDRESS}/assessments/{case.pk}/\n"
    return sent(assessor.email, subject="智衡：指派变更 / Zhiheng: an assignment has changed", body=body)
