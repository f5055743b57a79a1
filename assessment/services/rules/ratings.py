"""What the database refuses of ratings whoever writes them; the services say it earlier and in words."""

from __future__ import annotations

from assessment.casework.states import EVALUATED_IN, AssessmentState, Part, RatingState, Seat
from assessment.services.rules.procedures import case_in, in_its_procedure
from operations.rules_in_database import Rule, listed

_RATING, _VERSION = "assessment_rating", "assessment_ratingversion"
_COLUMNS = ("assessment_rating.seat", "assessment_ratingversion.act", "assessment_assessment.rating")
_S = AssessmentState
_OF_REVIEWER = "('approve_reason', 'refuse_reason')"


def rules_of_ratings() -> tuple[Rule, ...]:
    return (*_life(), *_people(), _settled())


def _life() -> tuple[Rule, ...]:
    """A rating begins open; its versions are kept; it is saved while the case is evaluated and not afterwards."""
    case = "(SELECT r.assessment_id FROM assessment_rating r WHERE r.id = NEW.rating_id)"
    in_review = f"EXISTS (SELECT 1 FROM assessment_assessment a WHERE a.id = {case} AND a.state = '{_S.EVALUATED}')"
    both_open = (
        "EXISTS (SELECT 1 FROM assessment_rating o WHERE o.assessment_id = NEW.assessment_id AND o.node = NEW.node "
        f"AND o.id <> NEW.id AND o.seat IN ({listed(_BLIND)}) AND o.state <> '{RatingState.OPEN}')"
    )
    return (
        Rule(
            "a_rating_begins_open",
            _RATING,
            "INSERT",
            f"NEW.state <> '{RatingState.OPEN}'",
            "a rating begins open",
            columns=_COLUMNS,
        ),
        Rule(
            "a_version_of_a_rating_is_kept",
            _VERSION,
            "UPDATE",
            "1 = 1",
            "such rows are only added, never changed",
            columns=_COLUMNS,
        ),
        Rule(
            "ratings_are_saved_during_the_evaluation",
            _VERSION,
            "INSERT",
            f"(NEW.act NOT IN {_OF_REVIEWER} AND NOT {case_in(EVALUATED_IN, case=case)}) OR "
            f"(NEW.act IN {_OF_REVIEWER} AND NOT {in_review})",
            "the case is not in evaluation",
            columns=_COLUMNS,
        ),
        Rule(
            "what_both_rated_blind_stays",
            _RATING,
            "UPDATE",
            f"OLD.seat IN ({listed(_BLIND)}) AND OLD.state <> '{RatingState.OPEN}' AND {both_open} "
            f"AND {case_in(EVALUATED_IN)} AND OLD.version <> NEW.version",
            "both blind ratings are open and change no more",
            columns=_COLUMNS,
        ),
        Rule(
            "no_rating_changes_once_it_was_reviewed",
            _RATING,
            "UPDATE",
            "NOT EXISTS (SELECT 1 FROM assessment_assessment a WHERE a.id = NEW.assessment_id "
            f"AND (a.state = '{AssessmentState.EVALUATED}' OR {in_its_procedure(EVALUATED_IN)}))",
            "the case is not in evaluation",
            columns=_COLUMNS,
        ),
        Rule(
            "a_rating_stays_in_its_seat",
            _RATING,
            "UPDATE",
            "OLD.seat <> NEW.seat OR OLD.node <> NEW.node OR OLD.assessment_id <> NEW.assessment_id",
            "a rating stays where it is",
            columns=_COLUMNS,
        ),
    )


def _people() -> tuple[Rule, ...]:
    in_the_case = (
        "EXISTS (SELECT 1 FROM assessment_rating r JOIN assessment_casepart c ON c.assessment_id = r.assessment_id "
        "JOIN centres_person p ON p.natural_person = c.natural_person WHERE r.id = NEW.rating_id "
        "AND p.id = NEW.person_id AND c.part = '{part}')"
    )
    other_seat = (
        "EXISTS (SELECT 1 FROM assessment_rating r JOIN assessment_rating o ON o.assessment_id = r.assessment_id "
        "AND o.node = r.node AND o.id <> r.id JOIN centres_person p ON p.id = o.person_id "
        "JOIN centres_person q ON q.natural_person = p.natural_person WHERE r.id = NEW.rating_id "
        f"AND q.id = NEW.person_id AND r.seat IN ({listed(_BLIND)}) AND o.seat IN ({listed(_BLIND)}))"
    )
    people = ("assessment_casepart.part", "centres_person.natural_person")
    return (
        Rule(
            "who_rates_is_an_assessor_of_the_case",
            _VERSION,
            "INSERT",
            f"(NEW.act NOT IN {_OF_REVIEWER} AND NOT {in_the_case.format(part=Part.ASSESSOR.value)}) OR "
            f"(NEW.act IN {_OF_REVIEWER} AND NOT {in_the_case.format(part=Part.REVIEWER.value)})",
            "not in this part of the case",
            columns=(*_COLUMNS, *people),
        ),
        Rule(
            "two_blind_ratings_are_of_two_people",
            _VERSION,
            "INSERT",
            f"NEW.act NOT IN {_OF_REVIEWER} AND {other_seat}",
            "one natural person in both seats",
            columns=(*_COLUMNS, *people),
        ),
    )


def _settled() -> Rule:
    open_ones = (
        "EXISTS (SELECT 1 FROM assessment_rating r WHERE r.assessment_id = NEW.id "
        f"AND r.state IN ({listed((RatingState.OPEN, RatingState.PROPOSED))}))"
    )
    return Rule(
        "no_evaluation_ends_with_an_open_rating",
        "assessment_assessment",
        "UPDATE",
        f"OLD.state IN ({listed((AssessmentState.SUBMITTED, AssessmentState.IN_EVALUATION))}) "
        f"AND NEW.state = '{AssessmentState.EVALUATED}' AND {open_ones}",
        "a rating is open",
        columns=_COLUMNS,
    )


_BLIND = (Seat.FIRST, Seat.SECOND)
