"""The person behind an account; what people declare about their interests, and what they may assess."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

ROLES = [
    ("registrar", "registrar"),
    ("assessor", "assessor"),
    ("reviewer", "reviewer"),
    ("decider", "decider"),
    ("appeal_handler", "appeal handler"),
    ("regulator", "regulator"),
    ("rubric_author", "rubric author"),
    ("publisher", "publisher of rubrics"),
    ("administrator", "administrator"),
]


def person(related_name):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=settings.AUTH_USER_MODEL
    )


class Migration(migrations.Migration):
    dependencies = [("centres", "0002_publisher_of_rubrics")]

    operations = [
        migrations.AlterField("staffrole", "role", models.CharField(choices=ROLES, max_length=15)),
        # Null at first: each account that is there gets its own in the next migration.
        migrations.AddField(
            "person", "natural_person", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False, null=True)
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("conflict", models.BooleanField()),
                ("statement", models.TextField()),
                ("declared_on", models.DateField()),
                ("valid_until", models.DateField()),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="declarations", to="centres.centre"
                    ),
                ),
                ("person", person("declarations")),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(valid_until__gte=F("declared_on")), name="declaration_ends_after_it_begins"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Competence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pillar", models.CharField(max_length=20)),
                ("grounds", models.TextField()),
                ("granted_on", models.DateField()),
                ("valid_until", models.DateField()),
                ("granted_by", person("+")),
                ("person", person("competences")),
            ],
            options={
                "ordering": ("pillar", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(person=F("granted_by")), name="nobody_grants_their_own_competence"
                    ),
                    models.CheckConstraint(
                        condition=Q(valid_until__gte=F("granted_on")), name="competence_ends_after_it_begins"
                    ),
                ],
            },
        ),
    ]
