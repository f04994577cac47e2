
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0012_answer_sheets'),
    ]

    operations = [
        migrations.AddField(
            model_name='answersheet',
            name='limits',
            field=models.JSONField(blank=True, default=dict, help_text='As the questions named them: the smallest of the scanners in use.', verbose_name='limits of scanners'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='extra_minutes',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='extra minutes'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='girth_in',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='girth in inches'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='weight_lb',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='weight in pounds'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='wide_bore',
            field=models.BooleanField(db_default=False, default=False, verbose_name='wide bore'),
        ),
    ]
