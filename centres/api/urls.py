from django.urls import path

from centres.api.tokens import Tokens
from centres.api.views import CentreDetail, Centres, JobDetail, Profile

urlpatterns = [
    path("tokens/", Tokens.as_view(), name="tokens"),
    path("centres/", Centres.as_view(), name="centres"),
    path("centres/<slug:slug>/", CentreDetail.as_view(), name="centre"),
    path("centres/<slug:slug>/profile/", Profile.as_view(), name="profile"),
    path("jobs/<uuid:pk>/", JobDetail.as_view(), name="job"),
]
