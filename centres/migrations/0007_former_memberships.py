"""Who worked for a centre, and until when."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centres", "0006_sessions_end_at_once")]

    operations = [
        migrations.CreateModel(
            name="FormerMembership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("engineer", "centre engineer"),
                            ("owner", "centre owner"),
                            ("energy", "energy colleague"),
                            ("network", "network colleague"),
                            ("finance", "finance colleague"),
                        ],
                        max_length=10,
                    ),
                ),
                ("left_at", models.DateTimeField()),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="centres.centre"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"ordering": ("-id",)},
        ),
    ]
