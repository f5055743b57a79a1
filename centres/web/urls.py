"""Signing out, people and invitations, profiles. A centre's own page shows its result: `assessment.web`."""

from django.urls import path

from centres.web import account, people, views

app_name = "centres"
urlpatterns = [
    path("sign-in/", account.SignIn.as_view(), name="sign_in"),
    path("sign-out/", account.SignOut.as_view(), name="sign_out"),
    path("people/", people.of_body, name="staff"),
    path("invitations/<str:token>/", people.accept, name="invitation"),
    path("centres/<slug:slug>/people/", people.of_centre, name="people"),
    path("centres/<slug:slug>/profile/", views.profile, name="profile"),
    path("centres/<slug:slug>/profile/yaml/", views.profile_yaml, name="profile_yaml"),
]
