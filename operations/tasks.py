from celery import shared_task

from operations import jobs


@shared_task(name="operations.sweep")
def sweep() -> None:
    jobs.sweep()
