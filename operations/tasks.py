from celery import shared_task

from operations import jobs


@shared_task(name=jobs.BELL)
def work(job_id: str) -> None:
    """`job_id` is who rang, for the log; whose turn it is stands in the rows."""
    jobs.answer_the_bell()


@shared_task(name="operations.sweep")
def sweep() -> None:
    jobs.sweep()
