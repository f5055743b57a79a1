"""A case from the application to its renewal: kinds, procedures and parts; findings, disputes, plans, samples, visits."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessment', '0003_intervals_on_papers'),
        ('centres', '0004_each_account_a_person'),
        ('evidence', '0001_initial'),
        ('indicators', '0004_published_editions_are_final'),
        ('operations', '0003_keyed_requests'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pillar', models.CharField(max_length=20)),
                ('assigned_on', models.DateField()),
            ],
            options={
                'ordering': ('pillar', 'id'),
            },
        ),
        migrations.CreateModel(
            name='CasePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('natural_person', models.UUIDField()),
                ('part', models.CharField(choices=[('applicant', 'applicant'), ('registrar', 'registrar'), ('assessor', 'assessor'), ('reviewer', 'reviewer'), ('decider', 'decider'), ('appeal_handler', 'appeal handler')], max_length=15)),
                ('since', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('complaint', 'complaint'), ('appeal', 'appeal'), ('objection', 'objection')], max_length=10)),
                ('state', models.CharField(choices=[('received', 'received'), ('acknowledged', 'acknowledged'), ('upheld', 'upheld'), ('dismissed', 'dismissed')], default='received', max_length=12)),
                ('statement', models.TextField()),
                ('name', models.CharField(max_length=200)),
                ('contact', models.CharField(max_length=200)),
                ('lodged_at', models.DateTimeField(auto_now_add=True)),
                ('answer', models.TextField(blank=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('lodged_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='EvaluationPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('visit_needed', models.BooleanField(default=True)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('node', models.CharField(blank=True, max_length=40)),
                ('severity', models.CharField(choices=[('major', 'major nonconformity'), ('minor', 'minor nonconformity'), ('observation', 'observation')], max_length=12)),
                ('statement', models.TextField()),
                ('state', models.CharField(choices=[('open', 'open'), ('answered', 'answered'), ('accepted', 'corrective action accepted'), ('closed', 'closed'), ('retracted', 'retracted')], default='open', max_length=10)),
                ('raised_at', models.DateTimeField(auto_now_add=True)),
                ('due_on', models.DateField(null=True)),
                ('root_cause', models.TextField(blank=True)),
                ('corrective_action', models.TextField(blank=True)),
                ('effectiveness', models.TextField(blank=True)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ('raised_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='FindingNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=20)),
                ('text', models.TextField()),
                ('due_on', models.DateField(null=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='Photograph',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('media_type', models.CharField(choices=[('image/jpeg', 'JPEG'), ('image/png', 'PNG')], max_length=20)),
                ('shows', models.CharField(max_length=200, verbose_name='what it shows')),
                ('taken_at', models.DateTimeField()),
                ('zone', models.CharField(max_length=60)),
                ('place', models.CharField(max_length=200)),
                ('received_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('taken_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Sample',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('of', models.CharField(max_length=20)),
                ('share', models.DecimalField(decimal_places=4, max_digits=5)),
                ('at_least', models.PositiveIntegerField(default=1)),
                ('body_commitment', models.CharField(max_length=71)),
                ('secret', models.CharField(max_length=64)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('inventory', models.JSONField(default=list)),
                ('inventory_commitment', models.CharField(blank=True, max_length=71)),
                ('centre_word', models.CharField(blank=True, max_length=200)),
                ('committed_at', models.DateTimeField(null=True)),
                ('drawn', models.JSONField(default=list)),
                ('drawn_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('asked_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='SiteVisit',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('begins_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('place', models.CharField(max_length=200)),
                ('agenda', models.TextField(blank=True)),
                ('record', models.JSONField(default=dict)),
                ('closed_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ('begins_on', 'id'),
            },
        ),
        migrations.RemoveConstraint(
            model_name='assessedevidence',
            name='each_file_once_per_package',
        ),
        migrations.RemoveConstraint(
            model_name='assessment',
            name='one_open_assessment_per_centre',
        ),
        migrations.AddField(
            model_name='act',
            name='of',
            field=models.CharField(default='assessment', max_length=12),
        ),
        migrations.AddField(
            model_name='act',
            name='part',
            field=models.CharField(choices=[('applicant', 'applicant'), ('registrar', 'registrar'), ('assessor', 'assessor'), ('reviewer', 'reviewer'), ('decider', 'decider'), ('appeal_handler', 'appeal handler'), ('system', 'the platform itself')], default='applicant', max_length=15),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='assessedevidence',
            name='submission',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='assessment',
            name='kind',
            field=models.CharField(choices=[('certification', 'certification'), ('renewal', 'renewal'), ('pre_assessment', 'pre-assessment')], default='certification', max_length=15),
        ),
        migrations.AddField(
            model_name='assessment',
            name='notice_days',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='assessment',
            name='notice_until',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='assessment',
            name='procedure',
            field=models.CharField(choices=[('full', 'full'), ('express', 'express')], default='full', max_length=10),
        ),
        migrations.AddField(
            model_name='assessment',
            name='submissions',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='certificate',
            name='replaces',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='assessment.certificate'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='surveillance_due_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='certificate',
            name='suspended_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='act',
            name='from_state',
            field=models.CharField(blank=True, max_length=15),
        ),
        migrations.AlterField(
            model_name='act',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='act',
            name='to_state',
            field=models.CharField(max_length=15),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('submitted', 'submitted'), ('under_review', 'application under review'), ('accepted', 'application accepted'), ('declined', 'application declined'), ('in_evaluation', 'in evaluation'), ('evaluated', 'evaluated'), ('reviewed', 'reviewed'), ('announced', 'open to objections'), ('certified', 'certified'), ('refused', 'refused'), ('stated', 'statement issued'), ('discontinued', 'discontinued')], default='draft', max_length=15),
        ),
        migrations.AlterField(
            model_name='certificate',
            name='state',
            field=models.CharField(choices=[('valid', 'valid'), ('suspended', 'suspended'), ('withdrawn', 'withdrawn'), ('expired', 'expired'), ('terminated', 'cancelled')], default='valid', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='act',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('part__in', ['applicant', 'registrar', 'assessor', 'reviewer', 'decider', 'appeal_handler']), ('person__isnull', False)), models.Q(('part', 'system'), ('person', None)), _connector='OR'), name='only_the_platform_acts_without_a_person'),
        ),
        migrations.AddConstraint(
            model_name='assessedevidence',
            constraint=models.UniqueConstraint(fields=('assessment', 'submission', 'evidence'), name='each_file_once_per_package'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('declined', 'certified', 'refused', 'stated', 'discontinued')), _negated=True), fields=('centre',), name='one_open_assessment_per_centre'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='assessment.assessment'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='assigned_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assignment',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casepart',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='assessment.assessment'),
        ),
        migrations.AddField(
            model_name='casepart',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dispute',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='assessment.assessment'),
        ),
        migrations.AddField(
            model_name='dispute',
            name='handler',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dispute',
            name='lodged_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='evaluationplan',
            name='assessment',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='plan', to='assessment.assessment'),
        ),
        migrations.AddField(
            model_name='evaluationplan',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='finding',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='assessment.assessment'),
        ),
        migrations.AddField(
            model_name='finding',
            name='raised_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='findingnote',
            name='finding',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='assessment.finding'),
        ),
        migrations.AddField(
            model_name='findingnote',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='findingnote',
            name='reply_to',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='assessment.findingnote'),
        ),
        migrations.AddField(
            model_name='photograph',
            name='blob',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.blob'),
        ),
        migrations.AddField(
            model_name='photograph',
            name='taken_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sample',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sample',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='samples', to='assessment.assessment'),
        ),
        migrations.AddField(
            model_name='sample',
            name='committed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sitevisit',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='assessment.assessment'),
        ),
        migrations.AddField(
            model_name='sitevisit',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sitevisit',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='photograph',
            name='visit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photographs', to='assessment.sitevisit'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(fields=('assessment', 'person', 'pillar'), name='each_pillar_assigned_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='casepart',
            constraint=models.UniqueConstraint(fields=('assessment', 'natural_person'), name='one_part_per_natural_person_and_case'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'received'), models.Q(('handler__isnull', False), models.Q(('state', 'acknowledged'), models.Q(('answer', ''), _negated=True), _connector='OR')), _connector='OR'), name='a_decided_dispute_has_handler_and_answer'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('severity', 'observation'), ('state__in', ('open', 'retracted')), models.Q(models.Q(('root_cause', ''), _negated=True), models.Q(('corrective_action', ''), _negated=True)), _connector='OR'), name='an_answered_nonconformity_has_cause_and_action'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('severity', 'observation'), models.Q(('state', 'closed'), _negated=True), models.Q(('effectiveness', ''), _negated=True), _connector='OR'), name='a_closed_nonconformity_was_checked'),
        ),
        migrations.AddConstraint(
            model_name='findingnote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('act', 'ask'), _negated=True), ('due_on__isnull', False), _connector='OR'), models.Q(models.Q(('act', 'reply'), _negated=True), ('reply_to__isnull', False), _connector='OR')), name='a_question_has_a_day_and_a_reply_a_question'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(('drawn_at', None), models.Q(('committed_at__isnull', False), models.Q(('inventory_commitment', ''), _negated=True)), _connector='OR'), name='nothing_is_drawn_before_both_committed'),
        ),
        migrations.AddConstraint(
            model_name='sitevisit',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('begins_on'))), name='a_visit_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='photograph',
            constraint=models.UniqueConstraint(fields=('visit', 'blob'), name='each_picture_once_per_visit'),
        ),
    ]
