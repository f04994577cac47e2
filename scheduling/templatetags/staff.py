from django import template
from django.contrib.auth.models import AnonymousUser

from locations.models import User
from scheduling.queries.permissions import may_open_admin

register = template.Library()


@register.filter
def opens_admin(user: User | AnonymousUser) -> bool:
    return may_open_admin(user)
