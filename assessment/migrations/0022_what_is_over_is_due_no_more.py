"""No concurrence is due where nothing is decided on, and no withdrawal announced where nothing is suspended."""

from django.db import migrations


def clear(apps, schema_editor):
    assessment, certificate = (apps.get_model("assessment", name) for name in ("Assessment", "Certificate"))
    assessment.objects.filter(concurrence_due=True).exclude(state="reviewed").update(concurrence_due=False)
    certificate.objects.exclude(withdrawal_on=None).exclude(state="suspended").update(withdrawal_on=None)


class Migration(migrations.Migration):
    dependencies = [("assessment", "0021_draws_of_certificates")]

    operations = [migrations.RunPython(clear, migrations.RunPython.noop)]
