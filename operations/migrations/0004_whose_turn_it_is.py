from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('operations', '0003_keyed_requests'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['state', 'scope', 'created_at', 'task'], name='job_by_state_and_turn'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['heartbeat_at', 'scope'], name='job_by_last_service'),
        ),
    ]
