"""Work of this app that outlives a request. Each task takes a job's id, may run twice and calls one service."""

from __future__ import annotations

from celery import shared_task

from assessment.models import Assessment, StoredResult
from assessment.services.board import make_report as reports
from assessment.services.certificates import calendar as certificate_calendar
from assessment.services.certificates import issue as certificates
from assessment.services.editions import try_edition as trials
from assessment.services.results import explain as explaining
from assessment.services.results import score as scoring
from centres.models import Centre
from core.text import Text
from operations.jobs import Progress, perform

_SCORING = Text(zh="正在计量和评分", en="measuring and scoring")
_EXPLAINING = Text(zh="正在分析结果", en="finding out what would lift the result")
_PRINTING = Text(zh="正在排版", en="laying out the paper")
_TRYING = Text(zh="正在运行用例", en="running the worked cases")


@shared_task(name=scoring.TASK)
def score_centre(job_id: str) -> bool:
    return perform(job_id, _score)


@shared_task(name=explaining.TASK, patient=True)
def explain_result(job_id: str) -> bool:
    return perform(job_id, _explain)


@shared_task(name=certificates.TASK)
def issue_certificate(job_id: str) -> bool:
    return perform(job_id, _issue)


@shared_task(name=reports.TASK)
def make_report(job_id: str) -> bool:
    return perform(job_id, _report)


@shared_task(name=trials.TASK)
def try_edition(job_id: str) -> bool:
    return perform(job_id, _try)


@shared_task(name="assessment.keep_certificates")
def keep_certificates() -> None:
    """What the calendar brings about; taken twice it finds nothing the second time."""
    certificate_calendar.keep_terms()


def _score(*, centre: str, progress: Progress, assessment: str | None = None) -> None:
    progress(0.1, _SCORING)
    case = None if assessment is None else _case(assessment)
    stored = scoring.score_centre(Centre.objects.get(slug=centre)) if case is None else scoring.score_package(case)
    if stored is not None and explaining.rests_on_files(stored):
        explaining.explain_later(stored, assessment=case)


def _explain(*, progress: Progress, result: int | None = None, assessment: str | None = None) -> None:
    """Of jobs queued before results were named, the case's own result, unless it went back to the applicant."""
    progress(0.1, _EXPLAINING)
    case = None if assessment is None else _case(assessment)
    if result is None and case is not None:
        result = case.result_id
    if result is not None:
        stored = StoredResult.objects.select_related("centre").get(pk=result)
        explaining.explain(stored, assessment=case)


def _case(pk: str) -> Assessment:
    return Assessment.objects.select_related("profile_version", "edition").get(pk=pk)


def _issue(*, number: str, progress: Progress) -> None:
    progress(0.1, _PRINTING)
    certificates.make_certificate(number)


def _report(*, report: str, progress: Progress) -> None:
    progress(0.1, _PRINTING)
    reports.make_report_papers(report)


def _try(*, digest: str, progress: Progress) -> None:
    progress(0.1, _TRYING)
    trials.try_edition(digest)
