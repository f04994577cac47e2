from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("locations", "0002_results_words")]

    operations = [
        migrations.AddField(
            model_name="location",
            name="future_visits_limit",
            field=models.PositiveSmallIntegerField(
                default=5,
                help_text="At all locations together. Who wants more is asked to call. 0: no limit.",
                verbose_name="coming visits of one patient, at most",
            ),
        ),
    ]
