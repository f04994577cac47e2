import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0020_good_hours")]

    operations = [
        migrations.CreateModel(
            name="BookingSource",
            fields=[
                (
                    "appointment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="booking_source",
                        serialize=False,
                        to="scheduling.appointment",
                        verbose_name="appointment",
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        db_index=True,
                        help_text="Keyed hash of the address.",
                        max_length=64,
                        verbose_name="key",
                    ),
                ),
                ("booked_at", models.DateTimeField(db_index=True, verbose_name="booked")),
            ],
            options={
                "verbose_name": "source of a booking",
                "verbose_name_plural": "sources of bookings",
            },
        ),
    ]
