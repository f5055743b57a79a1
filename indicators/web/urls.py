"""Pages of the rubric: reading is open to everybody, drafting and publishing to those whose work it is."""

from django.urls import path

from indicators.web import life, views

app_name = "indicators"
urlpatterns = [
    path("rubrics/", views.rubrics, name="rubrics"),
    path("rubrics/upload/", life.upload, name="upload"),
    path("rubrics/<str:rubric>/<str:edition>/", views.rubric, name="rubric"),
    path("rubrics/<str:rubric>/<str:edition>/life/", life.life_of, name="life"),
    path("rubrics/<str:rubric>/<str:edition>/<str:code>/", views.indicator, name="indicator"),
]
