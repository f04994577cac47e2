
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0011_messages_about_more'),
    ]

    operations = [
        migrations.CreateModel(
            name='AnswerSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('respiratory', 'Respiratory illness'), ('safety', 'Safety of the scan')], max_length=20, verbose_name='kind')),
                ('answers', models.JSONField(blank=True, default=dict, verbose_name='answers')),
                ('language', models.CharField(choices=[('en', 'English'), ('es', 'Spanish')], max_length=5, verbose_name='language shown')),
                ('answered_at', models.DateTimeField(blank=True, help_text='Empty until every question that was to be answered by then is.', null=True, verbose_name='answered')),
            ],
            options={
                'verbose_name': 'sheet of answers',
                'verbose_name_plural': 'sheets of answers',
                'ordering': ['kind'],
            },
        ),
        migrations.RemoveField(
            model_name='draft',
            name='screened_at',
        ),
        migrations.RemoveField(
            model_name='draft',
            name='screening_answers',
        ),
        migrations.RemoveField(
            model_name='draft',
            name='screening_language',
        ),
        migrations.RemoveField(
            model_name='draft',
            name='screening_version',
        ),
        migrations.AddField(
            model_name='question',
            name='optional',
            field=models.BooleanField(default=False, verbose_name='may be left out'),
        ),
        migrations.AddField(
            model_name='question',
            name='stage',
            field=models.CharField(choices=[('before_time', 'Before a time is chosen'), ('booking', 'While booking'), ('visit', 'After booking')], default='booking', max_length=12, verbose_name='asked'),
        ),
        migrations.AddField(
            model_name='questionnaire',
            name='modality',
            field=models.CharField(blank=True, choices=[('MR', 'MRI'), ('CT', 'CT'), ('XR', 'X-ray')], help_text='The kind of scan it is about; empty: any. Each has one questionnaire about its safety.', max_length=2, verbose_name='modality'),
        ),
        migrations.AlterField(
            model_name='questionnaire',
            name='kind',
            field=models.CharField(choices=[('respiratory', 'Respiratory illness'), ('safety', 'Safety of the scan')], max_length=20, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='questionnaire',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'safety'), _negated=True), models.Q(('modality', ''), _negated=True), _connector='OR'), name='questionnaire_safety_has_modality'),
        ),
        migrations.AddConstraint(
            model_name='questionnaire',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'safety')), fields=('modality',), name='questionnaire_one_safety_per_modality'),
        ),
        migrations.AddField(
            model_name='answersheet',
            name='appointment',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='scheduling.appointment', verbose_name='appointment'),
        ),
        migrations.AddField(
            model_name='answersheet',
            name='draft',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sheets', to='scheduling.draft', verbose_name='draft'),
        ),
        migrations.AddField(
            model_name='answersheet',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='scheduling.version', verbose_name='version'),
        ),
        migrations.AddConstraint(
            model_name='answersheet',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('appointment__isnull', False), ('draft__isnull', True)), models.Q(('appointment__isnull', True), ('draft__isnull', False)), _connector='OR'), name='answersheet_of_one_visit_or_draft'),
        ),
        migrations.AddConstraint(
            model_name='answersheet',
            constraint=models.UniqueConstraint(fields=('draft', 'kind'), name='answersheet_one_per_draft_and_kind'),
        ),
        migrations.AddConstraint(
            model_name='answersheet',
            constraint=models.UniqueConstraint(fields=('appointment', 'kind'), name='answersheet_one_per_visit_and_kind'),
        ),
    ]
