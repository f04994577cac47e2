from django import template

from locations import words
from locations.models import Scanner

register = template.Library()
register.filter("clock_words", words.clock_words)
register.filter("local_clock", words.local_clock)
register.filter("span_words", words.span_words)
register.filter("today_words", words.today_words)
register.filter("kind_label", lambda kind: Scanner.Modality(kind).label)
register.filter("miles_words", words.miles_words)
