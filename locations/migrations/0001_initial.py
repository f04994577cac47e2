import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
import phonenumber_field.modelfields
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('email', models.EmailField(error_messages={'unique': 'Someone with this email is here already.'}, max_length=254, unique=True, verbose_name='email')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'member of staff',
                'verbose_name_plural': 'staff',
                'ordering': ['last_name', 'first_name', 'email'],
            },
        ),
        migrations.CreateModel(
            name='Location',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='web address')),
                ('address', models.CharField(max_length=120, verbose_name='street address')),
                ('city', models.CharField(max_length=80, verbose_name='city')),
                ('state', models.CharField(max_length=2, validators=[django.core.validators.RegexValidator('^[A-Z]{2}$', 'Two capital letters.')], verbose_name='state')),
                ('zip_code', models.CharField(max_length=10, validators=[django.core.validators.RegexValidator('^[0-9]{5}(-[0-9]{4})?$', '5 digits, or ZIP+4.')], verbose_name='ZIP code')),
                ('phone', phonenumber_field.modelfields.PhoneNumberField(max_length=128, region=None, verbose_name='phone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email')),
                ('time_zone', models.CharField(help_text='Such as America/Chicago. All times of this location are shown in it.', max_length=40, verbose_name='time zone')),
                ('latitude', models.FloatField(help_text='Degrees, north is positive.', verbose_name='latitude')),
                ('longitude', models.FloatField(help_text='Degrees, negative in the US.', verbose_name='longitude')),
                ('directions_en', models.TextField(blank=True, verbose_name='how to get here, in English')),
                ('directions_es', models.TextField(blank=True, verbose_name='how to get here, in Spanish')),
                ('parking_en', models.TextField(blank=True, verbose_name='parking, in English')),
                ('parking_es', models.TextField(blank=True, verbose_name='parking, in Spanish')),
                ('entrance_en', models.TextField(blank=True, verbose_name='entrance, in English')),
                ('entrance_es', models.TextField(blank=True, verbose_name='entrance, in Spanish')),
                ('is_active', models.BooleanField(default=True, help_text='Off: not shown, and nothing new can be booked.', verbose_name='open to patients')),
                ('minimum_notice_minutes', models.PositiveIntegerField(default=120, help_text='From now to the first time a patient can book.', verbose_name='shortest notice, minutes')),
                ('horizon_days', models.PositiveSmallIntegerField(default=60, verbose_name='bookable ahead, days')),
                ('hold_minutes', models.PositiveSmallIntegerField(default=10, verbose_name='a time is held for, minutes')),
                ('start_grid_minutes', models.PositiveSmallIntegerField(choices=[(5, 'every 5 minutes'), (10, 'every 10 minutes'), (15, 'every 15 minutes'), (20, 'every 20 minutes'), (30, 'every 30 minutes'), (60, 'every hour')], default=5, verbose_name='visits start')),
                ('turnover_inside_hours', models.BooleanField(default=False, help_text='Off: only the scan has to end before closing; the room is made ready after it.', verbose_name='turnover ends before closing')),
                ('screening_on', models.BooleanField(default=True, verbose_name='COVID-19 screening')),
                ('asks_screening_at_booking', models.BooleanField(default=True, verbose_name='screening already at booking')),
                ('quiet_from', models.TimeField(default=datetime.time(20, 0), verbose_name='no texts or calls from')),
                ('quiet_until', models.TimeField(default=datetime.time(9, 0), verbose_name='no texts or calls until')),
                ('contact_until_minutes', models.PositiveIntegerField(default=0, help_text='Later than this, patients are asked to call. 0: they can cancel until the start.', verbose_name='canceling online ends, minutes before the visit')),
            ],
            options={
                'verbose_name': 'location',
                'verbose_name_plural': 'locations',
                'ordering': ['name', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('latitude__gte', -90), ('latitude__lte', 90)), name='location_latitude_in_range'), models.CheckConstraint(condition=models.Q(('longitude__gte', -180), ('longitude__lte', 180)), name='location_longitude_in_range'), models.CheckConstraint(condition=models.Q(('time_zone', ''), _negated=True), name='location_time_zone_given'), models.CheckConstraint(condition=models.Q(('state__regex', '^[A-Z]{2}$')), name='location_state_form'), models.CheckConstraint(condition=models.Q(('zip_code__regex', '^[0-9]{5}(-[0-9]{4})?$')), name='location_zip_code_form'), models.CheckConstraint(condition=models.Q(('start_grid_minutes__in', (5, 10, 15, 20, 30, 60))), name='location_start_grid_divides_hour'), models.CheckConstraint(condition=models.Q(('horizon_days__gte', 1), ('horizon_days__lte', 730)), name='location_horizon_in_range'), models.CheckConstraint(condition=models.Q(('hold_minutes__gte', 1), ('hold_minutes__lte', 60)), name='location_hold_in_range')],
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('front_desk', 'front desk'), ('technologist', 'technologist'), ('radiologist', 'radiologist'), ('administrator', 'administrator'), ('auditor', 'auditor')], max_length=16, verbose_name='role')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to=settings.AUTH_USER_MODEL, verbose_name='member of staff')),
                ('location', models.ForeignKey(blank=True, help_text='None chosen: every location.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='locations.location', verbose_name='location')),
            ],
            options={
                'verbose_name': 'assignment',
                'verbose_name_plural': 'assignments',
                'ordering': ['user_id', 'location_id', 'role'],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text_en', models.TextField(verbose_name='text in English')),
                ('text_es', models.TextField(verbose_name='text in Spanish')),
                ('level', models.CharField(choices=[('info', 'information'), ('warning', 'warning')], default='info', max_length=8, verbose_name='level')),
                ('shown_from', models.DateTimeField(verbose_name='shown from')),
                ('shown_until', models.DateTimeField(verbose_name='shown until')),
                ('locations', models.ManyToManyField(blank=True, help_text='None chosen: shown everywhere.', related_name='notices', to='locations.location', verbose_name='locations')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ['-shown_from', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Scanner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('modality', models.CharField(choices=[('MR', 'MRI'), ('CT', 'CT'), ('XR', 'X-ray')], max_length=2, verbose_name='kind of scan')),
                ('dicom_modality', models.CharField(choices=[('MR', 'MR'), ('CT', 'CT'), ('DX', 'DX (digital X-ray)'), ('CR', 'CR (computed radiography)')], max_length=2, verbose_name='DICOM modality')),
                ('ae_title', models.CharField(blank=True, max_length=16, validators=[django.core.validators.RegexValidator('^[!-\\[\\]-~]([ -\\[\\]-~]{0,14}[!-\\[\\]-~])?$', '1 to 16 plain characters, no backslash, no space at either end.')], verbose_name='AE title')),
                ('character_set', models.CharField(choices=[('ISO_IR 192', 'ISO_IR 192 (UTF-8)'), ('ISO_IR 100', 'ISO_IR 100 (Latin 1)'), ('ISO_IR 6', 'ISO_IR 6 (ASCII)')], default='ISO_IR 192', max_length=16, verbose_name='character set')),
                ('bore_cm', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='width of the opening, cm')),
                ('field_strength_tesla', models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True, verbose_name='field strength, tesla')),
                ('weight_limit_lb', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='weight limit, pounds')),
                ('girth_limit_in', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='girth limit, inches')),
                ('has_contrast', models.BooleanField(default=False, verbose_name='can give contrast')),
                ('turnover_minutes', models.PositiveSmallIntegerField(default=5, help_text='Needed between two patients.', verbose_name='turnover, minutes')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scanners', to='locations.location', verbose_name='location')),
            ],
            options={
                'verbose_name': 'scanner',
                'verbose_name_plural': 'scanners',
                'ordering': ['location__name', 'location_id', 'name'],
            },
        ),
        migrations.CreateModel(
            name='OpeningHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('open', 'visits'), ('contrast', 'contrast, a physician is here'), ('doors', 'doors and front desk')], default='open', max_length=8, verbose_name='for')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], verbose_name='day')),
                ('opens', models.PositiveSmallIntegerField(verbose_name='opens')),
                ('closes', models.PositiveSmallIntegerField(verbose_name='closes')),
                ('effective_from', models.DateField(blank=True, null=True, verbose_name='first day')),
                ('effective_until', models.DateField(blank=True, help_text='The first day that no longer counts.', null=True, verbose_name='ends before')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opening_hours', to='locations.location', verbose_name='location')),
                ('scanner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='opening_hours', to='locations.scanner', verbose_name='only this scanner')),
            ],
            options={
                'verbose_name': 'opening hours',
                'verbose_name_plural': 'opening hours',
                'ordering': ['location_id', 'scanner_id', 'kind', 'weekday', 'opens'],
            },
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('holiday', 'holiday'), ('downtime', 'downtime'), ('block', 'block')], max_length=8, verbose_name='kind')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='until')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason, for staff')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closures', to='locations.location', verbose_name='location')),
                ('scanner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='closures', to='locations.scanner', verbose_name='only this scanner')),
            ],
            options={
                'verbose_name': 'closure',
                'verbose_name_plural': 'closures',
                'ordering': ['starts_at', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='user_email_lower_case'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(fields=('user', 'location', 'role'), name='assignment_once', nulls_distinct=False, violation_error_message='This role is given already.'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ('front_desk', 'technologist', 'radiologist', 'administrator', 'auditor'))), name='assignment_role_known'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('shown_from__lt', models.F('shown_until'))), name='notice_start_before_end', violation_error_message='The end must be after the start.'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ('info', 'warning'))), name='notice_level_known'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text_en', ''), _negated=True), models.Q(('text_es', ''), _negated=True)), name='notice_text_given'),
        ),
        migrations.AddConstraint(
            model_name='scanner',
            constraint=models.UniqueConstraint(fields=('location', 'name'), name='scanner_name_unique_at_location'),
        ),
        migrations.AddConstraint(
            model_name='scanner',
            constraint=models.UniqueConstraint(fields=('location', 'id'), name='scanner_location_and_id'),
        ),
        migrations.AddConstraint(
            model_name='scanner',
            constraint=models.UniqueConstraint(condition=models.Q(('ae_title', ''), _negated=True), fields=('ae_title',), name='scanner_ae_title_unique'),
        ),
        migrations.AddConstraint(
            model_name='scanner',
            constraint=models.CheckConstraint(condition=models.Q(('ae_title', ''), ('ae_title__regex', '^[!-\\[\\]-~]([ -\\[\\]-~]{0,14}[!-\\[\\]-~])?$'), _connector='OR'), name='scanner_ae_title_form'),
        ),
        migrations.AddConstraint(
            model_name='scanner',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('dicom_modality', 'MR'), ('modality', 'MR')), models.Q(('dicom_modality', 'CT'), ('modality', 'CT')), models.Q(('dicom_modality__in', ('DX', 'CR')), ('modality', 'XR')), _connector='OR'), name='scanner_dicom_modality_fits', violation_error_message='This DICOM modality does not fit the kind of scan.'),
        ),
        migrations.AddConstraint(
            model_name='scanner',
            constraint=models.CheckConstraint(condition=models.Q(('character_set__in', ('ISO_IR 192', 'ISO_IR 100', 'ISO_IR 6'))), name='scanner_character_set_known'),
        ),
        migrations.AddConstraint(
            model_name='scanner',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('bore_cm', None), ('bore_cm__gt', 0), _connector='OR'), models.Q(('field_strength_tesla', None), ('field_strength_tesla__gt', 0), _connector='OR'), models.Q(('weight_limit_lb', None), ('weight_limit_lb__gt', 0), _connector='OR'), models.Q(('girth_limit_in', None), ('girth_limit_in__gt', 0), _connector='OR')), name='scanner_limits_positive'),
        ),
        migrations.AddConstraint(
            model_name='scanner',
            constraint=models.CheckConstraint(condition=models.Q(('turnover_minutes__lte', 240)), name='scanner_turnover_in_range'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.CheckConstraint(condition=models.Q(('closes__gt', 0), ('closes__lte', 1440), ('opens__gte', 0), ('opens__lt', 1440)), name='openinghours_in_day', violation_error_message='Hours go from 00:00 to 24:00.'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.CheckConstraint(condition=models.Q(('opens__lt', models.F('closes'))), name='openinghours_open_before_close', violation_error_message='Closing must be after opening. A night is two rows.'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='openinghours_weekday_in_week'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('open', 'contrast', 'doors'))), name='openinghours_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.CheckConstraint(condition=models.Q(('effective_from', None), ('effective_until', None), ('effective_from__lt', models.F('effective_until')), _connector='OR'), name='openinghours_effective_order', violation_error_message='The last date must be after the first day.'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('location', '='), (django.db.models.functions.comparison.Coalesce('scanner', models.Value(0), output_field=models.BigIntegerField()), '='), ('kind', '='), ('weekday', '='), (models.Func(models.F('opens'), models.F('closes'), function='int4range', output_field=django.contrib.postgres.fields.ranges.IntegerRangeField()), '&&'), (models.Func(models.F('effective_from'), models.F('effective_until'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='openinghours_no_overlap', violation_error_message='These hours overlap others of the same day.'),
        ),
        migrations.AddIndex(
            model_name='closure',
            index=models.Index(fields=['location', 'ends_at', 'starts_at'], name='closure_window'),
        ),
        migrations.AddConstraint(
            model_name='closure',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at__lt', models.F('ends_at'))), name='closure_start_before_end', violation_error_message='The end must be after the start.'),
        ),
        migrations.AddConstraint(
            model_name='closure',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('holiday', 'downtime', 'block'))), name='closure_kind_known'),
        ),
        # A row about one scanner names the scanner's own location. Django has no composite foreign keys.
        migrations.RunSQL(
            sql="""
                ALTER TABLE locations_openinghours ADD CONSTRAINT openinghours_scanner_at_location
                FOREIGN KEY (location_id, scanner_id) REFERENCES locations_scanner (location_id, id)
            """,
            reverse_sql="ALTER TABLE locations_openinghours DROP CONSTRAINT openinghours_scanner_at_location",
        ),
        migrations.RunSQL(
            sql="""
                ALTER TABLE locations_closure ADD CONSTRAINT closure_scanner_at_location
                FOREIGN KEY (location_id, scanner_id) REFERENCES locations_scanner (location_id, id)
            """,
            reverse_sql="ALTER TABLE locations_closure DROP CONSTRAINT closure_scanner_at_location",
        ),
    ]
