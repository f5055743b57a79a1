"""Ratings of single indicators with every version, drafts of them, and the result as measured before rulings."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessment', '0006_screenings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='assessment',
            name='measured',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessment.storedresult'),
        ),
        migrations.AddField(
            model_name='assessment',
            name='rating',
            field=models.CharField(choices=[('none', 'no ratings of indicators'), ('single', 'every indicator is ruled on'), ('double', 'judged levels are rated twice, blind')], default='none', max_length=10),
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('node', models.CharField(max_length=40)),
                ('seat', models.CharField(choices=[('first', 'first rating'), ('second', 'second rating'), ('adjudication', 'adjudication')], default='first', max_length=12)),
                ('state', models.CharField(choices=[('open', 'to do'), ('accepted', 'figure accepted'), ('disputed', 'figure not accepted'), ('not_applicable', 'not applicable'), ('approved', 'not applicable, reason approved'), ('judged', 'level judged'), ('proposed', 'level proposed')], default='open', max_length=15)),
                ('level', models.DecimalField(decimal_places=4, max_digits=9, null=True)),
                ('ground', models.CharField(blank=True, max_length=80)),
                ('text', models.TextField(blank=True)),
                ('version', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField(auto_now=True)),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='assessment.assessment')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seconded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('node', 'seat'),
            },
        ),
        migrations.CreateModel(
            name='RatingDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('node', models.CharField(max_length=40)),
                ('content', models.JSONField()),
                ('on_version', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField(auto_now=True)),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='assessment.assessment')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('node',),
            },
        ),
        migrations.CreateModel(
            name='RatingVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('act', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('open', 'to do'), ('accepted', 'figure accepted'), ('disputed', 'figure not accepted'), ('not_applicable', 'not applicable'), ('approved', 'not applicable, reason approved'), ('judged', 'level judged'), ('proposed', 'level proposed')], max_length=15)),
                ('level', models.DecimalField(decimal_places=4, max_digits=9, null=True)),
                ('ground', models.CharField(blank=True, max_length=80)),
                ('text', models.TextField(blank=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rating', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='assessment.rating')),
            ],
            options={
                'ordering': ('rating', 'version'),
            },
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.UniqueConstraint(fields=('assessment', 'node', 'seat'), name='one_rating_per_indicator_and_seat'),
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('level__isnull', False), ('state__in', ('judged', 'proposed'))), models.Q(('level', None), models.Q(('state__in', ('judged', 'proposed')), _negated=True)), _connector='OR'), name='a_level_is_what_is_judged'),
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('disputed', 'not_applicable', 'approved', 'judged', 'proposed')), _negated=True), models.Q(('text', ''), _negated=True), models.Q(('ground', ''), _negated=True), _connector='OR'), name='what_is_not_accepted_has_its_reason'),
        ),
        migrations.AddConstraint(
            model_name='ratingdraft',
            constraint=models.UniqueConstraint(fields=('assessment', 'node', 'person'), name='one_draft_per_person_and_indicator'),
        ),
        migrations.AddConstraint(
            model_name='ratingversion',
            constraint=models.UniqueConstraint(fields=('rating', 'version'), name='each_version_of_a_rating_once'),
        ),
    ]
