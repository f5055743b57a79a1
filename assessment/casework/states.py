"""The closed words of a case: states, kinds, procedures, and the parts people take in it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AssessmentState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    UNDER_REVIEW = "under_review", _("application under review")
    ACCEPTED = "accepted", _("application accepted")
    DECLINED = "declined", _("application declined")
    IN_EVALUATION = "in_evaluation", _("in evaluation")
    EVALUATED = "evaluated", _("evaluated")
    REVIEWED = "reviewed", _("reviewed")
    ANNOUNCED = "announced", _("open to objections")
    CERTIFIED = "certified", _("certified")
    REFUSED = "refused", _("refused")
    STATED = "stated", _("statement issued")
    DISCONTINUED = "discontinued", _("discontinued")


# The decision to certify was taken.
AWARDED = (AssessmentState.ANNOUNCED, AssessmentState.CERTIFIED)
# Nothing is due in these any more; a centre may apply anew.
OVER = (
    AssessmentState.DECLINED,
    AssessmentState.CERTIFIED,
    AssessmentState.REFUSED,
    AssessmentState.STATED,
    AssessmentState.DISCONTINUED,
)
# The centre is asked about figures in these: what is reviewed and decided on was there to be read.
EXPLAINED_IN = (
    AssessmentState.SUBMITTED,
    AssessmentState.UNDER_REVIEW,
    AssessmentState.ACCEPTED,
    AssessmentState.IN_EVALUATION,
)


class Kind(models.TextChoices):
    """What a case ends in. A pre-assessment (预评价) ends in a statement without grade, rank or certificate."""

    CERTIFICATION = "certification", _("certification")
    RENEWAL = "renewal", _("renewal")
    PRE_ASSESSMENT = "pre_assessment", _("pre-assessment")


class SchemeType(models.TextChoices):
    """What the scheme awards: 评价, or 认证 where the body is accredited to certify."""

    ASSESSMENT = "assessment", _("assessment")
    CERTIFICATION = "certification", _("certification")


class Procedure(models.TextChoices):
    """`full` has a review of the application, assigned assessors and a plan; in `express` evaluation contains them."""

    FULL = "full", _("full")
    EXPRESS = "express", _("express")


# Assessors are at work in these: they rule on figures, visit the site and write down what they saw. Before, the package
# may still be returned; afterwards it is judged by what was written.
EVALUATED_IN = {
    Procedure.FULL: (AssessmentState.IN_EVALUATION,),
    Procedure.EXPRESS: (AssessmentState.SUBMITTED, AssessmentState.IN_EVALUATION),
}
# The package is settled in these: cards of it are drawn, and visits arranged.
PREPARED_IN = {
    Procedure.FULL: (AssessmentState.ACCEPTED, AssessmentState.IN_EVALUATION),
    Procedure.EXPRESS: EVALUATED_IN[Procedure.EXPRESS],
}
_IN_FULL = (
    AssessmentState.ACCEPTED,
    AssessmentState.IN_EVALUATION,
    AssessmentState.EVALUATED,
    AssessmentState.REVIEWED,
)
# When an agreement is signed: from the review of the application, or where there is none from the submission, until
# the decision.
SIGNED_IN = {Procedure.FULL: _IN_FULL, Procedure.EXPRESS: (AssessmentState.SUBMITTED, *_IN_FULL)}


class RatingRule(models.TextChoices):
    """Whether the evaluation rules on every indicator, and whether judged levels need two who do not see each other.

    `none` is what cases have that were opened before there was a desk.
    """

    NONE = "none", _("no ratings of indicators")
    SINGLE = "single", _("every indicator is ruled on")
    DOUBLE = "double", _("judged levels are rated twice, blind")


class Part(models.TextChoices):
    """What somebody is in one case; a natural person is one of these in it, whatever accounts they use."""

    APPLICANT = "applicant", _("applicant")
    REGISTRAR = "registrar", _("registrar")
    ASSESSOR = "assessor", _("assessor")
    REVIEWER = "reviewer", _("reviewer")
    DECIDER = "decider", _("decider")
    APPEAL_HANDLER = "appeal_handler", _("appeal handler")
    SYSTEM = "system", _("the platform itself")


class CertificateState(models.TextChoices):
    VALID = "valid", _("valid")
    SUSPENDED = "suspended", _("suspended")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")
    TERMINATED = "terminated", _("cancelled")


# In these a certificate is watched over; the others have ended it.
STANDING = (CertificateState.VALID, CertificateState.SUSPENDED)


class Severity(models.TextChoices):
    MAJOR = "major", _("major nonconformity")
    MINOR = "minor", _("minor nonconformity")
    OBSERVATION = "observation", _("observation")


class FindingState(models.TextChoices):
    OPEN = "open", _("open")
    ANSWERED = "answered", _("answered")
    ACCEPTED = "accepted", _("corrective action accepted")
    CLOSED = "closed", _("closed")
    RETRACTED = "retracted", _("retracted")


class Seat(models.TextChoices):
    """Whose rating of an indicator it is."""

    FIRST = "first", _("first rating")
    SECOND = "second", _("second rating")
    ADJUDICATION = "adjudication", _("adjudication")


class RatingState(models.TextChoices):
    OPEN = "open", _("to do")
    ACCEPTED = "accepted", _("figure accepted")
    DISPUTED = "disputed", _("figure not accepted")
    NOT_APPLICABLE = "not_applicable", _("not applicable")
    APPROVED = "approved", _("not applicable, reason approved")
    JUDGED = "judged", _("level judged")
    PROPOSED = "proposed", _("level proposed")


class DisputeKind(models.TextChoices):
    COMPLAINT = "complaint", _("complaint")
    APPEAL = "appeal", _("appeal")
    OBJECTION = "objection", _("objection")


class DisputeState(models.TextChoices):
    RECEIVED = "received", _("received")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    UPHELD = "upheld", _("upheld")
    DISMISSED = "dismissed", _("dismissed")
