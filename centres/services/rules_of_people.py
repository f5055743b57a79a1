"""What the database refuses of accounts and roles, whoever writes to it, and what it remembers of who left a centre."""

from __future__ import annotations

from centres.services.rules_of_accounts import rules_of_accounts
from centres.services.rules_of_memberships import rules_of_memberships
from centres.services.rules_of_roles import rules_of_roles
from operations.rules_in_database import Rule


def rules() -> tuple[Rule, ...]:
    return (*rules_of_accounts(), *rules_of_roles(), *rules_of_memberships())
