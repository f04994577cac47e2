"""Identifiers given to an appointment when it is booked, and kept for life."""

import secrets
import uuid
from datetime import date

# No 0 O 1 I L: they are misread on paper and misheard on the phone.
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


def new_code() -> str:
    """Eight signs a patient can read out: 31^8, about 8.5 * 10^11."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


def clean_code(typed: str) -> str:
    """Spaces, dashes and lower case are fine.

    >>> clean_code("7k3m-x2 ab")
    '7K3MX2AB'
    """
    return "".join(sign for sign in typed.upper() if sign in CODE_SIGNS)


def read_code(typed: str) -> str:
    """The visit code that was typed, or nothing: where a name, a phone or a day may stand too, no sign is
    passed over.

    >>> read_code("7k3m-x2 ab"), read_code("503-555-0268"), read_code("Anna 1980-05-17")
    ('7K3MX2AB', '', '')
    """
    signs = "".join(typed.upper().split()).replace("-", "")
    return signs if len(signs) == CODE_LENGTH and all(sign in CODE_SIGNS for sign in signs) else ""


def spoken_code(code: str) -> str:
    """In two groups of four, as it is shown and read out."""
    return f"{code[:4]} {code[4:]}"


def new_accession(day: date) -> str:
    """DICOM Accession Number (0008,0050), VR SH: at most 16 characters.

    A, the local day as YYMMDD, and nine random signs; the unique constraint is the referee.
    """
    return f"A{day:%y%m%d}{_random_signs(9)}"


def new_procedure_id(day: date) -> str:
    """DICOM Requested Procedure ID (0040,1001), VR SH: at most 16 characters."""
    return f"R{day:%y%m%d}{_random_signs(9)}"


def new_step_id(day: date) -> str:
    """DICOM Scheduled Procedure Step ID (0040,0009), VR SH: at most 16 characters."""
    return f"S{day:%y%m%d}{_random_signs(9)}"


def new_study_uid() -> str:
    """DICOM Study Instance UID (0020,000D): 2.25. and a UUID as an integer (PS3.5 annex B.2)."""
    return f"2.25.{uuid.uuid4().int}"


def _random_signs(count: int) -> str:
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(count))


def new_link_key() -> str:
    """What the link to a visit or a waitlist entry names it by: 128 random bits, telling nothing of it."""
    return secrets.token_urlsafe(16)


def new_ical_uid() -> str:
    """RFC 5545 UID: one for life, and it tells nothing about the visit (RFC 7986 5.3)."""
    return f"{uuid.uuid4()}@alliance"
