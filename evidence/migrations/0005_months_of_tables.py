"""Which months the rows of a table speak of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evidence", "0004_file_versions")]

    operations = [
        migrations.AddField(
            model_name="observationtable",
            name="months",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
