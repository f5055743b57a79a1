import datetime as dt

from celery import shared_task

from evidence import store
from evidence.services.parse_evidence import mark_unreadable, parse_evidence
from operations import jobs

LEFT_BEHIND_AFTER = dt.timedelta(days=1)  # longer than any upload or reading takes


@shared_task(name="evidence.parse")
def parse(job_id: str) -> None:
    jobs.perform(job_id, parse_evidence, when_set_aside=mark_unreadable)


@shared_task(name="evidence.tidy")
def tidy() -> None:
    store.tidy(older_than=LEFT_BEHIND_AFTER)
