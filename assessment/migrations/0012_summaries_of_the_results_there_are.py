"""Every result that is kept gets its summary; its draws follow by `keep_draws`, and until then are made when asked for."""

from django.db import migrations

from assessment.scoring.inputs import attributes_as_json, scored_attributes
from assessment.scoring.summary import summary_of
from centres.profile import FacilityProfile


def fill(apps, schema_editor):
    result, summary = (apps.get_model("assessment", name) for name in ("StoredResult", "ResultSummary"))
    for stored in result.objects.select_related("profile_version").order_by("pk").iterator(chunk_size=50):
        summary.objects.create(**_row(stored))


def empty(apps, schema_editor):
    apps.get_model("assessment", "ResultSummary").objects.all().delete()


def _row(stored):
    measurements = stored.inputs.get("measurements", {})
    if measurements:
        attributes = stored.inputs["profile"]
    else:  # rows of before keep the sources alone
        profile = FacilityProfile.model_validate(stored.profile_version.content)
        attributes = attributes_as_json(scored_attributes(profile))
    summary = summary_of(stored.tree, attributes=attributes, measurements=measurements).as_json()
    return {
        "result_id": stored.pk,
        "digest": stored.digest,
        "inputs_digest": stored.inputs_digest,
        "verdict": stored.verdict,
        "score": stored.tree["score"],
        "grade": stored.grade,
        "province": attributes.get("province") or "",
        "scale_tier": attributes.get("scale_tier") or "",
        "centre_class": attributes.get("class") or "",
        "figures": summary["figures"],
        "content": summary,
    }


class Migration(migrations.Migration):
    dependencies = [("assessment", "0011_what_lists_read_of_results")]

    operations = [migrations.RunPython(fill, empty)]
