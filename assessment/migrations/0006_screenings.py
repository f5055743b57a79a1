"""What plausibility checks said of the evidence behind a result."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessment", "0005_parts_of_the_cases_there_are")]

    operations = [
        migrations.CreateModel(
            name="Screening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.JSONField()),
                ("prints", models.JSONField()),
                ("digest", models.CharField(max_length=71)),
                ("screened_at", models.DateTimeField(auto_now_add=True)),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=models.deletion.PROTECT, related_name="screenings", to="assessment.storedresult"
                    ),
                ),
            ],
            options={"ordering": ("-id",)},
        ),
        migrations.AddConstraint(
            model_name="screening",
            constraint=models.UniqueConstraint(fields=("result", "digest"), name="one_screening_per_digest"),
        ),
    ]
