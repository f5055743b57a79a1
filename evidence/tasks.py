import datetime as dt

from celery import shared_task

from evidence import store
from evidence.services.parse_evidence import mark_unreadable, parse_evidence
from evidence.services.resume_upload import FINISH, finish_upload, mark_unfinished, sweep_uploads
from operations import jobs

LEFT_BEHIND_AFTER = dt.timedelta(days=1)  # longer than any upload or reading takes


@shared_task(name="evidence.parse")
def parse(job_id: str) -> bool:
    return jobs.perform(job_id, parse_evidence, when_set_aside=mark_unreadable)


@shared_task(name=FINISH)
def finish(job_id: str) -> bool:
    return jobs.perform(job_id, finish_upload, when_set_aside=mark_unfinished)


@shared_task(name="evidence.tidy")
def tidy() -> None:
    store.tidy(older_than=LEFT_BEHIND_AFTER)
    sweep_uploads()
