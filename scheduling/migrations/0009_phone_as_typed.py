from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0008_coming_is_audited")]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="phone_as_typed",
            field=models.CharField(
                blank=True, help_text="May have an extension.", max_length=40, verbose_name="phone as typed"
            ),
        ),
    ]
