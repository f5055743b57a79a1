"""A surveillance keeps the major changes it was told of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessment", "0023_reasons_for_flags")]

    operations = [
        migrations.AddField(model_name="surveillance", name="changes", field=models.JSONField(default=list)),
    ]
