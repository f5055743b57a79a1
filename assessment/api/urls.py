from django.urls import path

from assessment.api import acts, views
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
    path("assessments/<uuid:pk>/submit/", acts.Submit.as_view(), name="submit"),
    path("assessments/<uuid:pk>/discontinue/", acts.Discontinue.as_view(), name="discontinue"),
    path("assessments/<uuid:pk>/take-up/", acts.TakeUp.as_view(), name="take_up"),
    path("assessments/<uuid:pk>/return/", acts.Return.as_view(), name="return_application"),
    path("assessments/<uuid:pk>/accept/", acts.Accept.as_view(), name="accept"),
    path("assessments/<uuid:pk>/decline/", acts.Decline.as_view(), name="decline"),
    path("assessments/<uuid:pk>/assign/", acts.Assign.as_view(), name="assign"),
    path("assessments/<uuid:pk>/begin/", acts.Begin.as_view(), name="begin"),
    path("assessments/<uuid:pk>/evaluate/", acts.Evaluate.as_view(), name="evaluate"),
    path("assessments/<uuid:pk>/review/", acts.Review.as_view(), name="review"),
    path("assessments/<uuid:pk>/send-back/", acts.SendBack.as_view(), name="send_back"),
    path("assessments/<uuid:pk>/state/", acts.IssueStatement.as_view(), name="issue_statement"),
    path("assessments/<uuid:pk>/decide/", acts.Decide.as_view(), name="decide"),
    path("assessments/<uuid:pk>/ask-again/", acts.AskAgain.as_view(), name="ask_again"),
    path("assessments/<uuid:pk>/take-effect/", acts.TakeEffect.as_view(), name="take_effect"),
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
