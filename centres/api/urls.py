from django.urls import path

from centres.api.invitations import AcceptInvitation, InvitationDetail, Invitations, Member, Members
from centres.api.people import Declarations, Links, SecondFactorResets
from centres.api.tokens import Tokens
from centres.api.views import CentreDetail, Centres, JobDetail, Profile

urlpatterns = [
    path("tokens/", Tokens.as_view(), name="tokens"),
    path("centres/", Centres.as_view(), name="centres"),
    path("centres/<slug:slug>/", CentreDetail.as_view(), name="centre"),
    path("centres/<slug:slug>/profile/", Profile.as_view(), name="profile"),
    path("declarations/", Declarations.as_view(), name="declarations"),
    path("people/links/", Links.as_view(), name="links"),
    path("people/second-factor-resets/", SecondFactorResets.as_view(), name="second_factor_resets"),
    path("invitations/", Invitations.as_view(), name="invitations"),
    path("invitations/accept/", AcceptInvitation.as_view(), name="accept_invitation"),
    path("invitations/<uuid:pk>/", InvitationDetail.as_view(), name="invitation"),
    path("centres/<slug:slug>/people/", Members.as_view(), name="members"),
    path("centres/<slug:slug>/people/<str:username>/", Member.as_view(), name="member"),
    path("jobs/<uuid:pk>/", JobDetail.as_view(), name="job"),
]
