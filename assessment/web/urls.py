"""Pages of results, certificates and the acts that lead to them."""

from django.urls import path

from assessment.web import views

app_name = "assessment"
urlpatterns = [
    path("", views.home, name="home"),
    path("my/", views.mine, name="mine"),
    path("centres/<slug:slug>/", views.centre, name="centre"),
    path("centres/<slug:slug>/result/", views.result, name="result"),
    path("centres/<slug:slug>/result/<str:code>/", views.trace, name="trace"),
    path("assessments/<uuid:pk>/", views.acts, name="assessment"),
    path("certificates/", views.verify, name="verify"),
    path("certificates/<str:number>/", views.certificate, name="certificate"),
    path("certificates/<str:number>/pdf/", views.certificate_pdf, name="certificate_pdf"),
]
