"""What led from one result to another, kept beside the two."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessment", "0013_drafts_of_visits")]

    operations = [
        migrations.CreateModel(
            name="KeptDifference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("method", models.PositiveSmallIntegerField()),
                ("content", models.TextField()),
                (
                    "after",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="differences",
                        to="assessment.storedresult",
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="assessment.storedresult",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("after", "before"), name="one_difference_of_two_results")],
            },
        ),
    ]
