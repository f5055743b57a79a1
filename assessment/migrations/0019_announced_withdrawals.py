"""The day a withdrawal is announced for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessment", "0018_two_deciders")]

    operations = [
        migrations.AddField(
            model_name="certificate",
            name="withdrawal_on",
            field=models.DateField(blank=True, null=True),
        ),
    ]
