"""Draws of the certified cases that are rated anew."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0020_surveillance"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RatingDraw",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("share", models.DecimalField(decimal_places=4, max_digits=5)),
                ("body_commitment", models.CharField(max_length=71)),
                ("secret", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("word", models.CharField(blank=True, max_length=200)),
                ("drawn_at", models.DateTimeField(null=True)),
                ("certificates", models.JSONField(default=list)),
                ("drawn", models.JSONField(default=list)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "drawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-asked_at", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("drawn_at", None)), fields=("share",), name="one_open_draw_of_certificates"
                    )
                ],
            },
        ),
    ]
