# ruff: noqa: E501
"""Every component and form state, on pages put together as the real ones are."""

import datetime as dt
from types import SimpleNamespace as Thing

from crispy_forms.layout import Fieldset, Row
from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import engines

from scheduling.forms.fields import BirthDateField, EmailField, NameField, PhoneField
from scheduling.forms.layout import AllianceHelper, Options, PrimaryButton, Question, Reveal, SecondButton

NOW = dt.datetime(2026, 12, 1, 20, 33, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 26)


class PatientForm(forms.Form):
    who = forms.ChoiceField(
        label="Who is the scan for?",
        choices=[("self", "Me"), ("other", "Someone else")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who the scan is for"},
    )
    relation = forms.CharField(label="What are you to the patient?", required=False)
    first_name = NameField(label="First name", empty="Enter the first name", autocomplete="given-name")
    last_name = NameField(
        label="Last name", empty="Enter the last name, or check “one name only”", autocomplete="family-name"
    )
    one_name = forms.BooleanField(label="I have one name only", required=False)
    birth_date = BirthDateField()

    def __init__(self, *args, today=TODAY, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].today = today
        self.helper = AllianceHelper(
            self,
            Options("who", reveals={"other": ["relation"]}),
            "first_name",
            "last_name",
            "one_name",
            "birth_date",
        )


class ContactForm(forms.Form):
    ways = forms.MultipleChoiceField(
        label="How should we reach you?",
        help_text="Choose one or more.",
        choices=[("text", "Text message"), ("call", "Phone call"), ("email", "Email")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one way to reach you"},
    )
    phone = PhoneField()
    email = EmailField()
    zip_code = forms.CharField(
        label="ZIP code",
        required=False,
        widget=forms.TextInput(attrs={"class": "input-zip", "inputmode": "numeric"}),
    )
    consent = forms.BooleanField(
        label="You may text me about this visit", help_text="Not needed to book.", required=False
    )
    note = forms.CharField(label="Anything else?", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    language = forms.ChoiceField(label="Language", choices=[("en", "English"), ("es", "Spanish")])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = AllianceHelper(
            self,
            Options(
                "ways",
                reveals={("text", "call"): ["phone"], "email": ["email"]},
                hints={"text": "The fastest way."},
            ),
            Row("zip_code", "language"),
            Reveal("consent", "note"),
            button=PrimaryButton("Book this visit", busy="Booking…"),
            others=(SecondButton("Save, finish later", name="later"),),
        )


class SafetyForm(forms.Form):
    metal = forms.ChoiceField(
        label="Has metal ever been in your eye?",
        choices=[("yes", "Yes"), ("no", "No"), ("unsure", "Not sure")],
        widget=forms.RadioSelect,
        error_messages={"required": "Answer Yes, No or Not sure: metal in the eye"},
    )
    stent = forms.ChoiceField(
        label="Surgery or a stent in the last 6 weeks?",
        choices=[("yes", "Yes"), ("no", "No"), ("unsure", "Not sure")],
        widget=forms.RadioSelect,
        error_messages={"required": "Answer Yes, No or Not sure: recent surgery"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = AllianceHelper(
            self, Fieldset("Before your MRI", Options("metal", in_row=True), Options("stent", in_row=True))
        )


class PlaceForm(forms.Form):
    place = forms.CharField(
        label="Where are you?",
        help_text="A ZIP code or a city, like “78701” or “Austin, TX”",
        error_messages={"required": "Enter a ZIP code or city"},
        widget=forms.TextInput(attrs={"class": "input-zip"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = AllianceHelper(self, Question("place"))


def ticket(minutes: int = 8, **changes: object) -> Thing:
    values = {
        "what": "Knee MRI at Riverside",
        "when": "Tuesday, December 1, 9:40\xa0am",
        "now": NOW,
        "held_until": NOW + dt.timedelta(minutes=minutes),
        "until": "2:41\xa0pm",
        "minutes": minutes,
        "percent": minutes * 10,
        "keep_url": "/keep/",
        "change_url": "/change/",
        "extensions_left": 3,
    }
    return Thing(**(values | changes))


def days() -> list[Thing]:
    rows = [("Mon", 30, 5, "Nov"), ("Tue", 1, 12, "Dec"), ("Wed", 2, 1, ""), ("Thu", 3, 0, "")]
    rows += [("Fri", 4, 8, ""), ("Sat", 5, 4, ""), ("Sun", 6, 0, "")]
    rows += [("Mon", 7, 5, ""), ("Tue", 8, 9, ""), ("Wed", 9, 12, ""), ("Thu", 10, 2, "")]
    return [
        Thing(
            weekday=w,
            number=n,
            count=c,
            marks=min(4, (c + 2) // 3),
            month=m,
            full=f"{w}, {m or 'Dec'} {n}",
            url="#",
            current=n == 1,
        )
        for w, n, c, m in rows
    ]


def groups() -> list[Thing]:
    named = {
        "Morning": ["8:20\xa0am", "9:00\xa0am", "9:40\xa0am", "11:00\xa0am"],
        "Afternoon": ["12:20\xa0pm", "1:00\xa0pm", "2:20\xa0pm"],
        "Evening": ["5:40\xa0pm", "6:20\xa0pm"],
    }
    return [
        Thing(heading=name, slots=[Thing(value=t, label=t, full="Tuesday, December 1") for t in times])
        for name, times in named.items()
    ]


SUGGESTIONS = [
    Thing(
        value="1",
        why="Soonest near you",
        time="8:20\xa0am",
        day="Tomorrow, Friday, November 27",
        place="Oak Street, 4.8 miles",
    ),
    Thing(
        value="2", why="Soonest at Riverside", time="9:40\xa0am", day="Tuesday, December 1", place="2.1 miles"
    ),
    Thing(
        value="3",
        why="Soonest Saturday",
        time="10:00\xa0am",
        day="Saturday, December 5",
        place="Riverside, 2.1 miles",
    ),
]
CENTERS = [
    Thing(name="Riverside", url="/a/", distance="2.1 miles", address="1200 River Road, Austin, TX 78704", open_now=True,
          hours="Open until 7 pm", facts=["Wide-bore MRI", "Open Saturday"], next="Next knee MRI: tomorrow, 8:20\xa0am"),
    Thing(name="Oak Street Imaging and Women’s Health", url="/b/", distance="4.8 miles", address="88 Oak Street, Austin, TX 78701",
          open_now=False, hours="Closed today", facts=[], next="Next knee MRI: Monday, 7:40\xa0am"),
    Thing(name="North Park", url="/c/", distance="6.0 miles", address="9 Park Lane, Round Rock, TX 78664", open_now=True,
          hours="Open until 5 pm", facts=[], next=""),
]  # fmt: skip
EXAMS = [
    Thing(
        name="MRI of the knee",
        url="/x/",
        text="Pictures of cartilage, ligaments and bone",
        length="about 45 minutes",
        price="from $420",
    ),
    Thing(
        name="MRI of the knee with contrast",
        url="/y/",
        text="With a dye that shows joints better",
        length="about 1 hour",
        price="from $610",
    ),
    Thing(name="X-ray of the knee", url="/z/", text="", length="about 15 minutes", price=""),
]
ROWS = [
    Thing(label="Exam", value="MRI of the knee, left side", url="/e/", what="the exam"),
    Thing(label="Center", value="Riverside\n1200 River Road, Austin, TX 78704", url="/c/", what="the center"),
    Thing(label="Date and time", value="Tuesday, December 1, 2026 at 9:40\xa0am", url="/t/", what="the time"),
    Thing(label="Email", value="", url="/m/", what="the email"),
    Thing(label="Price", value="$420 if you pay yourself", url="", what=""),
]
PREP = [
    "Leave jewelry, watches and hearing aids at home or in the locker.",
    "Wear clothes without metal.",
    "Eat, drink and take your medicines as always.",
]

NOTICES = [
    Thing(
        level="warning",
        text="North Park is closed on Friday, November 27 because of ice. We call everyone who has a visit.",
    ),
    Thing(level="info", text="Masks are welcome, not required."),
]
ERRORS = {
    "birth_date_month": "2",
    "birth_date_day": "30",
    "birth_date_year": "1952",
    "who": "other",
    "relation": "x",
}

PAGES = {
    "patient": ("sheet", {"form": PatientForm, "ticket": ticket(), "heading": "Who is the scan for?", "step": 3, "steps": 6}),
    "patient-error": ("sheet", {"form": lambda: PatientForm(ERRORS), "ticket": ticket(2), "heading": "Who is the scan for?"}),
    "contact": ("sheet", {"form": lambda: ContactForm(initial={"ways": ["email"]}), "ticket": ticket(over=True, held_until=None), "heading": "How should we reach you?", "question": True, "reveal": "x"}),
    "contact-error": ("sheet", {"form": lambda: ContactForm({"ways": ["text", "email"], "phone": "512 555", "email": "a@b", "consent": "on"}), "heading": "Contact"}),
    "safety-error": ("sheet", {"form": lambda: SafetyForm({"stent": "no"}), "heading": "A few safety questions"}),
    "question": ("sheet", {"form": PlaceForm}),
    "question-error": ("sheet", {"form": lambda: PlaceForm({"place": ""})}),
    "times": ("times", {"days": days(), "groups": groups(), "suggestions": SUGGESTIONS}),
    "times-taken": ("times", {"days": days(), "groups": groups(), "suggestions": SUGGESTIONS[:2], "taken": True}),
    "times-empty": ("empty", {}),
    "where": ("where", {"centers": CENTERS, "exams": EXAMS}),
    "home": ("home", {"centers": CENTERS, "notices": NOTICES}),
    "check": ("check", {"rows": ROWS, "ticket": ticket()}),
    "booked": ("booked", {"rows": ROWS[1:3], "items": PREP}),
    "panels": ("panels", {"items": PREP}),
    "desk": ("desk", {}),
    "desk-error": ("desk_form", {"form": lambda: ContactForm({})}),
    "404": ("404.html", {}), "403": ("403.html", {}), "403-csrf": ("403_csrf.html", {}), "429": ("429.html", {"wait": "10 minutes"}),
    "500": ("500.html", {}), "503": ("503.html", {}),
}  # fmt: skip

SHEET = """{% extends "base.html" %}{% load crispy_forms_tags %}{% block title %}{{ heading|default:"Question" }}{% endblock %}
{% block content %}<div class="sheet">{% if steps %}{% include "components/step_line.html" %}{% endif %}{% if heading %}<h1>{{ heading }}</h1>{% endif %}
{% crispy form %}</div>{% endblock %}"""

TEMPLATES = {
    "sheet": SHEET,
    "times": """{% extends "base.html" %}{% block title %}Choose a time{% endblock %}{% block content %}<div class="sheet">
<p class="kicker">Knee MRI at Riverside</p><h1>Choose a time</h1>
{% if taken %}{% include "components/status_message.html" with text="Someone just took 9:40 am. These are close." tone="amber" focus=True %}{% endif %}
<section><h2>Good times for you</h2>{% include "components/suggestions.html" %}</section>
<section class="stack"><h2>All times</h2>
<ul class="filters"><li><a href="#" aria-current="true">Any time</a></li><li><a href="#">Morning</a></li><li><a href="#">Afternoon</a></li><li><a href="#">Evening</a></li></ul>
{% include "components/day_tiles.html" %}</section>
<section class="stack"><h2 id="day" tabindex="-1">Tuesday, December 1</h2>{% include "components/slot_grid.html" %}</section>
<p class="small muted">All times are Austin time (Central).</p></div>{% endblock %}""",
    "empty": """{% extends "base.html" %}{% block title %}Choose a time{% endblock %}{% block content %}<div class="sheet"><h1>Choose a time</h1>
{% include "components/empty_state.html" with title="No times left on Tuesday" text="Next open: Wednesday, 8:20 am." url="#" action="Show Wednesday" %}</div>{% endblock %}""",
    "where": """{% extends "base.html" %}{% block title %}Choose a center{% endblock %}{% block content %}<div class="sheet"><h1>Choose a center</h1>
<p class="lede">3 centers have this exam.</p><ul class="rows">{% for row in centers %}{% include "components/center_row.html" with heading="h2" %}{% endfor %}</ul>
<h2>Choose an exam</h2><ul class="rows">{% for row in exams %}{% include "components/exam_row.html" %}{% endfor %}</ul></div>{% endblock %}""",
    "home": """{% extends "base.html" %}{% block title %}Book a scan{% endblock %}{% block main %}
<div class="hero"><div class="stack"><h1>Book your scan. We’ll keep it calm and simple.</h1><p class="lede">Pick an exam, a center and a time. It takes about 5 minutes.</p>
<form action="#"><label for="q">What scan do you need?</label><p class="hint" id="q_hint">For example: knee MRI, chest CT, hand X-ray</p>
<div class="search"><input class="input" id="q" name="q" aria-describedby="q_hint"><button class="button">Find my scan</button></div></form></div>
{% include "components/open_ring.html" with class="hero-art" %}</div>
<section class="stack"><h2>Centers near you</h2><ul class="cards">{% for row in centers %}{% include "components/center_row.html" %}{% endfor %}</ul></section>{% endblock %}""",
    "check": """{% extends "base.html" %}{% block title %}Check your visit{% endblock %}{% block content %}<div class="sheet"><h1>Check your visit, then book it</h1>
<p>Not booked until you press “Book this visit”.</p>{% include "components/summary_list.html" %}
<form method="post">{% csrf_token %}<div class="buttons"><button class="button" data-busy="Booking…">Book this visit</button></div></form></div>{% endblock %}""",
    "booked": """{% extends "base.html" %}{% block title %}Your visit is booked{% endblock %}{% block content %}<div class="stack">
{% include "components/panel.html" with title="Your visit is booked" tone="moss" big=True text="Tuesday, December 1, 2026 at 9:40 am. Arrive by 9:10 am." %}
<div class="sheet"><p>Your visit code: <strong class="code">K7M3 P9XR</strong></p>{% include "components/summary_list.html" %}
<h2>Before you come</h2>{% include "components/prep_checklist.html" %}
<details><summary>Why we ask</summary><p class="why">A strong magnet pulls on metal.</p></details>
<p class="buttons"><a class="button button-second" href="#">Change the time</a><a class="button button-stop" href="#">Cancel this visit</a></p></div></div>{% endblock %}""",
    "panels": """{% extends "base.html" %}{% block title %}Panels{% endblock %}{% block content %}<div class="stack"><h1>Panels</h1>
{% include "components/panel.html" with title="We need to check one thing" text="Your time is held. We call by 4 pm." tone="slate" %}
{% include "components/panel.html" with title="Your first day can be December 11" text="Then you may come without a mask." tone="amber" url="#" action="See times" %}
{% include "components/panel.html" with title="Call 911 now" text="Do not wait for us." tone="brick" %}
{% include "components/panel.html" with title="Nothing else to do" text="Thank you." tone="moss" %}
{% include "components/status_message.html" with text="We are holding 9:40 am for you again." tone="moss" %}
{% include "components/status_message.html" with text="Times shown for Riverside." %}
<p><span class="tag tag-moss">Arrived</span> <span class="tag tag-brick">Flag: implant</span> <span class="tag tag-slate">Confirmed</span> <span class="tag tag-amber">Held, 6 min</span></p>
</div>{% endblock %}""",
    "desk": """{% extends "desk_base.html" %}{% block title %}Tasks{% endblock %}{% block heading %}<h1>Tasks</h1>{% endblock %}
{% block actions %}<a class="button button-small" href="#">New booking</a>{% endblock %}
{% block nav %}<nav aria-label="Staff"><a href="#" aria-current="page">Tasks</a><a href="#">Day board</a><form method="post" action="#">{% csrf_token %}<button class="button-link">Sign out</button></form></nav>{% endblock %}
{% block content %}<div class="table-scroll" role="region" tabindex="0" aria-label="Open tasks"><table class="table table-stack"><caption>3 open tasks</caption>
<thead><tr><th scope="col">Due</th><th scope="col">Reason</th><th scope="col">Phone</th><th scope="col">Done</th></tr></thead><tbody>
<tr class="late"><th scope="row"><time>Today, 9:00 am</time> <span class="tag tag-brick">Late</span></th><td>Callback: heart device</td><td class="number">512-555-0147</td><td><form method="post">{% csrf_token %}<button class="button button-second button-small">Done<span class="hidden-text">: heart device</span></button></form></td></tr>
<tr><th scope="row"><time>Today, 4:00 pm</time></th><td>Review: metal in the eye</td><td class="number">512-555-0163</td><td><form method="post">{% csrf_token %}<button class="button button-second button-small">Done<span class="hidden-text">: metal in the eye</span></button></form></td></tr>
</tbody></table></div>{% endblock %}""",
    "desk_form": """{% extends "desk_base.html" %}{% load crispy_forms_tags %}{% block title %}New{% endblock %}{% block heading %}<h1>New booking</h1>{% endblock %}
{% block content %}<div class="sheet">{% crispy form %}</div>{% endblock %}""",
}  # fmt: skip


def show(request: HttpRequest, name: str) -> HttpResponse:
    source, context = PAGES[name]
    filled = {"notices": [], "guides": [], "back_url": "/back/"} | {
        k: v() if callable(v) else v for k, v in context.items()
    }
    engine = engines["django"]
    template = (
        engine.get_template(source) if source.endswith(".html") else engine.from_string(TEMPLATES[source])
    )
    if name in ("500", "503"):
        return HttpResponse(template.render())
    return HttpResponse(template.render(filled, request))
