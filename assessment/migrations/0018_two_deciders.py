"""From which grade on two people decide on a case, and whether a second one has yet to concur."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessment", "0017_agreements")]

    operations = [
        migrations.AddField(
            model_name="assessment",
            name="two_deciders_from",
            field=models.CharField(blank=True, default="", max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="assessment",
            name="concurrence_due",
            field=models.BooleanField(default=False),
        ),
    ]
