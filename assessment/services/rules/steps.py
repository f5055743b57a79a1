"""What the database refuses of states: a step the table does not have, one no act stands behind, an end at the start.

An act is written first and the state follows it: an act begins where the last one ended, and a state changes only as
the newest act says. So whoever changes a state past the services has to say in whose name; `rules/case.py` looks at
who that is.
"""

from __future__ import annotations

from assessment.casework.states import (
    AWARDED,
    STANDING,
    AssessmentState,
    CertificateState,
    DisputeKind,
    DisputeState,
    FindingState,
    Kind,
    Part,
    Severity,
)
from assessment.services.chain.table import TRANSITIONS, Of, pairs
from operations.rules_in_database import Rule, listed, pinned

_CASE, _CERTIFICATE, _ACT = "assessment_assessment", "assessment_certificate", "assessment_act"
_TABLES = {
    Of.ASSESSMENT: (_CASE, "assessment_assessment.kind"),
    Of.CERTIFICATE: (_CERTIFICATE, "assessment_certificate.replaces_id"),
    Of.FINDING: ("assessment_finding", "assessment_finding.state"),
    Of.DISPUTE: ("assessment_dispute", "assessment_dispute.state"),
    Of.RATING: ("assessment_rating", "assessment_rating.state"),
}
# Whose acts are rows of a table of their own; what was done to a finding stands in its notes, to a rating in versions.
_WITH_ACTS = {Of.ASSESSMENT: "NEW.id", Of.CERTIFICATE: "NEW.assessment_id"}
# As a rule holds it of whose certificate it is.
_CENTRE = f"(SELECT 'centre/' || CAST(a.centre_id AS text) FROM {_CASE} a WHERE a.id = NEW.assessment_id)"
_FIRST_ACT = f"{Of.ASSESSMENT}:open:{Part.APPLICANT}:>{AssessmentState.DRAFT}"


def rules_of_steps() -> tuple[Rule, ...]:
    return (*known_steps(), *_followed(), *_acts(), *_beginnings(), *_awards(), *_appeals())


def known_steps() -> tuple[Rule, ...]:
    """A state changes only as the table says."""
    return tuple(
        Rule(
            f"{of.value}_takes_known_steps",
            table,
            "UPDATE",
            "OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) NOT IN "
            f"({listed(sorted('>'.join(pair) for pair in pairs(of)))})",
            f"there is no such step of {of.value}",
            columns=(column,),
        )
        for of, (table, column) in _TABLES.items()
    )


def _followed() -> tuple[Rule, ...]:
    return tuple(
        Rule(
            f"a_step_of_{of.value}_follows_its_act",
            _TABLES[of][0],
            "UPDATE",
            "OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) <> "
            + newest_act("b.from_state || '>' || b.to_state", case=case, of=f"'{of.value}'", without="''"),
            "no act stands behind this step",
            columns=("assessment_act.of",),
        )
        for of, case in _WITH_ACTS.items()
    )


def _acts() -> tuple[Rule, ...]:
    known = sorted(
        f"{row.of}:{row.act}:{row.part}:{row.before}>{row.after}" for row in TRANSITIONS if row.of in _WITH_ACTS
    )
    at_first = f"CASE NEW.\"of\" WHEN '{Of.CERTIFICATE}' THEN '{CertificateState.VALID}' ELSE '' END"
    return (
        Rule(
            "an_act_is_one_of_the_table",
            _ACT,
            "INSERT",
            "(NEW.\"of\" || ':' || NEW.act || ':' || NEW.part || ':' || NEW.from_state || '>' || NEW.to_state) NOT IN "
            f"({listed((_FIRST_ACT, *known))})",
            "there is no such act",
            columns=("assessment_act.part", "assessment_act.of"),
        ),
        Rule(
            "an_act_begins_where_the_last_one_ended",
            _ACT,
            "INSERT",
            "NEW.from_state <> " + newest_act("b.to_state", case="NEW.assessment_id", of='NEW."of"', without=at_first),
            "the case is in another state",
            columns=("assessment_act.of",),
        ),
    )


