from django.urls import path

from evidence.api.maps import ColumnMapDetail, ColumnMaps, ColumnMapVersions, MapPreview, MapProposal, Reread
from evidence.api.uploads import UploadDetail, UploadDoor
from evidence.api.versions import CountAgain, TellApart
from evidence.api.views import (
    EvidenceAnnotated,
    EvidenceContent,
    EvidenceDetail,
    EvidenceDoor,
    EvidenceLines,
    EvidenceTemplate,
)

urlpatterns = [
    path("evidence/", EvidenceDoor.as_view(), name="evidence_door"),
    path("evidence/templates/<slug:name>.<slug:ending>", EvidenceTemplate.as_view(), name="evidence_template"),
    path("evidence/<uuid:pk>/", EvidenceDetail.as_view(), name="evidence"),
    path("evidence/<uuid:pk>/count-again/", CountAgain.as_view(), name="evidence_count_again"),
    path("evidence/<uuid:pk>/tell-apart/", TellApart.as_view(), name="evidence_tell_apart"),
    path("evidence/<uuid:pk>/content/", EvidenceContent.as_view(), name="evidence_content"),
    path("evidence/<uuid:pk>/annotated/", EvidenceAnnotated.as_view(), name="evidence_annotated"),
    path("evidence/<uuid:pk>/lines/", EvidenceLines.as_view(), name="evidence_lines"),
    path("uploads/", UploadDoor.as_view(), name="upload_door"),
    path("uploads/<uuid:pk>/", UploadDetail.as_view(), name="upload"),
    path("evidence/<uuid:pk>/proposal/", MapProposal.as_view(), name="map_proposal"),
    path("evidence/<uuid:pk>/preview/", MapPreview.as_view(), name="map_preview"),
    path("evidence/<uuid:pk>/reread/", Reread.as_view(), name="reread"),
    path("centres/<slug:slug>/maps/", ColumnMaps.as_view(), name="column_maps"),
    path("centres/<slug:slug>/maps/<slug:name>/", ColumnMapVersions.as_view(), name="column_map"),
    path("centres/<slug:slug>/maps/<slug:name>/<int:number>/", ColumnMapDetail.as_view(), name="column_map_version"),
]
