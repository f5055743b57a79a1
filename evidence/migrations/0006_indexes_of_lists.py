"""Lists of all files by time, and of a centre's by state, without looking at every row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evidence", "0005_months_of_tables")]

    operations = [
        migrations.AddIndex(
            model_name="evidence", index=models.Index(fields=["received_at"], name="evidence_by_time")
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["centre", "state", "received_at"], name="evidence_by_centre_and_state"),
        ),
    ]
