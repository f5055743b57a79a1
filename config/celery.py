"""The task app. The broker only rings; what is to be done stands in `operations.models.Job`."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TRANSPORT_ALIASES["folder"] = "config.broker:Transport"

app = Celery("zhiheng")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
