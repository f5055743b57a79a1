"""Signed receipts of what centres hand in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessment", "0008_what_a_provisional_result_saw")]

    operations = [
        migrations.CreateModel(
            name="SubmissionReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("submission", models.PositiveSmallIntegerField()),
                ("manifest", models.JSONField()),
                ("digest", models.CharField(max_length=71)),
                ("public_key", models.BinaryField(max_length=32)),
                ("signature", models.BinaryField(max_length=64)),
                ("issued_at", models.DateTimeField()),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=models.deletion.PROTECT, related_name="receipts", to="assessment.assessment"
                    ),
                ),
            ],
            options={"ordering": ("assessment", "-submission")},
        ),
        migrations.AddConstraint(
            model_name="submissionreceipt",
            constraint=models.UniqueConstraint(
                fields=("assessment", "submission"), name="one_receipt_per_submission"
            ),
        ),
    ]
