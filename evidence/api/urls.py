from django.urls import path

from evidence.api.uploads import UploadDetail, UploadDoor
from evidence.api.views import EvidenceContent, EvidenceDetail, EvidenceDoor, EvidenceLines, EvidenceTemplate

urlpatterns = [
    path("evidence/", EvidenceDoor.as_view(), name="evidence_door"),
    path("evidence/templates/<slug:name>.<slug:ending>", EvidenceTemplate.as_view(), name="evidence_template"),
    path("evidence/<uuid:pk>/", EvidenceDetail.as_view(), name="evidence"),
    path("evidence/<uuid:pk>/content/", EvidenceContent.as_view(), name="evidence_content"),
    path("evidence/<uuid:pk>/lines/", EvidenceLines.as_view(), name="evidence_lines"),
    path("uploads/", UploadDoor.as_view(), name="upload_door"),
    path("uploads/<uuid:pk>/", UploadDetail.as_view(), name="upload"),
]
