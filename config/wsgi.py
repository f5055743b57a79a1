"""What gunicorn serves."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from core.garbage import freeze_what_is_loaded, nothing_collected
from operations.http.charset import Utf8Text
from operations.http.chunked import ChunkedBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if settings.SECRET_KEY_IS_TEMPORARY:
    raise ImproperlyConfigured(
        "There is no secret key yet: run `manage.py prepare` once, or set ZHIHENG_SECRET_KEY (or …_FILE)."
    )

with nothing_collected():
    django = get_wsgi_application()
    get_resolver().url_patterns  # noqa: B018  (read before the first request, and once for all workers that are forked)
freeze_what_is_loaded()
application = Utf8Text(ChunkedBodies(django, limit=settings.BODY_LIMIT, streamed=settings.STREAMED_PATHS))
