"""What the database refuses of accounts, whoever writes: names given twice, links undone, sessions brought back.

The audit log and keyed requests name people by their user names and outlive whatever an account is called later. So a
name is never changed, and one that stands in the log is never given again – also not where the row of the account was
removed.
"""

from __future__ import annotations

from operations import audit
from operations.rules_in_database import Rule

_LOGGED = ("operations_auditentry.actor", "operations_auditentry.subject", "centres_person.username")


def rules_of_accounts() -> tuple[Rule, ...]:
    nobodys = ", ".join(f"'{name}'" for name in audit.NO_PERSON)
    return (
        Rule(
            "a_user_name_is_never_changed",
            "centres_person",
            "UPDATE",
            "OLD.username <> NEW.username",
            "the log names people by their user names: they are never changed",
            columns=("centres_person.username",),
        ),
        Rule(
            "a_user_name_is_never_given_twice",
            "centres_person",
            "INSERT",
            f"lower(NEW.username) IN ({nobodys}) OR EXISTS (SELECT 1 FROM operations_auditentry e "
            "WHERE e.actor = NEW.username OR e.subject = 'person/' || NEW.username)",
            "the log names somebody by this user name",
            columns=_LOGGED,
        ),
        # As a whole row would that was read before it happened and is saved after it.
        Rule(
            "accounts_are_joined_and_not_parted",
            "centres_person",
            "UPDATE",
            "OLD.natural_person <> NEW.natural_person AND NOT EXISTS (SELECT 1 FROM centres_person p "
            "WHERE p.natural_person = NEW.natural_person AND p.id <> NEW.id)",
            "the account was linked to another one meanwhile",
            columns=("centres_person.natural_person",),
        ),
        Rule(
            "ended_sessions_stay_ended",
            "centres_person",
            "UPDATE",
            "NEW.sessions_ended < OLD.sessions_ended",
            "the sessions of the account were ended meanwhile",
            columns=("centres_person.sessions_ended",),
        ),
    )
