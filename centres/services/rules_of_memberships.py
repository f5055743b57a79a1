"""What the database keeps of those who leave a centre, whoever takes the membership away: that they were there."""

from __future__ import annotations

from operations.rules_in_database import On, Rule


def rules_of_memberships() -> tuple[Rule, ...]:
    return (
        _remembered("who_leaves_a_centre_is_remembered", "DELETE", "1 = 1"),
        _remembered(
            "who_is_moved_from_a_centre_is_remembered",
            "UPDATE",
            "OLD.user_id <> NEW.user_id OR OLD.centre_id <> NEW.centre_id",
        ),
    )


def _remembered(name: str, on: On, condition: str) -> Rule:
    return Rule(
        name,
        "centres_membership",
        on,
        condition,
        columns=("centres_formermembership.left_at",),
        instead_of_refusing="INSERT INTO centres_formermembership (user_id, centre_id, role, left_at) "
        "VALUES (OLD.user_id, OLD.centre_id, OLD.role, CURRENT_TIMESTAMP)",
    )
