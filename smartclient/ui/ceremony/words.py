"""What the ceremony says: to the person on the pad, to the adviser in the window, as questions."""

from datetime import date

from smartclient.domain.document_life import DocumentKind
from smartclient.domain.language import _, ngettext
from smartclient.domain.presentation import day as shown_day
from smartclient.ink.port import PadDescription
from smartclient.services.signing import SignatureField, SigningState
from smartclient.ui.ceremony.desk import PadDesk
from smartclient.ui.ceremony.pad_picture import PadWords
from smartclient.ui.ceremony.pad_reading import PadReading
from smartclient.ui.dialogs import Question
from smartclient.ui.pages.strip import Frame

NOTHING = PadWords("", "", "")


def sign_words(state: SigningState, day: date, problem: str) -> PadWords:
    """Who signs, what it means, the day and which signature of how many it is."""
    field = state.next_field
    if field is None:
        return NOTHING
    position, count = state.fields.index(field) + 1, len(state.fields)
    detail = ngettext(
        "{day} · signature {position} of {count}", "{day} · signature {position} of {count}", count
    ).format(day=shown_day(day), position=position, count=count)
    return PadWords(_who(field), field.meaning, detail, problem)


def reading_of(state: SigningState, field: SignatureField) -> PadReading:
    """What a person reads before signing: the document, the sums, what the signature means."""
    document = _("{title}, number {number}").format(title=state.title, number=state.number)
    meaning = _("By signing: {meaning}").format(meaning=field.meaning)
    lines = (document, *field.summary.split("\n"), meaning)
    return PadReading(_who(field), tuple(line for line in lines if line))


def _who(field: SignatureField) -> str:
    return _("{role} · {person}").format(role=field.role, person=field.signer)


def headline_of(state: SigningState) -> str:
    """Which field of how many is being signed."""
    field = state.next_field
    if field is None:
        return _("All signatures are placed")
    position, count = state.fields.index(field) + 1, len(state.fields)
    return ngettext(
        "Field {position} of {count} · {role}", "Field {position} of {count} · {role}", count
    ).format(position=position, count=count, role=field.role)


def frame_of(field: SignatureField | None) -> Frame | None:
    """Where the field stands on its page."""
    if field is None:
        return None
    place = field.place
    return Frame(field.page - 1, place.x, place.y, place.width, place.height)


def connected_words(pad: PadDescription, *, is_on_screen: bool) -> str:
    """Which pad is signed on, and whether its cable could be listened to."""
    if is_on_screen:
        return _("Signing on this screen")
    if pad.is_plain:
        return _("{model} connected; its cable is not encrypted").format(model=pad.model)
    return _("{model} connected").format(model=pad.model)


def doing_words(desk: PadDesk, *, is_busy: bool, has_problem: bool) -> str:
    """What is happening just now at the field whose turn it is."""
    if is_busy:
        return _("checking and sealing the signature…")
    if not desk.is_capturing:
        return ""
    if desk.is_read:
        return _("reads what will be signed…")
    if has_problem:
        return _("has to be signed again")
    return _("signs on this screen…") if desk.is_on_screen else _("signs on the SignPad…")


def refused_words(field: SignatureField, *, may_others: bool) -> tuple[str, str]:
    """After a refusal: who refused, what it means, and whether others may go on."""
    headline = _("{person} refused to sign.").format(person=field.signer)
    if not may_others:
        return headline, _("The document waits for a signature and is not sent to PČS.")
    return headline, _(
        "The document waits for a signature and is not sent to PČS. "
        "Who has not signed yet can be chosen at the left."
    )


def refusal_question(field: SignatureField) -> Question:
    """Asked before a refusal is noted."""
    return Question(
        _("Does {person} refuse to sign?").format(person=field.signer),
        _(
            "Signatures given before stay valid. The document stays open, waits for a "
            "signature and is not sent to PČS; you can sign later or edit the document."
        ),
        _("Refuse the signature"),
        _("Back to signing"),
        destroys=True,
    )


def last_question(kind: DocumentKind) -> Question:
    """Asked when all have signed."""
    return Question(
        _("Do you want to save the offer and send it to PČS?")
        if kind is DocumentKind.OFFER
        else _("Do you want to save the document and send it to PČS?"),
        _(
            "All signatures are placed. After saving, the document can be neither edited nor "
            "cancelled; it is sent at the next synchronisation."
        ),
        _("Yes, save and send"),
        _("Not yet"),
    )
