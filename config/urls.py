"""Every door. Each app brings its own; the API lives under one prefix."""

from django.contrib import admin
from django.urls import include, path

from operations.api.health import alive, ready

urlpatterns = [
    path("healthz", alive, name="alive"),
    path("readyz", ready, name="ready"),
    path("api/v1/", include("config.api_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("", include("assessment.web.urls")),
    path("", include("centres.web.account_urls")),
    path("", include("centres.web.urls")),
    path("", include("evidence.web.urls")),
    path("", include("indicators.web.urls")),
]
