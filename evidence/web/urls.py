"""Pages of evidence."""

from django.urls import path

from evidence.web import views

app_name = "evidence"
urlpatterns = [
    path("centres/<slug:slug>/evidence/upload/", views.upload, name="upload"),
    path("evidence/<uuid:pk>/", views.evidence, name="evidence"),
    path("evidence/<uuid:pk>/content/", views.content, name="content"),
    path("jobs/<uuid:pk>/", views.progress, name="progress"),
]
