"""Pages of results, certificates and the acts that lead to them."""

from django.urls import path

from assessment.web.views import (
    announcements,
    assessments,
    casework,
    centres,
    certificates,
    disputes,
    editions,
    home,
    results,
    samples,
    versions,
    visits,
)

app_name = "assessment"
urlpatterns = [
    path("", home.home, name="home"),
    path("my/", home.mine, name="mine"),
    path("centres/<slug:slug>/", centres.centre, name="centre"),
    path("centres/<slug:slug>/apply/", centres.apply, name="apply"),
    path("centres/<slug:slug>/result/", results.result, name="result"),
    path("centres/<slug:slug>/result/<str:code>/", results.trace, name="trace"),
    path("centres/<slug:slug>/bundle/", results.bundle, name="bundle"),
    path("evidence/<uuid:pk>/changes/", versions.changes, name="version_changes"),
    path("assessments/<uuid:pk>/", assessments.assessment, name="assessment"),
    path("assessments/<uuid:pk>/assign/", casework.assign_assessor, name="assign"),
    path("assessments/<uuid:pk>/begin/", casework.begin, name="begin"),
    path("assessments/<uuid:pk>/findings/", casework.finding_list, name="findings"),
    path("assessments/<uuid:pk>/history/", casework.history, name="history"),
    path("assessments/<uuid:pk>/disputes/", disputes.of_case, name="case_disputes"),
    path("assessments/<uuid:pk>/samples/", samples.of_case, name="samples"),
    path("assessments/<uuid:pk>/visits/", visits.of_case, name="visits"),
    path("visits/<uuid:pk>/", visits.visit, name="visit"),
    path("samples/<uuid:pk>/", samples.sample, name="sample"),
    path("samples/<uuid:pk>/record/", samples.record, name="sample_record"),
    path("samples/<uuid:pk>/inventory/", samples.inventory, name="sample_inventory"),
    path("announcements/", announcements.announcements, name="announcements"),
    path("announcements/<uuid:pk>/", announcements.announcement, name="announcement"),
    path("disputes/", disputes.handled, name="disputes"),
    path("disputes/<uuid:pk>/", disputes.dispute, name="dispute"),
    path("findings/<uuid:pk>/", casework.finding, name="finding"),
    path("centres/<slug:slug>/interests/", casework.interests, name="interests"),
    path("rubrics/<str:rubric>/<str:edition>/diff/", editions.edition_diff, name="edition_diff"),
    path("certificates/", certificates.verify, name="verify"),
    path("certificates/<str:number>/", certificates.certificate, name="certificate"),
    path("certificates/<str:number>/complaint/", announcements.complaint, name="complaint"),
    path("certificates/<str:number>/pdf/", certificates.certificate_pdf, name="certificate_pdf"),
]
