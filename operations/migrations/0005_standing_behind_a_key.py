from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0004_whose_turn_it_is"),
    ]

    operations = [
        migrations.AddField(
            model_name="keyedrequest",
            name="standing",
            field=models.CharField(default="", max_length=71),
        ),
    ]
