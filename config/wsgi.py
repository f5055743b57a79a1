"""What gunicorn serves."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from operations.http.charset import Utf8Text
from operations.http.chunked import ChunkedBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if settings.SECRET_KEY_IS_TEMPORARY:
    raise ImproperlyConfigured(
        "There is no secret key yet: run `manage.py prepare` once, or set ZHIHENG_SECRET_KEY (or …_FILE)."
    )

application = Utf8Text(
    ChunkedBodies(get_wsgi_application(), limit=settings.BODY_LIMIT, streamed=settings.STREAMED_PATHS)
)
