"""Mail to whoever owns a centre and has an address."""

from __future__ import annotations

from django.core.mail import EmailMessage

from centres.models import Centre, CentreRole, Person


def mail_owners(centre: Centre, *, subject: str, text: str) -> int:
    """To each alone, so that nobody sees the others' addresses; how many went out."""
    owners = Person.objects.filter(memberships__centre=centre, memberships__role=CentreRole.OWNER, is_active=True)
    name = centre.name
    body = f"{name.zh}\n{name.en}\n\n{text}\n"
    sent = 0
    for email in sorted(set(owners.exclude(email="").values_list("email", flat=True))):
        try:
            sent += EmailMessage(subject, body, None, [email]).send()
        except OSError:  # a mail server that does not answer; the notice stands all the same
            continue
    return sent
