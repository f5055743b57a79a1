"""Those who left a centre before such rows were kept, as the audit log tells it."""

from typing import Any

from django.db import migrations


def remember(apps: Any, schema_editor: Any) -> None:
    entry, former = apps.get_model("operations", "AuditEntry"), apps.get_model("centres", "FormerMembership")
    people = dict(apps.get_model("centres", "Person").objects.values_list("username", "pk"))
    centres = dict(apps.get_model("centres", "Centre").objects.values_list("slug", "pk"))
    left = entry.objects.filter(act="person.leave").order_by("sequence").values_list("subject", "details", "at")
    former.objects.bulk_create(
        former(user_id=people[said["username"]], centre_id=centres[slug], role=said["role"], left_at=at)
        for subject, said, at in left
        if (slug := subject.removeprefix("centre/")) in centres and said["username"] in people
    )


class Migration(migrations.Migration):
    dependencies = [
        ("centres", "0007_former_memberships"),
        ("operations", "0005_standing_behind_a_key"),
    ]

    operations = [migrations.RunPython(remember, migrations.RunPython.noop)]
