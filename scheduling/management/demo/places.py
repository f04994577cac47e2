"""Six locations in three time zones, one of them without daylight saving time; 20 scanners."""

from datetime import datetime, timedelta
from typing import Any

from locations.models import Closure, Location, Notice, OpeningHours, Scanner
from scheduling.management.demo.calendar import local_instant, next_holiday

WEEK, WORKDAYS, SATURDAY = range(7), range(5), (5,)
DAY_LONG = (0, 24)
Spans = dict[str, list[tuple[Any, tuple[float, float]]]]

LOCATIONS: list[dict[str, Any]] = [
    {
        "name": "Riverside",
        "slug": "riverside",
        "address": "2110 South Lamar Boulevard",
        "city": "Austin",
        "state": "TX",
        "zip_code": "78704",
        "phone": "+15125550110",
        "time_zone": "America/Chicago",
        "latitude": 30.2469,
        "longitude": -97.7789,
        "directions_en": "Between the library and the bus stop Lamar/Oltorf, line 803.",
        "directions_es": "Entre la biblioteca y la parada de autobús Lamar/Oltorf, línea 803.",
        "parking_en": "Free, behind the building.",
        "parking_es": "Gratis, detrás del edificio.",
        "entrance_en": "Ground floor, no steps. After 7 pm ring the bell.",
        "entrance_es": "Planta baja, sin escalones. Después de las 7 pm toque el timbre.",
        "takes_walk_in_xray": True,
    },
    {
        "name": "Round Rock",
        "slug": "round-rock",
        "address": "301 West Main Street",
        "city": "Round Rock",
        "state": "TX",
        "zip_code": "78664",
        "phone": "+15125550120",
        "time_zone": "America/Chicago",
        "latitude": 30.5083,
        "longitude": -97.6806,
        "parking_en": "Free for two hours in the garage across the street.",
        "parking_es": "Gratis por dos horas en el estacionamiento de enfrente.",
    },
    {
        "name": "Camelback",
        "slug": "camelback",
        "address": "2400 East Camelback Road",
        "city": "Phoenix",
        "state": "AZ",
        "zip_code": "85016",
        "phone": "+16025550130",
        "time_zone": "America/Phoenix",
        "latitude": 33.5103,
        "longitude": -112.0309,
        "directions_en": "Open day and night. Use the east door between 10 pm and 6 am.",
        "directions_es": "Abierto día y noche. Entre las 10 pm y las 6 am use la puerta este.",
        "minimum_notice_minutes": 60,
        "takes_walk_in_xray": True,
    },
    {
        "name": "Tempe",
        "slug": "tempe",
        "address": "699 South Mill Avenue",
        "city": "Tempe",
        "state": "AZ",
        "zip_code": "85281",
        "phone": "+14805550140",
        "time_zone": "America/Phoenix",
        "latitude": 33.4222,
        "longitude": -111.9400,
        "directions_en": "Light rail: Mill Avenue/Third Street, then five minutes on foot.",
        "directions_es": "Tren ligero: Mill Avenue/Third Street, luego cinco minutos a pie.",
        "start_grid_minutes": 15,
    },
    {
        "name": "Midtown",
        "slug": "midtown",
        "address": "1180 Peachtree Street NE",
        "city": "Atlanta",
        "state": "GA",
        "zip_code": "30309",
        "phone": "+14045550150",
        "time_zone": "America/New_York",
        "latitude": 33.7866,
        "longitude": -84.3833,
        "entrance_en": "Elevator B to the third floor.",
        "entrance_es": "Ascensor B hasta el tercer piso.",
        "start_grid_minutes": 10,
    },
    {
        "name": "Calle Ocho",
        "slug": "calle-ocho",
        "address": "1637 SW 8th Street",
        "city": "Miami",
        "state": "FL",
        "zip_code": "33135",
        "phone": "+13055550160",
        "time_zone": "America/New_York",
        "latitude": 25.7655,
        "longitude": -80.2217,
        "directions_en": "Across from the park, blue awning.",
        "directions_es": "Frente al parque, toldo azul.",
    },
]

RESULTS = {
    "results_en": "A radiologist looks at your images. Your doctor gets the report within 2 working days "
    "and tells you the results.",
    "results_es": "Un radiólogo revisa sus imágenes. Su médico recibe el informe en 2 días hábiles "
    "y le explica los resultados.",
}

# Kind, days, hours on the wall clock. 24 is midnight.
OFFICE: Spans = {
    "open": [(WORKDAYS, (7, 19)), (SATURDAY, (8, 14))],
    "contrast": [(WORKDAYS, (8, 17))],
    "doors": [(WORKDAYS, (6.5, 19)), (SATURDAY, (7.5, 14))],
}
EARLY: Spans = {
    "open": [(WORKDAYS, (6, 18))],
    "contrast": [(WORKDAYS, (7, 12)), (WORKDAYS, (13, 17))],
    "doors": [(WORKDAYS, (5.5, 18))],
}
LATE: Spans = {
    "open": [(WORKDAYS, (8, 21)), (SATURDAY, (9, 17))],
    "contrast": [(WORKDAYS, (9, 18)), (SATURDAY, (9, 13))],
    "doors": [(WORKDAYS, (7, 21)), (SATURDAY, (8.5, 17))],
}
ALWAYS: Spans = {"open": [(WEEK, DAY_LONG)], "contrast": [(WEEK, (7, 21))], "doors": [(WEEK, DAY_LONG)]}
UNTIL_MIDNIGHT: Spans = {"open": [(WEEK, (7, 24))], "doors": [(WEEK, (6.5, 24))]}
HOURS = {
    "riverside": OFFICE,
    "round-rock": EARLY,
    "camelback": ALWAYS,
    "tempe": OFFICE,
    "midtown": LATE,
    "calle-ocho": LATE,
}
SCANNER_HOURS = {("riverside", "X-ray 1"): UNTIL_MIDNIGHT}


