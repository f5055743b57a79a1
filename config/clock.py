"""The app of the sweep's clock: it rings for what is due and does no work, so it loads no task and no model."""

import os

from celery import Celery
from celery.loaders.app import AppLoader
from django.conf import settings
from django.utils.log import configure_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class NoTasks(AppLoader):  # type: ignore[misc]  # the package has no types
    def import_default_modules(self) -> None:
        """Nothing: tasks are known to the clock by their names."""


app = Celery("zhiheng-clock", loader="config.clock:NoTasks")
app.config_from_object("django.conf:settings", namespace="CELERY")
configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
