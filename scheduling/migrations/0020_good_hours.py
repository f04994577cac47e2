
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0019_documents'),
    ]

    operations = [
        migrations.AddField(
            model_name='task',
            name='good_hours',
            field=models.CharField(choices=[('any', 'Any time'), ('morning', 'Morning, before noon'), ('afternoon', 'Afternoon, noon to 5 pm'), ('evening', 'Evening, after 5 pm')], default='any', max_length=10, verbose_name='good time to call'),
        ),
    ]
