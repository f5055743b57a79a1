"""Which files a provisional result was made from, so that a package of just those need not be measured again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessment", "0007_the_desk")]

    operations = [
        migrations.AddField(
            model_name="provisionalresult", name="evidence", field=models.JSONField(default=list)
        ),
    ]
