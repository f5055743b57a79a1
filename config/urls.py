"""Every door. Each app brings its own; the API lives under one prefix."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("config.api_urls")),
]
