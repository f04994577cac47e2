"""Every rule of the tables is refused by PostgreSQL itself, under the name of its constraint."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from locations.models import User
from tests.factories.locations import (
    AssignmentFactory,
    ClosureFactory,
    LocationFactory,
    NoticeFactory,
    OpeningHoursFactory,
    ScannerFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def broken(make, **values):
    """The name of the constraint that refused the row."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        make(**values)
    return refusal.value.__cause__.diag.constraint_name


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"latitude": 90.1}, "location_latitude_in_range"),
        ({"latitude": float("nan")}, "location_latitude_in_range"),
        ({"longitude": -180.1}, "location_longitude_in_range"),
        ({"time_zone": ""}, "location_time_zone_given"),
        ({"state": "tx"}, "location_state_form"),
        ({"zip_code": "7870"}, "location_zip_code_form"),
        ({"start_grid_minutes": 7}, "location_start_grid_divides_hour"),
        ({"horizon_days": 0}, "location_horizon_in_range"),
        ({"hold_minutes": 61}, "location_hold_in_range"),
        ({"screening_hours": 23}, "location_screening_hours_in_range"),
        ({"screening_hours": 73}, "location_screening_hours_in_range"),
    ],
)
def test_location_is_refused(values, constraint):
    assert broken(LocationFactory, **values) == constraint


def test_location_slug_is_unique():
    LocationFactory(slug="riverside")
    assert broken(LocationFactory, slug="riverside").startswith("locations_location_slug")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "America/chicago "])
def test_location_needs_a_real_time_zone(zone):
    with pytest.raises(ValidationError) as refusal:
        LocationFactory.build(time_zone=zone).full_clean()
    assert list(refusal.value.error_dict) == ["time_zone"]


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"modality": "MR", "dicom_modality": "CT"}, "scanner_dicom_modality_fits"),
        ({"modality": "XR", "dicom_modality": "MR"}, "scanner_dicom_modality_fits"),
        ({"modality": "US", "dicom_modality": "US"}, "scanner_dicom_modality_fits"),
        ({"ae_title": "MR\\1"}, "scanner_ae_title_form"),
        ({"ae_title": "   "}, "scanner_ae_title_form"),
        ({"ae_title": " MR1"}, "scanner_ae_title_form"),
        ({"ae_title": "MR\n1"}, "scanner_ae_title_form"),
        ({"ae_title": "MR\n"}, "scanner_ae_title_form"),
        ({"ae_title": "MRÉ"}, "scanner_ae_title_form"),
        ({"character_set": "UTF-8"}, "scanner_character_set_known"),
        ({"bore_cm": 0}, "scanner_limits_positive"),
        ({"field_strength_tesla": 0}, "scanner_limits_positive"),
        ({"weight_limit_lb": 0}, "scanner_limits_positive"),
        ({"girth_limit_in": 0}, "scanner_limits_positive"),
        ({"turnover_minutes": 241}, "scanner_turnover_in_range"),
    ],
)
def test_scanner_is_refused(values, constraint):
    assert broken(ScannerFactory, **values) == constraint


@pytest.mark.parametrize("title", ["A", "MR 1.5T_NORTH-2", "ABCDEFGHIJKLMNOP"])
def test_scanner_takes_any_dicom_title(title):
    scanner = ScannerFactory(ae_title=title)
    scanner.full_clean()
    assert scanner.ae_title == title


def test_scanner_titles_are_unique_when_given():
    ScannerFactory.create_batch(2, ae_title="")
    ScannerFactory(ae_title="MR1")
    assert broken(ScannerFactory, ae_title="MR1") == "scanner_ae_title_unique"


def test_scanner_names_are_unique_at_a_location():
    scanner = ScannerFactory(name="MRI 1")
    ScannerFactory(name="MRI 1")
    assert (
        broken(ScannerFactory, name="MRI 1", location=scanner.location) == "scanner_name_unique_at_location"
    )


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"opens": 600, "closes": 600}, "openinghours_open_before_close"),
        ({"opens": 600, "closes": 500}, "openinghours_open_before_close"),
        ({"opens": 0, "closes": 1441}, "openinghours_in_day"),
        ({"weekday": 7}, "openinghours_weekday_in_week"),
        ({"kind": "lunch"}, "openinghours_kind_known"),
        (
            {"effective_from": dt.date(2027, 1, 2), "effective_until": dt.date(2027, 1, 2)},
            "openinghours_effective_order",
        ),
    ],
)
def test_opening_hours_are_refused(values, constraint):
    assert broken(OpeningHoursFactory, **values) == constraint


def test_opening_hours_go_to_midnight_in_several_spans():
    location = LocationFactory()
    spans = [(0, 60), (60, 720), (780, 1440)]
    for opens, closes in spans:
        OpeningHoursFactory(location=location, opens=opens, closes=closes).full_clean()
    assert list(location.opening_hours.values_list("opens", "closes")) == spans