def _beginnings() -> tuple[Rule, ...]:
    """Nothing is written at its end, and no certificate but that of a case that was certified, on what was decided."""
    decided = (
        f"EXISTS (SELECT 1 FROM {_CASE} a WHERE a.id = NEW.assessment_id AND a.state = '{AssessmentState.CERTIFIED}' "
        "AND a.result_id = NEW.result_id AND a.decider_id = NEW.decided_by_id)"
    )
    return (
        Rule(
            "a_case_begins_as_a_draft",
            _CASE,
            "INSERT",
            f"NEW.state <> '{AssessmentState.DRAFT}' OR NEW.submissions <> 0 OR NEW.result_id IS NOT NULL "
            "OR NEW.submitted_by_id IS NOT NULL OR NEW.assessor_id IS NOT NULL OR NEW.reviewer_id IS NOT NULL "
            "OR NEW.decider_id IS NOT NULL",
            "a case begins as a draft",
            columns=("assessment_assessment.submissions",),
        ),
        Rule(
            "a_certificate_follows_the_decision",
            _CERTIFICATE,
            "INSERT",
            f"NEW.state <> '{CertificateState.VALID}' OR NOT {decided}",
            "no decision to certify stands behind this certificate",
            columns=("assessment_assessment.decider_id",),
        ),
        Rule(
            "of_a_centre_one_certificate_stands",
            _CERTIFICATE,
            "INSERT",
            _another_stands(),
            "another certificate of this centre stands",
            columns=("assessment_assessment.centre_id",),
            holds=(_CENTRE,),
        ),
        Rule(
            "none_comes_back_beside_another_certificate",
            _CERTIFICATE,
            "UPDATE",
            f"{_comes_back()} AND {_another_stands()}",
            "another certificate of this centre stands",
            columns=("assessment_assessment.centre_id",),
            holds=(f"CASE WHEN {_comes_back()} THEN {_CENTRE} END",),
        ),
        Rule(
            "a_finding_begins_open",
            "assessment_finding",
            "INSERT",
            f"NEW.state <> '{FindingState.OPEN}'",
            "a finding begins open",
        ),
        Rule(
            "a_dispute_begins_received",
            "assessment_dispute",
            "INSERT",
            f"NEW.state <> '{DisputeState.RECEIVED}' OR NEW.handler_id IS NOT NULL",
            "a dispute begins received",
        ),
    )


def _comes_back() -> str:
    return f"NEW.state IN ({listed(STANDING)}) AND OLD.state NOT IN ({listed(STANDING)})"


def _another_stands() -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_CERTIFICATE} c JOIN {_CASE} a ON a.id = c.assessment_id "
        f"JOIN {_CASE} b ON b.id = NEW.assessment_id AND b.centre_id = a.centre_id "
        f"WHERE c.number <> NEW.number AND c.state IN ({listed(STANDING)}))"
    )


def _awards() -> tuple[Rule, ...]:
    open_major = (
        "EXISTS (SELECT 1 FROM assessment_finding f WHERE f.assessment_id = NEW.id "
        f"AND f.severity = '{Severity.MAJOR}' "
        f"AND f.state NOT IN ({listed((FindingState.CLOSED, FindingState.RETRACTED))}))"
    )
    return (
        Rule(
            "no_certificate_with_an_open_major_finding",
            _CASE,
            "UPDATE",
            f"OLD.state <> NEW.state AND NEW.state IN ({listed(AWARDED)}) AND {open_major}",
            "a major finding is open",
            columns=("assessment_finding.severity", "assessment_assessment.kind"),
        ),
        Rule(
            "no_award_from_a_pre_assessment",
            _CASE,
            "UPDATE",
            f"NEW.kind = '{Kind.PRE_ASSESSMENT}' AND NEW.state IN ({listed(AWARDED)})",
            "a pre-assessment ends in a statement",
            columns=("assessment_assessment.kind",),
        ),
        Rule(
            "a_pinned_case_stays_pinned",
            _CASE,
            "UPDATE",
            "OLD.edition_id <> NEW.edition_id OR OLD.centre_id <> NEW.centre_id OR OLD.kind <> NEW.kind "
            "OR OLD.procedure <> NEW.procedure OR OLD.notice_days <> NEW.notice_days OR OLD.rating <> NEW.rating "
            "OR OLD.opened_by_id <> NEW.opened_by_id",
            "centre, edition and procedure are pinned when a case is opened",
            columns=("assessment_assessment.procedure", "assessment_assessment.rating"),
        ),
    )


