"""Papers keep the intervals they print, so that they can be made again to the same bytes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessment", "0002_results_are_immutable")]

    operations = [
        migrations.AddField("certificate", "interval", models.JSONField(null=True)),
        migrations.AddField("rankedreport", "varied", models.JSONField(default=dict)),
    ]
