"""What the database refuses of the days of a certificate, whoever writes: each changes with the act that changes it."""

from __future__ import annotations

from assessment.services.chain.table import Of
from assessment.services.rules.steps import newest_act
from operations.rules_in_database import Rule, pinned

_CERTIFICATE, _ACTS = "assessment_certificate", ("assessment_act.of",)


def rules_of_certificates() -> tuple[Rule, ...]:
    newest = newest_act("b.act", case="NEW.assessment_id", of=f"'{Of.CERTIFICATE}'", without="''")
    warned = f"(OLD.withdrawal_on IS NULL AND NEW.upheld_on IS NULL AND {newest} = 'warn')"
    upheld = "(NEW.withdrawal_on IS NULL AND OLD.upheld_on IS NULL AND NEW.upheld_on IS NOT NULL)"
    of_its_case = f"(SELECT c.assessment_id FROM {_CERTIFICATE} c WHERE c.number = NEW.certificate_id)"
    return (
        pinned(
            "a_certificate_is_suspended_since_its_suspension",
            _CERTIFICATE,
            "suspended_on",
            once="OLD.state = NEW.state",
            message="the day of a suspension is that of its act",
        ),
        pinned(
            "a_withdrawal_is_announced_once",
            _CERTIFICATE,
            "withdrawal_on",
            once=f"OLD.state = NEW.state AND NOT {warned} AND NOT {upheld}",
            message="the day of a withdrawal is that of its notice",
        ),
        pinned(
            "a_surveillance_is_due_after_the_last_one",
            _CERTIFICATE,
            "surveillance_due_on",
            once=f"OLD.state = NEW.state AND NOT {_unrecorded('NEW.number', case='NEW.assessment_id')}",
            message="the next surveillance follows a surveillance",
        ),
        Rule(
            "a_surveillance_follows_its_act",
            "assessment_surveillance",
            "INSERT",
            f"NOT {_unrecorded('NEW.certificate_id', case=of_its_case)}",
            "no act stands behind this surveillance",
            columns=_ACTS,
        ),
    )


def _unrecorded(number: str, *, case: str) -> str:
    """The newest act is a surveillance, of which no figures are recorded yet: they follow in the same transaction."""
    newest = newest_act("b.act", case=case, of=f"'{Of.CERTIFICATE}'", without="''")
    recorded = (
        f"EXISTS (SELECT 1 FROM assessment_surveillance s JOIN assessment_act b ON b.assessment_id = {case} "
        f"WHERE s.certificate_id = {number} AND b.act = 'survey' AND s.made_at >= b.at AND NOT EXISTS "
        "(SELECT 1 FROM assessment_act l WHERE l.assessment_id = b.assessment_id AND l.act = 'survey' AND l.id > b.id))"
    )
    return f"({newest} = 'survey' AND NOT {recorded})"
