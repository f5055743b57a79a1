from django.urls import path

from indicators.api.views import EditionDetail, Editions, Propose, Publish, Return

urlpatterns = [
    path("editions/", Editions.as_view(), name="editions"),
    path("editions/<str:rubric>/<str:edition>/", EditionDetail.as_view(), name="edition"),
    path("editions/<str:rubric>/<str:edition>/propose/", Propose.as_view(), name="propose_edition"),
    path("editions/<str:rubric>/<str:edition>/return/", Return.as_view(), name="return_edition"),
    path("editions/<str:rubric>/<str:edition>/publish/", Publish.as_view(), name="publish_edition"),
]
