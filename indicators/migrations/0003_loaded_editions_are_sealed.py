"""What was published so far came final with the code; of several the newest stays, the others are superseded."""

from django.db import migrations


def seal(apps, schema_editor):
    Edition = apps.get_model("indicators", "Edition")
    Edition.objects.filter(state__in=("published", "superseded")).update(sealed=True)
    for rubric in Edition.objects.filter(state="published").values_list("rubric", flat=True).distinct():
        newest, *older = Edition.objects.filter(rubric=rubric, state="published").order_by("-published_at", "-pk")
        for edition in older:
            edition.state, edition.superseded_at = "superseded", newest.published_at
            edition.save()


def unseal(apps, schema_editor):
    """Before, several editions could be published at once, and nothing told sealed ones apart."""
    Edition = apps.get_model("indicators", "Edition")
    Edition.objects.filter(state="superseded", sealed=True).update(state="published", superseded_at=None)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_life_of_an_edition")]

    operations = [migrations.RunPython(seal, unseal)]
