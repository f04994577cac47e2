from django.db import migrations, models
from django.db.models import Q

# Visits that were booked before: their links change, and mails sent before lead nowhere any more.
GIVE_KEYS = """
UPDATE scheduling_appointment
SET link_key = rtrim(translate(encode(uuid_send(gen_random_uuid()), 'base64'), '+/', '-_'), '=')
WHERE code IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0006_draft_calls_us")]

    operations = [
        migrations.RemoveConstraint(model_name="appointment", name="appointment_booked_has_identity"),
        migrations.AddField(
            model_name="appointment",
            name="link_key",
            field=models.CharField(
                blank=True,
                help_text="Opens nothing by itself: the link also needs our signature.",
                max_length=22,
                null=True,
                verbose_name="key of the link",
            ),
        ),
        migrations.RunSQL(GIVE_KEYS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                name="appointment_booked_has_identity",
                condition=Q(status__in=["held", "expired"])
                | Q(
                    patient__isnull=False,
                    booked_at__isnull=False,
                    code__isnull=False,
                    accession__isnull=False,
                    requested_procedure_id__isnull=False,
                    sps_id__isnull=False,
                    study_uid__isnull=False,
                    ical_uid__isnull=False,
                    link_key__isnull=False,
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(name="appointment_link_key_unique", fields=["link_key"]),
        ),
    ]
