"""What the database refuses of accounts, whoever writes: a user name stays with the human it was given to.

The audit log and keyed requests name people by it and outlive whatever an account is called later. So a name is never
changed, and one that stands in the log is never given again – also not where the row of the account was removed.
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
    )
