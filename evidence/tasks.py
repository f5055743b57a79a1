from celery import shared_task

from evidence.services.parse_evidence import mark_unreadable, parse_evidence
from operations import jobs


@shared_task(name="evidence.parse")
def parse(job_id: str) -> None:
    jobs.perform(job_id, parse_evidence, when_set_aside=mark_unreadable)
