"""The API, `/api/v1/`, all of it under the name space `api`."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

app_name = "api"
urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("", include("centres.api.urls")),
    path("", include("evidence.api.urls")),
    path("", include("indicators.api.urls")),
    path("", include("assessment.api.urls")),
]
