import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('locations', '0006_walk_in_xray'),
        ('scheduling', '0055_order_invitations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='closureplan', name='closure_plan_in_order'),
        migrations.RenameModel('ClosurePlan', 'ChangePlan'),
        migrations.RenameField('changeplan', 'kind', 'closure_kind'),
        migrations.AddField(
            model_name='changeplan',
            name='kind',
            field=models.CharField(choices=[('closure', 'closure'), ('hours', 'hours')], default='closure', max_length=8, verbose_name='kind'),
            preserve_default=False,
        ),
        migrations.AlterModelOptions(
            name='changeplan',
            options={'ordering': ['-made_at', '-pk'], 'verbose_name': 'plan of a change', 'verbose_name_plural': 'plans of changes'},
        ),
        migrations.AddField(
            model_name='changeplan',
            name='wanted',
            field=models.JSONField(blank=True, default=dict, help_text='Of hours: the spans of a week.', verbose_name='what is to stand'),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='event',
            field=models.CharField(choices=[('hold.placed', 'time held'), ('hold.extended', 'hold extended'), ('hold.ended', 'hold ended'), ('visit.booked', 'booked'), ('visit.confirmed', 'patient will come'), ('visit.moved', 'moved'), ('visit.scanner_changed', 'on another scanner'), ('visit.arrived', 'arrived'), ('visit.exam_started', 'exam began'), ('visit.exam_ended', 'exam ended'), ('visit.no_show', 'did not come'), ('visit.step_undone', 'step taken back'), ('visit.caller_checked', 'caller’s identity checked'), ('visit.contact_changed', 'contact changed'), ('patient.changed', 'patient’s record changed'), ('patient.merged', 'two records merged'), ('patient.separated', 'records separated again'), ('patient.two_people', 'looked at beside another record: two people'), ('visit.noted', 'note written'), ('visit.change_undone', 'change undone'), ('visit.exam_corrected', 'exam corrected to the order'), ('visit.canceled', 'canceled'), ('visit.taken_back', 'cancel taken back'), ('visit.viewed', 'viewed'), ('visit.link_asked', 'link asked for'), ('visit.link_sent', 'link sent again'), ('visit.lookup_failed', 'look-up failed'), ('screening.answered', 'screening answered'), ('screening.emergency', 'screening: emergency advice shown'), ('screening.signed', 'second screen signed'), ('visit.paying_changed', 'paying changed'), ('visit.authorization', 'authorization changed'), ('document.added', 'document added'), ('document.removed', 'document removed'), ('document.viewed', 'document viewed'), ('draft.taken_over', 'online booking taken over by the desk'), ('draft.set_up', 'agreed to be booked by phone'), ('callback.requested', 'callback requested'), ('task.opened', 'task opened'), ('task.made_urgent', 'task made urgent'), ('task.moved', 'task moved with its visit'), ('task.number_changed', 'task: number to call changed'), ('task.taken', 'task: being looked at'), ('task.escalated', 'task: overdue, told to the manager'), ('task.given_back', 'task: given back'), ('task.passed_on', 'task: passed on to a radiologist'), ('review.noted', 'note on a review'), ('review.later_day', 'later day asked for'), ('review.card_asked', 'device card asked for'), ('review.released', 'review released'), ('implant.added', 'implant kept with the patient'), ('implant.removed', 'implant taken off the list'), ('lab.recorded', 'blood test recorded'), ('lab.waived', 'blood test waived'), ('lab.planned', 'blood test planned at the center'), ('task.tried', 'call tried'), ('task.closed', 'task done'), ('task.reopened', 'task open again'), ('exam.saved', 'exam saved'), ('preparation.saved', 'preparation saved'), ('offering.saved', 'offering saved'), ('location.saved', 'location saved'), ('questionnaire.published', 'questionnaire published'), ('questionnaire.ended', 'questionnaire no longer in force'), ('version.started', 'version begun'), ('version.changed', 'version changed'), ('version.discarded', 'version discarded'), ('waitlist.joined', 'joined the waitlist'), ('waitlist.changed', 'waitlist entry changed'), ('waitlist.restored', 'waitlist entry restored'), ('waitlist.ended', 'waitlist entry ended'), ('staff.sign_in_failed', 'sign-in failed'), ('walkin.came', 'came without a time'), ('walkin.called', 'walk-in called'), ('walkin.taken_in', 'walk-in taken in'), ('walkin.left', 'walk-in left'), ('walkin.put_back', 'walk-in back in the queue'), ('order.came', 'order received'), ('order.changed', 'order changed'), ('order.viewed', 'order viewed'), ('order.invited', 'invited to book'), ('order.opened', 'invitation opened'), ('order.begun', 'booking begun from the invitation'), ('order.booked', 'booked from the order'), ('order.freed', 'order can be booked again'), ('order.closed', 'order closed'), ('order.reopened', 'order open again'), ('visit.kept', 'kept where it is'), ('location.hours', 'hours changed'), ('closure.made', 'closed'), ('closure.ended', 'open again early'), ('staff.exported', 'list printed or exported'), ('staff.searched', 'visit searched for'), ('staff.signed_in', 'signed in'), ('staff.factor_added', 'second factor added'), ('staff.factor_removed', 'second factor removed'), ('staff.factor_reset', 'second factor reset by an administrator'), ('staff.codes_made', 'new recovery codes made'), ('staff.password_changed', 'password changed'), ('staff.password_asked', 'new password asked for'), ('staff.sessions_ended', 'sessions ended'), ('staff.invited', 'invited'), ('staff.invitation_withdrawn', 'invitation withdrawn'), ('staff.joined', 'invitation accepted'), ('staff.roles_changed', 'roles changed'), ('staff.access_ended', 'access taken away'), ('staff.access_given', 'access given back')], max_length=32, verbose_name='event'),
        ),
        migrations.AlterField(
            model_name='changeplan',
            name='closure_kind',
            field=models.CharField(blank=True, choices=[('holiday', 'holiday'), ('downtime', 'downtime'), ('block', 'block')], max_length=8, verbose_name='kind of closure'),
        ),
        migrations.AlterField(
            model_name='changeplan',
            name='ends_at',
            field=models.DateTimeField(blank=True, help_text='Empty: for good.', null=True, verbose_name='until'),
        ),
        migrations.AddConstraint(
            model_name='changeplan',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at__lt', models.F('ends_at'))), name='change_plan_in_order'),
        ),
        migrations.AddConstraint(
            model_name='changeplan',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('closure', 'hours'))), name='change_plan_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='changeplan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'closure'), _negated=True), models.Q(('ends_at__isnull', False), models.Q(('closure_kind', ''), _negated=True)), _connector='OR'), name='change_plan_closes_for_a_time'),
        ),
    ]
