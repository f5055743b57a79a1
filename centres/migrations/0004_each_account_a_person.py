"""Every account that is there belongs to a person of its own; who has several is told by an administrator."""

import uuid

from django.db import migrations, models


def fill(apps, schema_editor):
    people = apps.get_model("centres", "Person")
    for pk in people.objects.values_list("pk", flat=True):
        people.objects.filter(pk=pk).update(natural_person=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("centres", "0003_people_and_their_interests")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "person", "natural_person", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)
        ),
    ]
