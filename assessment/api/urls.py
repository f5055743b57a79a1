from django.urls import path

from assessment.api import views
from assessment.api.editions import EditionDiff
from assessment.api.explanations import AssessmentExplanation, CentreExplanation
from assessment.api.flags import AssessmentFlags, CentreFlags
from assessment.api.rankings import Ranking
from assessment.api.versions import EvidenceChanges

urlpatterns = [
    path("assessments/", views.Assessments.as_view(), name="assessments"),
    path("assessments/<uuid:pk>/", views.AssessmentDetail.as_view(), name="assessment"),
    path("assessments/<uuid:pk>/result/", views.AssessmentResult.as_view(), name="assessment_result"),
    path(
        "assessments/<uuid:pk>/result/bundle/",
        views.AssessmentResultBundle.as_view(),
        name="assessment_result_bundle",
    ),
    path("assessments/<uuid:pk>/submit/", views.Submit.as_view(), name="submit"),
    path("assessments/<uuid:pk>/evaluate/", views.Evaluate.as_view(), name="evaluate"),
    path("assessments/<uuid:pk>/review/", views.Review.as_view(), name="review"),
    path("assessments/<uuid:pk>/decide/", views.Decide.as_view(), name="decide"),
    path("assessments/<uuid:pk>/result/explanation/", AssessmentExplanation.as_view(), name="assessment_explanation"),
    path("assessments/<uuid:pk>/flags/", AssessmentFlags.as_view(), name="assessment_flags"),
    path("centres/<slug:slug>/flags/", CentreFlags.as_view(), name="centre_flags"),
    path("centres/<slug:slug>/result/", views.CentreResult.as_view(), name="centre_result"),
    path("centres/<slug:slug>/result/explanation/", CentreExplanation.as_view(), name="centre_explanation"),
    path("centres/<slug:slug>/result/bundle/", views.CentreResultBundle.as_view(), name="centre_result_bundle"),
    path("certificates/", views.Certificates.as_view(), name="certificates"),
    path("certificates/<str:number>/", views.CertificateDetail.as_view(), name="certificate"),
    path("certificates/<str:number>/pdf/", views.CertificatePDF.as_view(), name="certificate_pdf"),
    path("editions/<str:rubric>/<str:edition>/diff/", EditionDiff.as_view(), name="edition_diff"),
    path("evidence/<uuid:pk>/changes/", EvidenceChanges.as_view(), name="evidence_changes"),
    path("rankings/", Ranking.as_view(), name="rankings"),
    path("reports/", views.Reports.as_view(), name="reports"),
    path("reports/<uuid:pk>/", views.ReportDetail.as_view(), name="report"),
    path("reports/<uuid:pk>/pdf/", views.ReportPDF.as_view(), name="report_pdf"),
    path("reports/<uuid:pk>/csv/", views.ReportCSV.as_view(), name="report_csv"),
]
