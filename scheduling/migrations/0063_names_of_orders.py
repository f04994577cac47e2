import re
import unicodedata

from django.db import migrations, models


def fold(apps, schema_editor):
    """As names were folded when this was written; what is saved later is folded by the action."""
    for order in apps.get_model("scheduling", "Order").objects.exclude(given_name="", family_name=""):
        name = re.sub("['’]", "", f"{order.given_name} {order.family_name}".casefold())
        apart = unicodedata.normalize("NFKD", name)
        bare = "".join(sign for sign in apart if not "\u0300" <= sign <= "\u036f")
        words = "".join(sign if sign.isalnum() or unicodedata.category(sign)[0] == "M" else " " for sign in bare)
        order.folded_name = unicodedata.normalize("NFC", " ".join(words.split()))[:400]
        order.save(update_fields=["folded_name"])


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0062_moved_away")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="folded_name",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=400, verbose_name="name for search"
            ),
        ),
        migrations.RunPython(fold, migrations.RunPython.noop),
    ]