def _appeals() -> tuple[Rule, ...]:
    """A case is reopened by what was upheld against its decision. What stopped a certificate and was appealed against
    with success is for a decider, and for nobody else.
    """
    decided = (
        f"(SELECT MAX(b.at) FROM {_ACT} b WHERE b.assessment_id = NEW.assessment_id AND b.\"of\" = '{Of.ASSESSMENT}')"
    )
    against = (
        f"((d.kind = '{DisputeKind.OBJECTION}' AND NEW.from_state = '{AssessmentState.ANNOUNCED}') "
        f"OR (d.kind = '{DisputeKind.APPEAL}' AND NEW.from_state <> '{AssessmentState.ANNOUNCED}' "
        f"AND d.lodged_at > {decided}))"
    )
    upheld = (
        f"EXISTS (SELECT 1 FROM {_CERTIFICATE} k WHERE k.assessment_id = NEW.assessment_id AND k.upheld_on IS NOT NULL)"
    )
    stopped = (
        f"(SELECT MAX(b.at) FROM {_ACT} b WHERE b.assessment_id = NEW.assessment_id AND b.\"of\" = '{Of.CERTIFICATE}' "
        f"AND b.from_state = '{CertificateState.VALID}' "
        f"AND b.to_state IN ({listed((CertificateState.SUSPENDED, CertificateState.WITHDRAWN))}))"
    )
    return (
        Rule(
            "a_case_is_reopened_by_what_was_upheld",
            _ACT,
            "INSERT",
            "NEW.act = 'reconsider' AND NOT EXISTS (SELECT 1 FROM assessment_dispute d "
            f"WHERE d.assessment_id = NEW.assessment_id AND d.state = '{DisputeState.UPHELD}' "
            f"AND d.ended_at > {decided} AND {against})",
            "nothing was upheld against this decision",
            columns=("assessment_dispute.lodged_by_id", "assessment_act.of"),
        ),
        Rule(
            "a_withdrawn_certificate_comes_back_by_an_upheld_appeal",
            _ACT,
            "INSERT",
            f"NEW.\"of\" = '{Of.CERTIFICATE}' AND NEW.act = 'restore' "
            f"AND NEW.from_state = '{CertificateState.WITHDRAWN}' AND NOT {upheld}",
            "no appeal against the withdrawal was upheld",
            columns=("assessment_certificate.upheld_on", "assessment_act.of"),
        ),
        Rule(
            "the_calendar_waits_where_an_appeal_was_upheld",
            _ACT,
            "INSERT",
            f"NEW.act IN ('warn', 'withdraw_late') AND {upheld}",
            "a decider acts on this certificate first",
            columns=("assessment_certificate.upheld_on", "assessment_act.of"),
        ),
        Rule(
            "an_appeal_is_upheld_before_it_has_effect",
            _CERTIFICATE,
            "UPDATE",
            "OLD.upheld_on IS NULL AND NEW.upheld_on IS NOT NULL AND NOT EXISTS (SELECT 1 FROM assessment_dispute d "
            f"WHERE d.assessment_id = NEW.assessment_id AND d.kind = '{DisputeKind.APPEAL}' "
            f"AND d.state = '{DisputeState.UPHELD}' AND d.lodged_at > {stopped})",
            "no appeal against what stopped this certificate was upheld",
            columns=("assessment_certificate.upheld_on", "assessment_dispute.lodged_by_id", "assessment_act.of"),
        ),
        pinned(
            "an_upheld_appeal_waits_for_a_decider",
            _CERTIFICATE,
            "upheld_on",
            once="OLD.upheld_on IS NOT NULL AND NEW.state = OLD.state",
            message="a decider acts on this certificate first",
        ),
    )


def newest_act(said: str, *, case: str, of: str, without: str) -> str:
    """What the newest act of a case, or of its certificate, says; `without` where there is none yet."""
    return (
        f'COALESCE((SELECT {said} FROM {_ACT} b WHERE b.assessment_id = {case} AND b."of" = {of} '
        f"ORDER BY b.id DESC LIMIT 1), {without})"
    )
