"""Which parts of a case are for others than whoever took one before: the services ask it, and the database."""

from __future__ import annotations

from assessment.casework.states import AssessmentState, Part
from assessment.services.chain.table import JUDGING

INDEPENDENT = (Part.REGISTRAR, *JUDGING)
JUDGES_THE_EVALUATION = (Part.REVIEWER, Part.DECIDER)
# By the state an upheld appeal or objection reopens a case in: who has judged what is looked at anew there, and does so
# no more (ISO/IEC 17065, 7.13).
JUDGED_UNTIL = {AssessmentState.UNDER_REVIEW: (Part.REGISTRAR,), AssessmentState.EVALUATED: JUDGES_THE_EVALUATION}
