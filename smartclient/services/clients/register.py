"""Clients: drafts kept as typed, saving, changing, the panel, and the information duty.

No client exists before it is saved; what was typed is offered again. Without the information duty
(option PROC) no offer can start. Domain facts 1.1, 2.1 and 2.2, capability rows IT-01 to IT-13.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from smartclient.domain import presentation
from smartclient.domain.clients import PersonRecord, slashed
from smartclient.domain.clock import Clock
from smartclient.domain.consents import (
    INFORMATION_DUTY,
    ConsentDecision,
    Decision,
    Method,
    counts_at,
    newest,
)
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.ids import ClientId, IdSource
from smartclient.domain.language import _
from smartclient.domain.lock_time import PRAGUE
from smartclient.services.clients.shown import (
    ClientItem,
    ClientPage,
    ClientPanel,
    Detail,
    DraftItem,
    InformationText,
    Recorder,
    Typed,
)
from smartclient.store.client_rows import (
    CHANGES,
    ClientCard,
    ClientFilter,
    ClientKind,
    ClientRow,
    card_of,
)
from smartclient.store.database import Database
from smartclient.store.merging import TYPED_HERE, merged
from smartclient.store.save_order import SaveOrder, moment
from smartclient.store.transaction import Transaction
from smartclient.wire.messages import Json, JsonObject

if TYPE_CHECKING:
    # The form engine is imported when the first client is typed, not when the program starts.
    from smartclient.forms.session import FormSession

_ADDRESS = ("street", "house_number", "postcode", "city", "country")


class Clients:
    """The register of this adviser."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        ids: IdSource,
        recorder: Callable[[], Recorder],
        information: Callable[[], InformationText],
        language: Callable[[], str],
    ) -> None:
        """`information` gives the published text; NotAllowed SC-CAT-020 before there is one.

        `language` is the one the form of a client speaks: "cs" or "en".
        """
        self._db = db
        self._clock = clock
        self._ids = ids
        self._recorder = recorder
        self._information = information
        self._language = language
        self._order = SaveOrder()

    # --- the list ----------------------------------------------------------------------------

    def page(self, wanted: ClientFilter, offset: int, limit: int) -> ClientPage:
        """The lines from `offset` on in the wanted order."""
        with self._db.read() as tx:
            rows = tx.clients.page(wanted, offset, limit)
            total = tx.clients.count(wanted)
        now = self._clock.now()
        return ClientPage(tuple(_item(row, now) for row in rows), total)

    def place(self, wanted: ClientFilter, client_id: str) -> int | None:
        """How many lines stand before a client's; None where the list does not have it."""
        with self._db.read() as tx:
            return tx.clients.place(ClientId(client_id), wanted)

    def drafts(self) -> tuple[DraftItem, ...]:
        """The clients that were being typed, the newest first."""
        now = self._clock.now()
        with self._db.read() as tx:
            drafts = tx.clients.drafts()
        return tuple(
            DraftItem(
                draft.id,
                _typed_name(typed),
                presentation.moment(draft.changed_at, now),
                typed,
                draft.changes,
            )
            for draft in drafts
            for typed in [_typed_of(draft.typed)]
        )

    # --- typing ------------------------------------------------------------------------------

    def new_draft_id(self) -> str:
        """An id for what is about to be typed; nothing is kept yet."""
        return self._ids.new()

    def keep_draft(
        self,
        draft_id: str,
        typed: Typed,
        changes: ClientId | None = None,
        *,
        taken: int | None = None,
    ) -> None:
        """Keep what is typed, as it is; `changes` names the client it would change.

        What was `taken` from the form (`store.save_order`) before something that was kept, or not
        after what was saved, is left alone. May be called from any thread.
        The client as it is at the first call is what `change` compares with. Of one that went from
        this computer only what is still handed in is kept (`store.unsaved`).
        """
        taken = moment() if taken is None else taken
        with self._order.lock:
            if self._order.is_late(draft_id, taken):
                return
            with self._db.write() as tx:
                base = tx.clients.find(changes) if changes else None
                if changes and base is None and not tx.unsaved.late(changes):
                    return
                kept: JsonObject = {**typed, CHANGES: changes or ""}
                tx.clients.save_draft(draft_id, kept, base.body if base else None)
            self._order.note(draft_id, taken)

    def discard_draft(self, draft_id: str) -> None:
        """Forget what was typed up to now."""
        with self._order.lock:
            with self._db.write() as tx:
                tx.clients.drop_draft(draft_id)
            self._order.end(draft_id, moment())

    def prepare(self) -> None:
        """Load what the form and its checks need, so that the first key press does not wait."""
        self.form({"national_id": "8456121234", "phone": "+420777123456"})

    def form(self, typed: Typed | None = None) -> "FormSession":
        """The form of a person with what was typed; new fields have their usual values."""
        from smartclient.forms.session import FormSession
        from smartclient.services.clients.person_form import person_form

        language = self._language()
        package = person_form(language)
        answers: JsonObject = {}
        for spec in package.model.fields():
            if typed is not None and spec.name in typed:
                group = answers.setdefault(spec.path.partition(".")[0], {})
                if isinstance(group, dict):
                    group[spec.name] = typed[spec.name]
        today = self._clock.now().astimezone(PRAGUE).date()
        return FormSession.begun_with(package, answers, today=today, language=language)

    def save(self, typed: Typed, draft_id: str, *, taken: int | None = None) -> ClientId:
        """Make the client that was typed; its draft is gone. BadInput SC-CLI-001 names a field.

        No save of what was `taken` then or earlier brings the draft back, as of `keep_draft`.
        NotAllowed SC-SERV-006 once this install was revoked; what is typed stays as its draft.
        """
        taken = moment() if taken is None else taken
        record = self._record(typed)
        with self._order.lock:
            with self._db.write() as tx:
                tx.feed.require_active()
                row = tx.clients.create(_card(record), _body(record), draft_id=draft_id)
            self._order.end(draft_id, taken)
        return row.id

    def change(
        self, client_id: ClientId, typed: Typed, draft_id: str, *, taken: int | None = None
    ) -> ClientId:
        """Keep what was changed of a client; `taken` as for `save`, and raises as that.

        Fields that came from elsewhere while it was typed stay; of one that was changed here as
        well the value that came is shown, and the typed one offered beside it.
        """
        taken = moment() if taken is None else taken
        record = self._record(typed)
        with self._order.lock:
            with self._db.write() as tx:
                tx.feed.require_active()
                now, draft = tx.clients.get(client_id).body, tx.clients.draft(draft_id)
                base = draft.base if draft is not None and draft.base is not None else now
                # What a newer program keeps of a client is not in the form, and stays.
                edited: JsonObject = {**base, **_body(record)}
                outcome = merged(base, edited, now, TYPED_HERE)
                tx.clients.update(client_id, card_of(outcome.body), outcome.body)
                tx.field_offers.keep(client_id, outcome.clashes)
                tx.clients.drop_draft(draft_id)
            self._order.end(draft_id, taken)
        return client_id

    def same_person(self, typed: Typed, but: ClientId | None = None) -> ClientItem | None:
        """A client with the same national id who is here already, `but` left aside."""
        number = _in_force(self.form(typed)).get("national_id")
        if not isinstance(number, str):
            return None
        with self._db.read() as tx:
            found = tx.clients.page(ClientFilter(number), 0, 5)
        now = self._clock.now()
        for row in found:
            if row.card.national_id == number and row.id != but:
                return _item(row, now)
        return None

    # --- the panel ---------------------------------------------------------------------------

    def panel(self, client_id: ClientId) -> ClientPanel:
        """What is known of a client; NotAllowed SC-STORE-024 when it is not here."""
        with self._db.read() as tx:
            stored = tx.clients.get(client_id)
            informed_on = self._informed_on(tx, client_id)
            state = tx.records.find(client_id)
        record = PersonRecord.from_json(stored.body)
        missing = [
            word
            for word, value in ((_("mobile phone"), record.phone), (_("e-mail"), record.email))
            if not value
        ]
        return ClientPanel(
            id=client_id,
            name=record.name,
            summary=_summary(record),
            details=_details(record),
            informed_on=informed_on,
            typed=_typed_of(_body(record)),
            reach=tuple(missing),
            is_backed_up=state is not None and not state.dirty,
            refused="" if state is None else state.parked,
        )

    def information(self) -> InformationText:
        """The text to be read out; NotAllowed SC-CAT-020 before the first synchronisation."""
        return self._information()

    def record_informed(self, client_id: ClientId, read: InformationText) -> None:
        """Record that the client was informed with exactly this text, now and by this adviser.

        Raises NotAllowed SC-CLI-002 when another text is published by now, and SC-SERV-006.
        """
        if read != self._information():
            raise NotAllowed("SC-CLI-002")
        recorder = self._recorder()
        decision = ConsentDecision(
            client_id=client_id,
            option_code=INFORMATION_DUTY,
            text_version_id=read.version_id,
            decision=Decision.INFORMED,
            method=Method.MANUAL_PAPER,
            occurred_at=self._clock.now(),
            recorded_by=recorder.name,
            device=recorder.device,
            language=read.language,
            proof=f"text sha256:{read.digest}",
            clock_uncertain=recorder.clock_uncertain,
        )
        with self._db.write() as tx:
            tx.feed.require_active()
            tx.consents.append(decision, recorder.install)

    def _informed_on(self, tx: Transaction, client_id: ClientId) -> str:
        family = tx.client_life.family(client_id)
        told = [event for each in family for event in tx.consents.of(each)]
        event = newest(told, INFORMATION_DUTY)
        if event is None or event.decision.decision not in (Decision.INFORMED, Decision.GIVEN):
            return ""
        when = counts_at(event)
        said = _("{day} at {time}, recorded by {name}")
        if event.decision.clock_uncertain:
            said = _("{day} at {time} by a clock that was not checked, recorded by {name}")
        return said.format(
            day=presentation.day(when.astimezone(PRAGUE).date()),
            time=presentation.clock_time(when),
            name=event.decision.recorded_by,
        )

    def _record(self, typed: Typed) -> PersonRecord:
        session = self.form(typed)
        if not session.is_complete:
            path, rule = first_fault(session)
            raise BadInput("SC-CLI-001", field=path.rpartition(".")[2], rule=rule)
        return PersonRecord.entered(_in_force(session))


