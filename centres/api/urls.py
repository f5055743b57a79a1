from django.urls import path

from centres.api.people import Competences, Declarations, Links
from centres.api.tokens import Tokens
from centres.api.views import CentreDetail, Centres, JobDetail, Profile

urlpatterns = [
    path("tokens/", Tokens.as_view(), name="tokens"),
    path("centres/", Centres.as_view(), name="centres"),
    path("centres/<slug:slug>/", CentreDetail.as_view(), name="centre"),
    path("centres/<slug:slug>/profile/", Profile.as_view(), name="profile"),
    path("declarations/", Declarations.as_view(), name="declarations"),
    path("competences/", Competences.as_view(), name="competences"),
    path("people/links/", Links.as_view(), name="links"),
    path("jobs/<uuid:pk>/", JobDetail.as_view(), name="job"),
]
