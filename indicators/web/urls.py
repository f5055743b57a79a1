"""Pages of the rubric, open to everybody."""

from django.urls import path

from indicators.web import views

app_name = "indicators"
urlpatterns = [
    path("rubrics/", views.rubrics, name="rubrics"),
    path("rubrics/<slug:rubric>/<str:edition>/", views.rubric, name="rubric"),
]
