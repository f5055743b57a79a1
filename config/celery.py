"""The task app. The broker only rings; what is to be done stands in `operations.models.Job`."""

import gc
import os
from typing import Any

from celery import Celery
from celery.loaders.app import AppLoader
from celery.signals import worker_process_init
from kombu.transport import TRANSPORT_ALIASES

from core.garbage import nothing_collected

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class Undisturbed(AppLoader):  # type: ignore[misc]  # the package has no types
    def import_default_modules(self) -> Any:
        """Django, the apps and their tasks, without looking for garbage meanwhile."""
        with nothing_collected():
            return super().import_default_modules()


TRANSPORT_ALIASES["folder"] = "config.broker:Transport"

app = Celery("zhiheng", loader="config.celery:Undisturbed")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect  # type: ignore[untyped-decorator]  # the package has no types
def settle(**_: Any) -> None:
    """What is loaded by now stays: no collection has to walk through it while a job is done."""
    gc.collect()
    gc.freeze()
