"""The manager's figures as shares, bars and rows of a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.queries.figures import Counts, Week, total_of

BAR, GAP, HEIGHT = 24, 8, 80  # in units of the drawing


@dataclass(frozen=True, slots=True)
class Measure:
    key: str
    name: Promise | str
    about: Promise | str
    part: Callable[[Counts], int]
    whole: Callable[[Counts], int]


MEASURES = (
    Measure(
        "missed",
        gettext_lazy("No-shows"),
        gettext_lazy("of visits that were not canceled"),
        lambda one: one.missed,
        lambda one: one.came + one.missed,
    ),
    Measure(
        "canceled",
        gettext_lazy("Canceled"),
        gettext_lazy("of all booked visits"),
        lambda one: one.canceled,
        lambda one: one.booked,
    ),
    Measure(
        "refilled",
        gettext_lazy("Freed times filled again"),
        gettext_lazy("of times that were given up before they began"),
        lambda one: one.refilled,
        lambda one: one.freed,
    ),
    Measure(
        "self_booked",
        gettext_lazy("Booked online by patients"),
        gettext_lazy("of all booked visits"),
        lambda one: one.self_booked,
        lambda one: one.booked,
    ),
    Measure(
        "walk_ins",
        gettext_lazy("Walk-ins"),
        gettext_lazy("of all who came"),
        lambda one: one.walk_ins,
        lambda one: one.came + one.walk_ins,
    ),
    Measure(
        "left",
        gettext_lazy("Walk-ins who left unseen"),
        gettext_lazy("of all walk-ins"),
        lambda one: one.left,
        lambda one: one.walk_ins + one.left,
    ),
    Measure(
        "used",
        gettext_lazy("Scanner time used"),
        gettext_lazy("minutes from the actual start to the actual end, of open minutes"),
        lambda one: one.table_minutes,
        lambda one: one.open_minutes,
    ),
)


@dataclass(frozen=True, slots=True)
class Share:
    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        return 100 * self.part / self.whole if self.whole else None

    def __str__(self) -> str:
        if self.percent is None:
            return _("none")
        return _("%(percent).1f %% (%(part)s of %(whole)s)") % {
            "percent": self.percent,
            "part": self.part,
            "whole": self.whole,
        }


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    y: float
    height: float
    week: Week
    share: Share


@dataclass(frozen=True, slots=True)
class Chart:
    measure: Measure
    total: Share
    bars: Sequence[Bar]
    most: float  # percent at the top of the drawing

    @property
    def width(self) -> int:
        return len(self.bars) * (BAR + GAP)


def share_of(measure: Measure, counts: Counts) -> Share:
    return Share(measure.part(counts), measure.whole(counts))


def charts_of(weeks: Sequence[Week]) -> list[Chart]:
    return [_chart(measure, weeks) for measure in MEASURES]


def _chart(measure: Measure, weeks: Sequence[Week]) -> Chart:
    shares = [share_of(measure, week.total) for week in weeks]
    most = max([share.percent or 0 for share in shares] + [1])
    bars = [
        Bar(
            x=number * (BAR + GAP),
            height=(height := HEIGHT * (share.percent or 0) / most),
            y=HEIGHT - height,
            week=week,
            share=share,
        )
        for number, (week, share) in enumerate(zip(weeks, shares, strict=True))
    ]
    return Chart(measure, share_of(measure, total_of(weeks)), bars, most)


def rows_of(weeks: Sequence[Week]) -> list[list[str]]:
    """For a file: one line for each week and kind of scan, parts and wholes apart."""
    head = [_("Week from"), _("Kind of scan")]
    for measure in MEASURES:
        head += [str(measure.name), _("of")]
    return [head] + [
        [week.first.isoformat(), modality]
        + [str(value) for measure in MEASURES for value in (measure.part(counts), measure.whole(counts))]
        for week in weeks
        for modality, counts in week.by_modality.items()
    ]