def typed_in(session: "FormSession") -> dict[str, Json]:
    """What stands in the fields of a client's form; an empty text where nothing does."""
    flat = _flat(session.answers)
    return {spec.name: flat.get(spec.name, "") for spec in session.package.model.fields()}


def first_fault(session: "FormSession") -> tuple[str, str]:
    """The first field that keeps a form from being saved, and why; empty when none does."""
    missing = {item.path for item in session.missing()}
    wrong = {item.path for item in session.wrong()}
    for path in session.paths():
        if path in missing:
            return path, _("Please fill this in.")
        if path in wrong:
            errors = (each for each in session.field(path).problems if each.severity == "error")
            return path, next(errors).message
    return "", ""


def _in_force(session: "FormSession") -> dict[str, Json]:
    return _flat(session.answers_in_force)


def _flat(answers: JsonObject) -> dict[str, Json]:
    """The answers without their groups; the names of a client's fields are unique."""
    return {
        name: value
        for group in answers.values()
        if isinstance(group, dict)
        for name, value in group.items()
    }


def _body(record: PersonRecord) -> JsonObject:
    return {"schema": 1, **record.to_json()}


def _card(record: PersonRecord) -> ClientCard:
    return ClientCard(
        kind=ClientKind.PERSON,
        given_name=record.given_name,
        surname=record.surname,
        national_id=record.national_id,
        birth_date=record.birth_date,
        city=record.address.city,
        phone=record.phone,
        email=record.email,
    )


