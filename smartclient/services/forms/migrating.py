"""A draft and the newer version of its form: what would become of it, and the move itself.

Nothing is written before the person agrees; until then the draft stands as it was. Documents that
are signed or exported never move: they cannot be edited, so they are never asked about.
"""

from dataclasses import dataclass, replace

from smartclient.domain.document_life import Action, Stage, permission
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import DocumentId
from smartclient.forms.migration import Migrated, migrate
from smartclient.forms.package import FormPackage
from smartclient.services.forms.body import answers_of, day_of, rates_of_contract, versions_of
from smartclient.services.forms.meanwhile import require_unchanged
from smartclient.services.forms.opened import Newer, Snapshot
from smartclient.services.forms.variants import answers_by_letter, open_letter
from smartclient.services.forms.workshop import Workshop
from smartclient.store.database import Database
from smartclient.store.document_rows import StoredDocument
from smartclient.wire.messages import JsonObject


@dataclass(frozen=True, slots=True)
class Migration:
    """What the move of a draft to a newer version would do."""

    newer: Newer
    older: int
    """The version it is in now."""
    title: str
    moved: Migrated


class Migrations:
    """Moves drafts. May be used from any thread."""

    def __init__(self, db: Database, workshop: Workshop) -> None:
        self._db = db
        self._workshop = workshop

    def newer_than(self, stored: StoredDocument) -> Newer | None:
        """The version that an editable document could move to."""
        if not permission(stored.row.standing(), Action.EDIT, stored.row.shown).allowed:
            return None
        package = self._workshop.package_of(stored.body)
        expired = not package.is_valid(self._workshop.today())
        try:
            newest = self._workshop.form_for_new(package.id)
        except NotAllowed:
            return None
        if newest.version <= package.version:
            return None
        if stored.row.stage is not Stage.DRAFT and not expired:
            return None
        return Newer(newest.version, expired)

    def migration(self, document_id: DocumentId) -> Migration | None:
        """What the move would do; None where there is nothing to move to."""
        stored = self._stored(document_id)
        newer = self.newer_than(stored)
        if newer is None:
            return None
        old, new = self._packages(stored.body)
        moved = self._moved_all(stored.body, old, new)
        return Migration(newer, old.version, new.title(self._workshop.language()), moved)

    def migrate(self, document_id: DocumentId) -> None:
        """Move the draft to the newer version; it keeps its number and the day it was begun.

        Raises NotAllowed SC-OFFER-006 when there is no version to move to any more, SC-OFFER-010
        when another version of the document came just now.
        """
        stored = self._stored(document_id)
        if self.newer_than(stored) is None:
            raise NotAllowed("SC-OFFER-006")
        old, new = self._packages(stored.body)
        body = self._moved_body(stored.body, old, new)
        snapshot = Snapshot.of(self._workshop.session(body), stored.row.client_name)
        with self._db.write() as tx:
            require_unchanged(tx, stored, "SC-OFFER-010")
            tx.documents.save(document_id, snapshot.draft(body), Stage.DRAFT)

    def _moved_body(self, body: JsonObject, old: FormPackage, new: FormPackage) -> JsonObject:
        origin = self._workshop.origin(new, rates_of_contract(body))
        return {
            **body,
            "form_version": new.version,
            "set_id": origin.set_id,
            "tariff_id": new.tariff_id,
            "tariff_version": origin.tariff_version,
            "template_id": new.template_id,
            "template_version": origin.template_version,
            **self._moved_variants(body, old, new),
            "answers": self._moved(body, answers_of(body), old, new).answers,
        }

    def _moved_variants(self, body: JsonObject, old: FormPackage, new: FormPackage) -> JsonObject:
        """The other variants of a modelling move with the open one."""
        others = body.get("variants")
        if not isinstance(others, dict):
            return {}
        moved: JsonObject = {
            letter: self._moved(body, answers, old, new).answers
            for letter, answers in others.items()
            if isinstance(answers, dict)
        }
        return {"variants": moved}

    def _moved_all(self, body: JsonObject, old: FormPackage, new: FormPackage) -> Migrated:
        """What becomes of the answers of every variant, the open one first."""
        here = open_letter(body)
        first = self._moved(body, answers_of(body), old, new)
        rest = [
            self._moved(body, answers, old, new)
            for letter, answers in answers_by_letter(body).items()
            if letter != here
        ]
        return replace(
            first,
            taken=first.taken + sum(each.taken for each in rest),
            changed=(*first.changed, *(moved for each in rest for moved in each.changed)),
            lost=(*first.lost, *(moved for each in rest for moved in each.lost)),
        )

    def _moved(
        self, body: JsonObject, answers: JsonObject, old: FormPackage, new: FormPackage
    ) -> Migrated:
        today = day_of(body, self._workshop.today())
        language = self._workshop.language()
        return migrate(old, new, answers, language=language, today=today)

    def _packages(self, body: JsonObject) -> tuple[FormPackage, FormPackage]:
        return (
            self._workshop.package_of(body),
            self._workshop.form_for_new(versions_of(body)[0]),
        )

    def _stored(self, document_id: DocumentId) -> StoredDocument:
        with self._db.read() as tx:
            return tx.documents.get(document_id)
