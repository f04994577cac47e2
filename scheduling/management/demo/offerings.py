"""Which location does what, how long, and for how much. The prices are examples and marked so."""

from decimal import Decimal

from locations.models import Location, Scanner
from scheduling.models import Exam, Offering, ScannerLength

# Scanners that are quicker than the catalogue, and the share of its minutes they need.
FAST = {("riverside", "MRI 2 wide"): 0.65, ("camelback", "MRI 1 wide"): 0.65, ("midtown", "MRI 1"): 0.75}
STRONG = Decimal(3)
NEEDS_STRONG = {"prostate-mri"}
NOT_HERE = {("tempe", "brain-blood-vessels-mri-mra"), ("calle-ocho", "heart-calcium-score-ct")}
MINIMUM_AGE = {"MR": 6, "CT": 6, "XR": 0}
EXAM_MINIMUM_AGE = {"lung-cancer-screening-ct-low-dose": 50, "heart-calcium-score-ct": 18}
BASE_PRICE = {"MR": 260, "CT": 150, "XR": 35}
PRICE_A_MINUTE = {"MR": 6, "CT": 7, "XR": 3}
CONTRAST_PRICE = 120


def make_offerings() -> None:
    scanners = list(Scanner.objects.select_related("location"))
    exams = list(Exam.objects.filter(is_active=True))
    Offering.objects.bulk_create(
        Offering(
            exam=exam,
            location=location,
            minimum_age=EXAM_MINIMUM_AGE.get(exam.slug, MINIMUM_AGE[exam.modality]),
            price=_price(exam),
            price_is_example=True,
        )
        for location in Location.objects.all()
        for exam in exams
        if (location.slug, exam.slug) not in NOT_HERE
        and any(_can_do(scanner, exam) for scanner in scanners if scanner.location_id == location.pk)
    )
    _make_lengths(scanners)


def _can_do(scanner: Scanner, exam: Exam) -> bool:
    return (
        scanner.modality == exam.modality
        and (scanner.has_contrast or not exam.needs_contrast)
        and (exam.slug not in NEEDS_STRONG or scanner.field_strength_tesla == STRONG)
    )


def _price(exam: Exam) -> Decimal:
    amount = BASE_PRICE[exam.modality] + PRICE_A_MINUTE[exam.modality] * exam.minutes
    return Decimal(amount + (CONTRAST_PRICE if exam.needs_contrast else 0))


def _make_lengths(scanners: list[Scanner]) -> None:
    fast = {scanner: FAST.get((scanner.location.slug, scanner.name)) for scanner in scanners}
    ScannerLength.objects.bulk_create(
        ScannerLength(
            offering=offering,
            scanner=scanner,
            minutes=_share(offering.exam.minutes, share),
            minutes_both_sides=_share(offering.exam.minutes_both_sides, share)
            if offering.exam.minutes_both_sides
            else None,
        )
        for scanner, share in fast.items()
        if share
        for offering in Offering.objects.filter(location=scanner.location, exam__modality="MR")
        .select_related("exam")
        .order_by("pk")
    )


def _share(minutes: int, share: float) -> int:
    """Up to the next five minutes."""
    return -(-round(minutes * share) // 5) * 5
