"""Pages of evidence."""

from django.urls import path

from evidence.web import formats, maps, views

app_name = "evidence"
urlpatterns = [
    path("centres/<slug:slug>/evidence/upload/", views.upload, name="upload"),
    path("evidence/<uuid:pk>/", views.evidence, name="evidence"),
    path("evidence/<uuid:pk>/count-again/", views.count_version_again, name="count_again"),
    path("evidence/<uuid:pk>/tell-apart/", views.tell_versions_apart, name="tell_apart"),
    path("evidence/<uuid:pk>/content/", views.content, name="content"),
    path("evidence/<uuid:pk>/annotated/", views.annotated, name="annotated"),
    path("evidence/<uuid:pk>/map/", maps.map_columns, name="map_columns"),
    path("centres/<slug:slug>/maps/", maps.saved_maps, name="saved_maps"),
    path("centres/<slug:slug>/maps/<slug:name>/<int:number>/", maps.saved_map, name="saved_map"),
    path("formats/<slug:name>/", formats.format_page, name="format"),
    path("jobs/<uuid:pk>/", views.progress, name="progress"),
]