def mri(
    name: str, tesla: str, bore: int, pounds: int, *, contrast: bool, turnover: int = 10
) -> dict[str, Any]:
    return {
        "name": name,
        "modality": "MR",
        "dicom_modality": "MR",
        "field_strength_tesla": tesla,
        "bore_cm": bore,
        "weight_limit_lb": pounds,
        "girth_limit_in": 60 if bore >= 70 else 50,
        "has_contrast": contrast,
        "turnover_minutes": turnover,
    }


def ct(name: str, pounds: int, *, contrast: bool) -> dict[str, Any]:
    return {
        "name": name,
        "modality": "CT",
        "dicom_modality": "CT",
        "bore_cm": 78,
        "weight_limit_lb": pounds,
        "has_contrast": contrast,
        "turnover_minutes": 5,
    }


def xray(name: str, dicom: str = "DX", character_set: str = "ISO_IR 192") -> dict[str, Any]:
    return {
        "name": name,
        "modality": "XR",
        "dicom_modality": dicom,
        "character_set": character_set,
        "turnover_minutes": 5,
    }


SCANNERS: dict[str, list[dict[str, Any]]] = {
    "riverside": [
        mri("MRI 1", "1.5", 60, 350, contrast=True),
        mri("MRI 2 wide", "3", 70, 550, contrast=True, turnover=5),
        ct("CT 1", 450, contrast=True),
        xray("X-ray 1"),
    ],
    "round-rock": [
        mri("MRI 1", "1.5", 70, 500, contrast=False),
        ct("CT 1", 450, contrast=False),
        xray("X-ray 1", "CR", "ISO_IR 100"),
    ],
    "camelback": [
        mri("MRI 1 wide", "3", 70, 550, contrast=True, turnover=5),
        mri("MRI 2", "1.5", 60, 350, contrast=True),
        ct("CT 1", 650, contrast=True),
        xray("X-ray 1"),
        xray("X-ray 2"),
    ],
    "tempe": [mri("MRI 1", "1.5", 70, 500, contrast=True), xray("X-ray 1", "CR", "ISO_IR 6")],
    "midtown": [mri("MRI 1", "3", 60, 350, contrast=True), ct("CT 1", 500, contrast=True), xray("X-ray 1")],
    "calle-ocho": [
        mri("MRI 1 wide", "1.5", 70, 550, contrast=False),
        ct("CT 1", 500, contrast=False),
        xray("X-ray 1"),
    ],
}


def make_places(*, now: datetime) -> None:
    for values in LOCATIONS:
        location = Location.objects.create(**RESULTS, **values)
        _make_hours(location, None, HOURS[location.slug])
        for details in SCANNERS[location.slug]:
            title = f"{location.slug[:8]}_{details['name'].replace('-', '').replace(' ', '')}".upper()[:16]
            scanner = Scanner.objects.create(location=location, ae_title=title, **details)
            own = SCANNER_HOURS.get((location.slug, scanner.name))
            if own:
                _make_hours(location, scanner, own)
    _make_closures(now)
    _make_notices(now)


def _make_hours(location: Location, scanner: Scanner | None, spans: Spans) -> None:
    OpeningHours.objects.bulk_create(
        OpeningHours(
            location=location,
            scanner=scanner,
            kind=kind,
            weekday=day,
            opens=round(opens * 60),
            closes=round(closes * 60),
        )
        for kind, rows in spans.items()
        for days, (opens, closes) in rows
        for day in days
    )


def _make_closures(now: datetime) -> None:
    """The next holiday, everywhere but where it never closes; a scanner down for some hours soon."""
    for location in Location.objects.exclude(slug="camelback"):
        name, day = next_holiday(now.astimezone(location.zone).date())
        Closure.objects.create(
            location=location,
            kind=Closure.Kind.HOLIDAY,
            starts_at=local_instant(day, 0, location.zone),
            ends_at=local_instant(day + timedelta(days=1), 0, location.zone),
            reason=name,
        )
    scanner = Scanner.objects.get(location__slug="riverside", name="MRI 1")
    day = now.astimezone(scanner.location.zone).date() + timedelta(days=2)
    Closure.objects.create(
        location=scanner.location,
        scanner=scanner,
        kind=Closure.Kind.DOWNTIME,
        starts_at=local_instant(day, 12, scanner.location.zone),
        ends_at=local_instant(day, 16, scanner.location.zone),
        reason="Coil replacement",
    )


def _make_notices(now: datetime) -> None:
    Notice.objects.create(
        text_en="Cough or fever? Wear a mask. If you feel very ill, call us before you come.",
        text_es="¿Tos o fiebre? Use mascarilla. Si se siente muy enfermo, llámenos antes de venir.",
        level=Notice.Level.INFO,
        shown_from=now - timedelta(days=7),
        shown_until=now + timedelta(days=60),
    )
    local = Notice.objects.create(
        text_en="Mill Avenue is closed to cars this week. Park on 7th Street.",
        text_es="Mill Avenue está cerrada a los autos esta semana. Estacione en la calle 7.",
        level=Notice.Level.WARNING,
        shown_from=now - timedelta(days=1),
        shown_until=now + timedelta(days=6),
    )
    local.locations.add(Location.objects.get(slug="tempe"))