def _item(row: ClientRow, now: datetime) -> ClientItem:
    card = row.card
    return ClientItem(
        id=row.id,
        name=row.name,
        national_id=slashed(card.national_id) or _("foreigner"),
        city=card.city,
        phone=presentation.phone(card.phone),
        email=card.email,
        informed=row.informed,
        changed=presentation.moment(row.changed_at, now),
    )


def _typed_of(kept: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in kept.items() if name not in (CHANGES, "schema", "kind")}


def _typed_name(typed: Typed) -> str:
    names = (str(typed.get(part, "")).strip() for part in ("given_name", "surname"))
    return " ".join(part for part in names if part)


def _summary(record: PersonRecord) -> str:
    parts = [slashed(record.national_id), record.address.line]
    return " · ".join(part for part in parts if part)


def _details(record: PersonRecord) -> tuple[Detail, ...]:
    born = presentation.day(record.birth_date) if record.birth_date else ""
    sex = {"M": _("man"), "F": _("woman")}.get(record.sex or "", "")
    known = (
        Detail(
            _("Birth number"),
            slashed(record.national_id) or _("none, a foreigner"),
            ("national_id", "foreigner"),
        ),
        Detail(_("Date of birth"), born, ("birth_date",)),
        Detail(_("Sex"), sex, ("sex",)),
        Detail(_("Residence"), record.address.line, _ADDRESS),
        Detail(_("Mobile phone"), presentation.phone(record.phone), ("phone",)),
        Detail(_("E-mail"), record.email, ("email",)),
        Detail(_("Note"), record.note, ("note",)),
    )
    return tuple(detail for detail in known if detail.value)
