"""What a case's scheme awards, pinned at application; and by which names it was decided."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessment", "0015_assessors_taken_off")]

    operations = [
        migrations.AddField(
            model_name="assessment",
            name="scheme_type",
            field=models.CharField(
                choices=[("assessment", "assessment"), ("certification", "certification")],
                default="assessment",
                max_length=15,
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="decision",
            field=models.JSONField(null=True),
        ),
    ]
