"""The cases that are there go on by the express procedure, and those who acted in them are in their parts.

Results, acts and packages are kept unchanged by the rules of `assessment/services/rules/case.py` from here on.
Backwards, a state the earlier release does not know becomes the nearest one it knows.
"""

import importlib

from django.db import migrations

OLD_TRIGGERS = importlib.import_module("assessment.migrations.0002_results_are_immutable")
PARTS = {
    "open": "applicant",
    "submit": "applicant",
    "evaluate": "assessor",
    "review": "reviewer",
    "certify": "decider",
    "refuse": "decider",
}
COLUMNS = (
    ("opened_by_id", "applicant"),
    ("submitted_by_id", "applicant"),
    ("assessor_id", "assessor"),
    ("reviewer_id", "reviewer"),
    ("decider_id", "decider"),
)
NEAREST = {
    "under_review": "submitted",
    "accepted": "submitted",
    "in_evaluation": "submitted",
    "announced": "reviewed",
    "declined": "refused",
    "stated": "refused",
    "discontinued": "refused",
}


def fill(apps, schema_editor):
    OLD_TRIGGERS.remove(apps, schema_editor)
    act, assessment, part = (apps.get_model("assessment", name) for name in ("Act", "Assessment", "CasePart"))
    person = apps.get_model("centres", "Person")
    for name, taken in PARTS.items():
        act.objects.filter(act=name).update(part=taken)
    assessment.objects.update(procedure="express")
    assessment.objects.exclude(state="draft").update(submissions=1)
    natural = dict(person.objects.values_list("pk", "natural_person"))
    columns = [name for name, _ in COLUMNS]
    for pk, *people in assessment.objects.values_list("pk", *columns):
        entered = {}
        for who, (_, taken) in zip(people, COLUMNS, strict=True):
            if who is not None:
                entered.setdefault(who, taken)
        part.objects.bulk_create(
            part(assessment_id=pk, person_id=who, natural_person=natural[who], part=taken)
            for who, taken in entered.items()
        )


def empty(apps, schema_editor):
    act, assessment, part = (apps.get_model("assessment", name) for name in ("Act", "Assessment", "CasePart"))
    certificate = apps.get_model("assessment", "Certificate")
    part.objects.all().delete()
    act.objects.filter(of="certificate").delete()
    certificate.objects.filter(state__in=("expired", "terminated")).update(state="withdrawn")
    for state, nearest in NEAREST.items():
        assessment.objects.filter(state=state).update(state=nearest)
        act.objects.filter(from_state=state).update(from_state=nearest)
        act.objects.filter(to_state=state).update(to_state=nearest)
    OLD_TRIGGERS.install(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("assessment", "0004_a_case_from_application_to_renewal")]

    operations = [migrations.RunPython(fill, empty)]
