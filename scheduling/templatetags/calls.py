"""Words about calls that were tried, and when the next one is."""

from django import template

from scheduling.frontdesk.queue_words import next_try_words
from scheduling.frontdesk.try_form import on_the_clock
from scheduling.models import Task

register = template.Library()
register.simple_tag(next_try_words, name="next_try")
register.simple_tag(on_the_clock)


@register.filter
def try_words(result: str) -> str:
    """left a message"""
    return str(Task.Try(result or Task.Try.NO_ANSWER).label)


@register.simple_tag
def try_results(may_finish: bool) -> list[tuple[str, str]]:
    """What may come of a call, as value and words. It does not decide what is decided elsewhere."""
    done = Task.Try.DONE.value
    return [(value, str(label)) for value, label in Task.Try.choices if may_finish or value != done]
