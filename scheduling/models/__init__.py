from scheduling.models.appointments import Appointment
from scheduling.models.asked_again import AskedAgain
from scheduling.models.audit import AuditEvent
from scheduling.models.authorizations import Authorization, PayerRule
from scheduling.models.catalogue import Exam, Offering, Preparation, ScannerLength, Synonym
from scheduling.models.catalogue_uploads import CatalogueUpload
from scheduling.models.change_plans import ChangePlan, Fate
from scheduling.models.day_parts import GoodHours, NamedDayPart
from scheduling.models.documents import Document
from scheduling.models.drafts import Draft
from scheduling.models.guidance import GuidancePage
from scheduling.models.implants import Implant
from scheduling.models.labs import LabResult
from scheduling.models.limits import Attempts
from scheduling.models.links import LinkRequest
from scheduling.models.merges import PatientMerge, TwoPeople
from scheduling.models.messages import Message
from scheduling.models.orders import Order
from scheduling.models.origins import Origin
from scheduling.models.patients import Patient
from scheduling.models.releases import Release
from scheduling.models.review_notes import ReviewNote
from scheduling.models.screening import Publication, Question, Questionnaire, Rule, Screening, Version
from scheduling.models.second_screens import SecondScreen
from scheduling.models.sheets import AnswerSheet
from scheduling.models.staff_links import PasswordRequest, StaffLink
from scheduling.models.tasks import Task
from scheduling.models.visit_notes import VisitNote
from scheduling.models.waitlist import WaitlistEntry
from scheduling.models.walk_ins import WalkIn

__all__ = [
    "AnswerSheet",
    "Appointment",
    "AskedAgain",
    "Attempts",
    "AuditEvent",
    "Authorization",
    "CatalogueUpload",
    "ChangePlan",
    "Document",
    "Draft",
    "Exam",
    "Fate",
    "GoodHours",
    "GuidancePage",
    "Implant",
    "LabResult",
    "LinkRequest",
    "Message",
    "NamedDayPart",
    "Offering",
    "Order",
    "Origin",
    "PasswordRequest",
    "Patient",
    "PatientMerge",
    "PayerRule",
    "Preparation",
    "Publication",
    "Question",
    "Questionnaire",
    "Release",
    "ReviewNote",
    "Rule",
    "ScannerLength",
    "Screening",
    "SecondScreen",
    "StaffLink",
    "Synonym",
    "Task",
    "TwoPeople",
    "Version",
    "VisitNote",
    "WaitlistEntry",
    "WalkIn",
]
