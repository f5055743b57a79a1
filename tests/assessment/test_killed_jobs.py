"""A worker dies while it scores or lays out a paper, and the next one comes to the same."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from assessment import tasks
from assessment.models import Assessment, Certificate, StoredResult
from assessment.services.application.submit import submit
from assessment.services.certificates import issue as papers
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from centres.models import Person
from operations import jobs
from operations.models import Job, JobState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("measured")]


def killed(job: Job) -> str:
    """As a worker leaves it that was killed in the middle: leased, and the lease run out."""
    ran_out = timezone.now() - dt.timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state=JobState.LEASED, leased_until=ran_out, attempts=1)
    return str(job.pk)


def queued_paper(certificate: Certificate) -> Job:
    return jobs.enqueue(papers.TASK, subject=f"certificate/{certificate.pk}", number=certificate.pk)


@pytest.mark.torture("T38", "scoring", "PDF making", "delivered twice", "equal to an undisturbed run")
def test_scoring_and_the_paper_are_equal_to_those_of_an_undisturbed_run(
    assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    case = submit(assessment, person=olu)
    assert case.job is not None
    scoring = killed(case.job)
    assert tasks.score_centre(scoring)
    first = Assessment.objects.get().result
    assert first is not None
    assert not tasks.score_centre(scoring), "the same task delivered twice"
    Assessment.objects.update(result=None)
    assert tasks.score_centre(killed(jobs.enqueue(case.job.task, subject=case.subject, **case.job.arguments)))
    assert (Assessment.objects.get().result, StoredResult.objects.count()) == (first, 1)

    evaluate(case, person=ana, reason="x")
    review(case, person=ravi, reason="x")
    decide(case, person=deng, certify=True, reason="x")
    certificate = Certificate.objects.get()
    assert tasks.issue_certificate(str(certificate.job_id))
    undisturbed = Certificate.objects.get().pdf_sha256
    assert undisturbed
    Certificate.objects.update(pdf_sha256="")
    again = killed(queued_paper(certificate))
    assert tasks.issue_certificate(again)
    assert not tasks.issue_certificate(again)
    assert Certificate.objects.get().pdf_sha256 == undisturbed
