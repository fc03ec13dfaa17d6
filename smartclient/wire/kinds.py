"""Every kind of record the protocol exchanges: how it is written, where it lives, what hangs on it.

One table for laptop and server. Source: sync-protocol, "Record kinds and the three ways to write".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class RecordKind(StrEnum):
    """The kinds of records this version exchanges."""

    DOCUMENT = "document"
    CLIENT = "client"
    POLICY = "policy"
    VEHICLE = "vehicle"
    MOTOR_OFFER = "motor_offer"
    SERVICE_ENTRY = "service_entry"
    CASE = "case"
    CONSENT_EVENT = "consent_event"
    SIGNED_PACKAGE = "signed_package"
    ATTACHMENT = "attachment"
    SCAN_PAGE = "scan_page"
    CASE_NOTE = "case_note"
    CASE_ACTION = "case_action"
    CASE_REPORT = "case_report"
    CLIENT_MERGE = "client_merge"
    CLIENT_HIDE = "client_hide"
    ERASE_REQUEST = "erase_request"
    DOCUMENT_STATUS = "document_status"
    CONTACT_HISTORY = "contact_history"
    NOTIFICATION = "notification"
    EMAIL_CLICK = "email_click"
    CASE_DECISION = "case_decision"
    RIGHTS_SNAPSHOT = "rights_snapshot"
    NUMBER_LEASE = "number_lease"
    TEXT_VERSION = "text_version"


class Write(StrEnum):
    """The three ways to write a record."""

    REPLACE = "replace"
    """The newest accepted edit is the record; an edit that stands on nothing known is `stale`."""
    APPEND = "append"
    """Written once under id = op and never changed; never `locked`, `stale` or `busy`."""
    SERVER = "server"
    """Only the server writes it; an install reads."""


class Home(StrEnum):
    """In whose scope a record of the kind lives."""

    PERSON = "person"
    OFFICE = "office"
    """The office's, or the person's own as long as the install has no office that is proven."""
    PARENT = "parent"
    """In the scope of the record it hangs on."""
    PORTAL = "portal"
    """Everybody's to read, nobody's to write."""


class RecordClass(StrEnum):
    """What a right can hide stands in a record of its own and says so."""

    GENERAL = ""
    MEDICAL = "medical"
    """A medical file."""
    IDENTITY = "identity"
    """A copy of an identity card or of another proof of identity."""


@dataclass(frozen=True, slots=True)
class KindRule:
    """How records of a kind are written and where they live."""

    write: Write
    home: Home
    merges: bool = False
    """`stale` is answered by a three-way merge by field instead of Show conflicts."""
    urgent: bool = False
    """Goes before everything else (rule 6)."""
    has_parent: bool = False
    """Names the record it hangs on."""


KINDS: Mapping[RecordKind, KindRule] = MappingProxyType(
    {
        RecordKind.DOCUMENT: KindRule(Write.REPLACE, Home.PERSON),
        RecordKind.CLIENT: KindRule(Write.REPLACE, Home.OFFICE, merges=True),
        RecordKind.POLICY: KindRule(Write.REPLACE, Home.PARENT, merges=True, has_parent=True),
        RecordKind.VEHICLE: KindRule(Write.REPLACE, Home.PARENT, merges=True, has_parent=True),
        RecordKind.MOTOR_OFFER: KindRule(Write.REPLACE, Home.PARENT, merges=True, has_parent=True),
        RecordKind.SERVICE_ENTRY: KindRule(
            Write.REPLACE, Home.PARENT, merges=True, has_parent=True
        ),
        RecordKind.CASE: KindRule(Write.REPLACE, Home.OFFICE, merges=True),
        RecordKind.CONSENT_EVENT: KindRule(Write.APPEND, Home.PARENT, urgent=True, has_parent=True),
        RecordKind.SIGNED_PACKAGE: KindRule(
            Write.APPEND, Home.PARENT, urgent=True, has_parent=True
        ),
        RecordKind.ATTACHMENT: KindRule(Write.APPEND, Home.PARENT, has_parent=True),
        RecordKind.SCAN_PAGE: KindRule(Write.APPEND, Home.PARENT, has_parent=True),
        RecordKind.CASE_NOTE: KindRule(Write.APPEND, Home.PARENT, has_parent=True),
        RecordKind.CASE_ACTION: KindRule(Write.APPEND, Home.PARENT, has_parent=True),
        RecordKind.CASE_REPORT: KindRule(Write.APPEND, Home.PARENT, has_parent=True),
        RecordKind.CLIENT_MERGE: KindRule(Write.APPEND, Home.PARENT, has_parent=True),
        RecordKind.CLIENT_HIDE: KindRule(Write.APPEND, Home.PARENT, has_parent=True),
        RecordKind.ERASE_REQUEST: KindRule(Write.APPEND, Home.PARENT, urgent=True, has_parent=True),
        RecordKind.DOCUMENT_STATUS: KindRule(Write.SERVER, Home.PARENT, has_parent=True),
        RecordKind.CONTACT_HISTORY: KindRule(Write.SERVER, Home.PARENT, has_parent=True),
        RecordKind.NOTIFICATION: KindRule(Write.SERVER, Home.PERSON),
        RecordKind.EMAIL_CLICK: KindRule(Write.SERVER, Home.PARENT, has_parent=True),
        RecordKind.CASE_DECISION: KindRule(Write.SERVER, Home.PARENT, has_parent=True),
        RecordKind.RIGHTS_SNAPSHOT: KindRule(Write.SERVER, Home.PERSON),
        RecordKind.NUMBER_LEASE: KindRule(Write.SERVER, Home.PERSON),
        RecordKind.TEXT_VERSION: KindRule(Write.SERVER, Home.PORTAL),
    }
)
"""Signed packages name their document in their body; the others name their parent in the line."""
