from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0014_answers_on_the_phone")]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="limit_reason",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="reason for more coming visits than the limit"
            ),
        ),
    ]
