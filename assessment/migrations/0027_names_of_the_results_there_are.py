"""Every summary there is gets the name its centre was measured under."""

from django.db import migrations


def fill(apps, schema_editor):
    summary = apps.get_model("assessment", "ResultSummary")
    named = summary.objects.values_list("pk", "result__profile_version__content__centre__name").order_by("pk")
    for pk, name in named.iterator(chunk_size=200):
        summary.objects.filter(pk=pk).update(name_zh=name["zh"], name_en=name["en"])


class Migration(migrations.Migration):
    dependencies = [("assessment", "0026_the_names_results_are_listed_by")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
