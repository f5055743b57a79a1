"""What lists show of results, beside the trees; the draws their intervals are read off; what took long to find out."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessment", "0010_the_board_of_the_regulator")]

    operations = [
        migrations.CreateModel(
            name="ResultSummary",
            fields=[
                (
                    "result",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="summary",
                        serialize=False,
                        to="assessment.storedresult",
                    ),
                ),
                ("digest", models.CharField(max_length=71)),
                ("inputs_digest", models.CharField(max_length=71)),
                ("verdict", models.CharField(max_length=10)),
                ("score", models.CharField(max_length=40, null=True)),
                ("grade", models.CharField(blank=True, max_length=20)),
                ("province", models.CharField(blank=True, max_length=40)),
                ("scale_tier", models.CharField(blank=True, max_length=20)),
                ("centre_class", models.CharField(blank=True, max_length=20)),
                ("figures", models.JSONField(default=dict)),
                ("content", models.JSONField()),
            ],
            options={"verbose_name_plural": "result summaries"},
        ),
        migrations.CreateModel(
            name="DrawnKeys",
            fields=[
                (
                    "result",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="drawn_keys",
                        serialize=False,
                        to="assessment.storedresult",
                    ),
                ),
                ("method", models.PositiveSmallIntegerField()),
                ("keys", models.BinaryField()),
            ],
            options={"verbose_name_plural": "drawn keys"},
        ),
        migrations.CreateModel(
            name="KeptExplanation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "about",
                    models.CharField(
                        choices=[("advice", "advice"), ("borders", "borders"), ("stakes", "stakes")], max_length=10
                    ),
                ),
                ("method", models.PositiveSmallIntegerField()),
                ("content", models.TextField()),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="explanations",
                        to="assessment.storedresult",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="keptexplanation",
            constraint=models.UniqueConstraint(fields=("result", "about"), name="one_explanation_of_each_kind"),
        ),
        migrations.AddIndex(
            model_name="assessment", index=models.Index(fields=["created_at"], name="assessment_by_time")
        ),
    ]
