"""The name a centre was measured under stands with what lists show: the row of a result lies behind its tree."""

from django.db import migrations, models


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
    ]
