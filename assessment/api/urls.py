from django.urls import path

from assessment.api import acts, disputes, findings, ratings, views, visits
from assessment.api.agreements import CertificationAgreement
from assessment.api.board import BoardList
from assessment.api.competences import Competences
from assessment.api.editions import EditionDiff
from assessment.api.explanations import AssessmentExplanation, CentreExplanation
from assessment.api.flags import AssessmentFlags, CentreFlags
from assessment.api.histories import History
from assessment.api.rankings import Ranking
from assessment.api.reasons import FlagReasons
from assessment.api.receipts import AssessmentPackage, AssessmentReceipt, SigningKeys
from assessment.api.reratings import DrawReratings, Reratings
from assessment.api.surveillances import Surveillances
from assessment.api.tasks import CentreMonths, CentreTasks, CentreTrial
from assessment.api.versions import EvidenceChanges
from assessment.models import Assessment, Certificate, Dispute, Finding, RankedReport, Sample, SiteVisit
from centres.models import Centre, Invitation, Person
from evidence.models import Evidence
from indicators.models import Edition

_histories = [
    path("assessments/<uuid:pk>/history/", History.as_view(model=Assessment), name="assessment_history"),
    path("centres/<slug:slug>/history/", History.as_view(model=Centre), name="centre_history"),
    path("certificates/<str:number>/history/", History.as_view(model=Certificate), name="certificate_history"),
    path("disputes/<uuid:pk>/history/", History.as_view(model=Dispute), name="dispute_history"),
    path("evidence/<uuid:pk>/history/", History.as_view(model=Evidence), name="evidence_history"),
    path("findings/<uuid:pk>/history/", History.as_view(model=Finding), name="finding_history"),
    path("invitations/<uuid:pk>/history/", History.as_view(model=Invitation), name="invitation_history"),
    path("people/<str:username>/history/", History.as_view(model=Person), name="person_history"),
    path("reports/<uuid:pk>/history/", History.as_view(model=RankedReport), name="report_history"),
    path("editions/<str:rubric>/<str:edition>/history/", History.as_view(model=Edition), name="edition_history"),
    path("samples/<uuid:pk>/history/", History.as_view(model=Sample), name="sample_history"),
    path("visits/<uuid:pk>/history/", History.as_view(model=SiteVisit), name="visit_history"),
]
urlpatterns = [
    *_histories,
    path("assessments/", views.Assessments.as_view(), name="assessments"),
    path("assessments/<uuid:pk>/", views.AssessmentDetail.as_view(), name="assessment"),
    path("assessments/<uuid:pk>/result/", views.AssessmentResult.as_view(), name="assessment_result"),
    path(
        "assessments/<uuid:pk>/result/bundle/",
        views.AssessmentResultBundle.as_view(),
        name="assessment_result_bundle",
    ),
    path("assessments/<uuid:pk>/package/", AssessmentPackage.as_view(), name="assessment_package"),
    path("assessments/<uuid:pk>/receipt/", AssessmentReceipt.as_view(), name="assessment_receipt"),
    path("signing-keys/", SigningKeys.as_view(), name="signing_keys"),
    path("assessments/<uuid:pk>/submit/", acts.Submit.as_view(), name="submit"),
    path("assessments/<uuid:pk>/discontinue/", acts.Discontinue.as_view(), name="discontinue"),
    path("assessments/<uuid:pk>/take-up/", acts.TakeUp.as_view(), name="take_up"),
    path("assessments/<uuid:pk>/return/", acts.Return.as_view(), name="return_application"),
    path("assessments/<uuid:pk>/accept/", acts.Accept.as_view(), name="accept"),
    path("assessments/<uuid:pk>/decline/", acts.Decline.as_view(), name="decline"),
    path(
        "assessments/<uuid:pk>/certification-agreement/",
        CertificationAgreement.as_view(),
        name="certification_agreement",
    ),
    path("assessments/<uuid:pk>/reasons/", FlagReasons.as_view(), name="flag_reasons"),
    path("assessments/<uuid:pk>/assign/", acts.Assign.as_view(), name="assign"),
    path("assessments/<uuid:pk>/take-off/", acts.TakeOff.as_view(), name="take_off"),
    path("assessments/<uuid:pk>/begin/", acts.Begin.as_view(), name="begin"),
    path("assessments/<uuid:pk>/evaluate/", acts.Evaluate.as_view(), name="evaluate"),
    path("assessments/<uuid:pk>/review/", acts.Review.as_view(), name="review"),
    path("assessments/<uuid:pk>/send-back/", acts.SendBack.as_view(), name="send_back"),
    path("assessments/<uuid:pk>/state/", acts.IssueStatement.as_view(), name="issue_statement"),
    path("assessments/<uuid:pk>/concur/", acts.Concur.as_view(), name="concur"),
    path("assessments/<uuid:pk>/decide/", acts.Decide.as_view(), name="decide"),
    path("assessments/<uuid:pk>/ask-again/", acts.AskAgain.as_view(), name="ask_again"),
    path("assessments/<uuid:pk>/take-effect/", acts.TakeEffect.as_view(), name="take_effect"),
    path("assessments/<uuid:pk>/result/explanation/", AssessmentExplanation.as_view(), name="assessment_explanation"),
    path("assessments/<uuid:pk>/flags/", AssessmentFlags.as_view(), name="assessment_flags"),
    path("centres/<slug:slug>/flags/", CentreFlags.as_view(), name="centre_flags"),
    path("assessments/<uuid:pk>/ratings/", ratings.Ratings.as_view(), name="ratings"),
    path("assessments/<uuid:pk>/ratings/<str:code>/", ratings.RatingDoor.as_view(), name="rating"),
    path("assessments/<uuid:pk>/ratings/<str:code>/undo/", ratings.UndoRating.as_view(), name="undo_rating"),
    path("assessments/<uuid:pk>/ratings/<str:code>/draft/", ratings.RatingDraftDoor.as_view(), name="rating_draft"),
    path("assessments/<uuid:pk>/accept-figures/", ratings.AcceptFigures.as_view(), name="accept_figures"),
    path("assessments/<uuid:pk>/agreement/", ratings.AgreementDoor.as_view(), name="agreement"),
    path("assessments/<uuid:pk>/findings/", findings.Findings.as_view(), name="findings"),
    path("findings/<uuid:pk>/", findings.FindingDetail.as_view(), name="finding"),
    path("findings/<uuid:pk>/acts/", findings.FindingActs.as_view(), name="finding_acts"),
    path("findings/<uuid:pk>/questions/", findings.FindingQuestions.as_view(), name="finding_questions"),
    path(
        "findings/<uuid:pk>/questions/<int:question>/replies/",
        findings.FindingReplies.as_view(),
        name="finding_replies",
    ),
    path("assessments/<uuid:pk>/samples/", visits.Samples.as_view(), name="samples"),
    path("samples/<uuid:pk>/inventory/", visits.SampleInventory.as_view(), name="sample_inventory"),
    path("assessments/<uuid:pk>/visits/", visits.Visits.as_view(), name="visits"),
    path("visits/<uuid:pk>/record/", visits.VisitRecordDoor.as_view(), name="visit_record"),
    path("visits/<uuid:pk>/photographs/", visits.VisitPhotographs.as_view(), name="visit_photographs"),
    path(
        "visits/<uuid:pk>/photographs/<uuid:photograph>/",
        visits.VisitPhotograph.as_view(),
        name="visit_photograph",
    ),
    path("visits/<uuid:pk>/pack/", visits.VisitPackPDF.as_view(), name="visit_pack"),
    path("visits/<uuid:pk>/close/", visits.CloseVisit.as_view(), name="close_visit"),
    path("assessments/<uuid:pk>/disputes/", disputes.Disputes.as_view(), name="disputes"),
    path("disputes/<uuid:pk>/acts/", disputes.DisputeActs.as_view(), name="dispute_acts"),
    path("announcements/", disputes.Announcements.as_view(), name="announcements"),
    path("announcements/<uuid:pk>/objections/", disputes.Objections.as_view(), name="objections"),
    path("assessments/<uuid:pk>/surveillances/", Surveillances.as_view(), name="surveillances"),
    path("certificates/<str:number>/acts/", acts.CertificateActs.as_view(), name="certificate_acts"),
    path("centres/<slug:slug>/tasks/", CentreTasks.as_view(), name="centre_tasks"),
    path("centres/<slug:slug>/months/", CentreMonths.as_view(), name="centre_months"),
    path("centres/<slug:slug>/trial/", CentreTrial.as_view(), name="centre_trial"),
    path("centres/<slug:slug>/result/", views.CentreResult.as_view(), name="centre_result"),
    path("centres/<slug:slug>/result/explanation/", CentreExplanation.as_view(), name="centre_explanation"),
    path("centres/<slug:slug>/result/bundle/", views.CentreResultBundle.as_view(), name="centre_result_bundle"),
    path("certificates/", views.Certificates.as_view(), name="certificates"),
    path("certificates/<str:number>/", views.CertificateDetail.as_view(), name="certificate"),
    path("certificates/<str:number>/pdf/", views.CertificatePDF.as_view(), name="certificate_pdf"),
    path("certificates/<str:number>/bundle/", views.CertificateBundle.as_view(), name="certificate_bundle"),
    path("editions/<str:rubric>/<str:edition>/diff/", EditionDiff.as_view(), name="edition_diff"),
    path("evidence/<uuid:pk>/changes/", EvidenceChanges.as_view(), name="evidence_changes"),
    path("rankings/", Ranking.as_view(), name="rankings"),
    path("reratings/", Reratings.as_view(), name="reratings"),
    path("reratings/<uuid:pk>/draw/", DrawReratings.as_view(), name="draw_reratings"),
    path("reports/", views.Reports.as_view(), name="reports"),
    path("reports/<uuid:pk>/", views.ReportDetail.as_view(), name="report"),
    path("reports/<uuid:pk>/pdf/", views.ReportPDF.as_view(), name="report_pdf"),
    path("reports/<uuid:pk>/csv/", views.ReportCSV.as_view(), name="report_csv"),
    path("reports/<uuid:pk>/xlsx/", views.ReportXLSX.as_view(), name="report_xlsx"),
    path("reports/<uuid:pk>/docx/", views.ReportDOCX.as_view(), name="report_docx"),
    path("board/", BoardList.as_view(), name="board"),
    path("competences/", Competences.as_view(), name="competences"),
]