def test_opening_hours_of_a_day_do_not_overlap():
    hours = OpeningHoursFactory(opens=420, closes=720)
    same = {"location": hours.location, "opens": 719, "closes": 1140}
    OpeningHoursFactory(**same | {"weekday": 1})
    OpeningHoursFactory(**same | {"kind": "doors"})
    OpeningHoursFactory(**same | {"scanner": ScannerFactory(location=hours.location)})
    assert broken(OpeningHoursFactory, **same) == "openinghours_no_overlap"


def test_opening_hours_of_a_scanner_do_not_overlap():
    scanner = ScannerFactory()
    row = {"location": scanner.location, "scanner": scanner}
    OpeningHoursFactory(**row)
    assert broken(OpeningHoursFactory, **row) == "openinghours_no_overlap"


def test_opening_hours_may_change_from_a_day_on():
    change = dt.date(2027, 3, 1)
    location = OpeningHoursFactory(effective_until=change).location
    OpeningHoursFactory(location=location, effective_from=change)
    assert (
        broken(OpeningHoursFactory, location=location, effective_from=dt.date(2028, 1, 1))
        == "openinghours_no_overlap"
    )


@pytest.mark.parametrize(
    ("make", "constraint"),
    [
        (OpeningHoursFactory, "openinghours_scanner_at_location"),
        (ClosureFactory, "closure_scanner_at_location"),
    ],
)
def test_a_row_names_no_scanner_of_another_location(make, constraint):
    elsewhere = ScannerFactory()
    row = make.build(location=LocationFactory(), scanner=elsewhere)
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    assert list(refusal.value.error_dict) == ["scanner"]
    assert broken(make, location=row.location, scanner=elsewhere) == constraint


def test_a_scanner_with_hours_stays_at_its_location():
    scanner = ScannerFactory()
    OpeningHoursFactory(location=scanner.location, scanner=scanner)
    scanner.location = LocationFactory()
    assert broken(scanner.save) == "openinghours_scanner_at_location"


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"ends_at": dt.datetime(2027, 1, 1, 6, tzinfo=dt.UTC)}, "closure_start_before_end"),
        ({"kind": "party"}, "closure_kind_known"),
    ],
)
def test_closure_is_refused(values, constraint):
    assert broken(ClosureFactory, **values) == constraint


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"shown_until": dt.datetime(2027, 1, 1, tzinfo=dt.UTC)}, "notice_start_before_end"),
        ({"level": "panic"}, "notice_level_known"),
        ({"text_es": ""}, "notice_text_given"),
    ],
)
def test_notice_is_refused(values, constraint):
    assert broken(NoticeFactory, **values) == constraint


def test_email_is_stored_in_lower_case():
    assert User.objects.create_user(" Ana.Diaz@Alliance.Example ").email == "ana.diaz@alliance.example"
    assert User.objects.get_by_natural_key("ANA.DIAZ@alliance.example").email == "ana.diaz@alliance.example"
    assert broken(UserFactory, email="Bea@alliance.example") == "user_email_lower_case"


def test_a_role_is_given_once_at_a_location_and_once_everywhere():
    here = AssignmentFactory()
    everywhere = AssignmentFactory(user=here.user, location=None)
    for assignment in (here, everywhere):
        again = {"user": here.user, "location": assignment.location}
        assert broken(AssignmentFactory, **again) == "assignment_once"
    assert broken(AssignmentFactory, role="guest") == "assignment_role_known"


def test_every_constraint_of_the_app_has_a_test():
    """The names above, against what the database really has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint JOIN pg_class t ON t.oid = conrelid"
            " WHERE t.relname LIKE 'locations\\_%' AND contype IN ('c', 'x')"
            " AND conname NOT LIKE '%\\_check'"
        )
        names = {name for (name,) in cursor.fetchall()}
    assert names == {
        "assignment_role_known",
        "closure_kind_known",
        "closure_start_before_end",
        "location_hold_in_range",
        "location_horizon_in_range",
        "location_latitude_in_range",
        "location_longitude_in_range",
        "location_screening_hours_in_range",
        "location_start_grid_divides_hour",
        "location_state_form",
        "location_time_zone_given",
        "location_zip_code_form",
        "notice_level_known",
        "notice_start_before_end",
        "notice_text_given",
        "openinghours_effective_order",
        "openinghours_in_day",
        "openinghours_kind_known",
        "openinghours_no_overlap",
        "openinghours_open_before_close",
        "openinghours_weekday_in_week",
        "scanner_ae_title_form",
        "scanner_character_set_known",
        "scanner_dicom_modality_fits",
        "scanner_limits_positive",
        "scanner_turnover_in_range",
        "user_email_lower_case",
    }
