"""What the database refuses of people, whoever writes to it: of their accounts and of their roles."""

from __future__ import annotations

from centres.services.rules_of_accounts import rules_of_accounts
from centres.services.rules_of_roles import rules_of_roles
from operations.rules_in_database import Rule


def rules() -> tuple[Rule, ...]:
    return (*rules_of_accounts(), *rules_of_roles())
