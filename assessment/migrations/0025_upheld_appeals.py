"""The day an appeal against a suspension or withdrawal was upheld; those no decider has acted on since get theirs.

A certificate that was withdrawn by the calendar after the centre had won goes to the deciders with them.
"""

from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone


def hand_over(apps, schema_editor):
    act, certificate, dispute = (apps.get_model("assessment", name) for name in ("Act", "Certificate", "Dispute"))
    stopped = ("suspended", "withdrawn")
    steps = act.objects.filter(assessment=OuterRef("assessment"), of="certificate").order_by("-pk")
    left = steps.filter(from_state="valid", to_state__in=stopped)
    last = steps.exclude(from_state=F("to_state")).exclude(act="withdraw_late")
    found = dispute.objects.filter(kind="appeal", state="upheld", assessment__certificate__state__in=stopped)
    found = found.filter(lodged_at__gt=Subquery(left.values("at")[:1]), ended_at__gt=Subquery(last.values("at")[:1]))
    for case, at in found.order_by("-ended_at").values_list("assessment", "ended_at"):
        day = timezone.localdate(at)
        certificate.objects.filter(assessment=case).update(upheld_on=day, withdrawal_on=None)


class Migration(migrations.Migration):
    dependencies = [("assessment", "0024_major_changes_at_surveillance")]

    operations = [
        migrations.AddField(
            model_name="certificate",
            name="upheld_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.RunPython(hand_over, migrations.RunPython.noop),
    ]
