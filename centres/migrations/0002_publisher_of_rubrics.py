"""People who publish rubric editions that others drafted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centres", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="staffrole",
            name="role",
            field=models.CharField(
                choices=[
                    ("assessor", "assessor"),
                    ("reviewer", "reviewer"),
                    ("decider", "decider"),
                    ("regulator", "regulator"),
                    ("rubric_author", "rubric author"),
                    ("publisher", "publisher of rubrics"),
                    ("administrator", "administrator"),
                ],
                max_length=15,
            ),
        ),
    ]
