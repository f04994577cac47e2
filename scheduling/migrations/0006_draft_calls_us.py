from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0005_words_for_administrators")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="calls_us",
            field=models.BooleanField(
                default=False,
                help_text="Gave no number where we would have called.",
                verbose_name="will call us",
            ),
        ),
    ]
