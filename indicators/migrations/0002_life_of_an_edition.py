"""Authors, proposers and publishers of editions, the acts they took, and trials of the cases."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PERSON = {"blank": True, "null": True, "on_delete": django.db.models.deletion.PROTECT, "related_name": "+"}


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("operations", "0001_initial"),
        ("indicators", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="edition",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "draft"),
                    ("review", "under review"),
                    ("published", "published"),
                    ("superseded", "superseded"),
                ],
                default="draft",
                max_length=10,
            ),
        ),
        migrations.AddField("edition", "sealed", models.BooleanField(default=False)),
        migrations.AddField("edition", "author", models.ForeignKey(to=settings.AUTH_USER_MODEL, **PERSON)),
        migrations.AddField("edition", "proposed_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **PERSON)),
        migrations.AddField("edition", "published_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **PERSON)),
        migrations.AddField(
            "edition",
            "job",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="operations.job",
            ),
        ),
        migrations.AddField("edition", "version", models.PositiveIntegerField(default=1)),
        migrations.AddField("edition", "superseded_at", models.DateTimeField(blank=True, null=True)),
        migrations.CreateModel(
            name="EditionAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.CharField(max_length=20)),
                ("from_state", models.CharField(blank=True, max_length=10)),
                ("to_state", models.CharField(max_length=10)),
                ("reason", models.TextField(blank=True)),
                ("digest", models.CharField(max_length=71)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acts", to="indicators.edition"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"ordering": ("id",)},
        ),
        migrations.CreateModel(
            name="EditionTrial",
            fields=[
                ("digest", models.CharField(max_length=71, primary_key=True, serialize=False)),
                ("cases", models.PositiveIntegerField()),
                ("misses", models.JSONField(default=list)),
                ("untested", models.JSONField(default=list)),
                ("tried_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
