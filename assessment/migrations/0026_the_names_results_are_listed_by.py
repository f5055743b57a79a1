"""The name a centre was measured under stands with what lists show: the row of a result lies behind its tree."""

from django.db import migrations, models


def fill(apps, schema_editor):
    summary = apps.get_model("assessment", "ResultSummary")
    named = summary.objects.values_list("pk", "result__profile_version__content__centre__name").order_by("pk")
    for pk, name in named.iterator(chunk_size=200):
        summary.objects.filter(pk=pk).update(name_zh=name["zh"], name_en=name["en"])


class Migration(migrations.Migration):
    dependencies = [("assessment", "0025_upheld_appeals")]

    operations = [
        migrations.AddField(
            model_name="resultsummary",
            name="name_zh",
            field=models.TextField(default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="resultsummary",
            name="name_en",
            field=models.TextField(default=""),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
