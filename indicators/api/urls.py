from django.urls import path

from indicators.api.views import EditionDetail, Editions

urlpatterns = [
    path("editions/", Editions.as_view(), name="editions"),
    path("editions/<str:rubric>/<str:edition>/", EditionDetail.as_view(), name="edition"),
]
