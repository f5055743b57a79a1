"""What took a file's place, found among the few that took one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evidence", "0006_indexes_of_lists")]

    operations = [
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["rereads"], name="evidence_rereading", condition=models.Q(rereads__isnull=False)),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(
                fields=["supersedes"], name="evidence_superseding", condition=models.Q(supersedes__isnull=False)
            ),
        ),
    ]
