"""The task app. The broker only rings; what is to be done stands in `operations.models.Job`."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TRANSPORT_ALIASES["folder"] = "config.broker:Transport"

app = Celery("zhiheng")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect  # type: ignore[untyped-decorator]  # the package has no types
def settle(**_: Any) -> None:
    """What is loaded by now stays: no collection has to walk through it while a job is done."""
    gc.collect()
    gc.freeze()
