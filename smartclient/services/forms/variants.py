"""Variants of one modelling: up to three sets of answers side by side, one of which is open.

The open one is the document's answers; the others stand beside them in the body under their letter.
Whatever is printed, priced or filled into an offer is the open one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from smartclient.domain.document_life import DocumentKind, Stage
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import DocumentId
from smartclient.domain.language import _
from smartclient.domain.presentation import money
from smartclient.forms.session import FormSession
from smartclient.services.forms.body import answers_of
from smartclient.services.forms.meanwhile import require_unchanged
from smartclient.services.forms.opened import Snapshot
from smartclient.services.forms.outlook import middle_of, rounded, scenario_name
from smartclient.services.forms.summary import NOTHING, instalment_words, summarise
from smartclient.services.forms.workshop import Workshop
from smartclient.store.database import Database
from smartclient.store.document_rows import StoredDocument
from smartclient.wire.messages import Json, JsonObject

LETTERS = ("A", "B", "C")
_OPEN, _OTHERS = "variant", "variants"
_LOOKED_AT = (5, 10)
"""After so many years the surrender value is compared."""


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One line of the comparison: a cell for each variant; without cells it is a heading.

    A cell of a cover has two lines: what is insured, and what it costs.
    """

    label: str
    cells: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether the variants are not the same here."""
        return len(set(self.cells)) > 1


@dataclass(frozen=True, slots=True)
class Compared:
    """The variants side by side."""

    letters: tuple[str, ...]
    open: str
    lines: tuple[ComparedLine, ...]


class Variants:
    """The variants of modellings. May be used from any thread."""

    def __init__(self, db: Database, workshop: Workshop) -> None:
        self._db = db
        self._workshop = workshop

    def compare(self, document_id: DocumentId) -> Compared:
        """What each variant costs, insures and may be worth."""
        body = self._stored(document_id).body
        language = self._workshop.language()
        found = answers_by_letter(body)
        sessions = [
            self._workshop.session({**body, "answers": answers}, language)
            for answers in found.values()
        ]
        return Compared(tuple(found), open_letter(body), tuple(_compared(sessions)))

    def add(self, document_id: DocumentId) -> str:
        """A copy of the open variant, which is open from now on; its letter.

        Raises NotAllowed SC-OFFER-008 when there are as many as can be compared, and, as all that
        changes variants, SC-OFFER-010 when another version of the document came just now.
        """
        stored = self._stored(document_id)
        found = answers_by_letter(stored.body)
        free = next((letter for letter in LETTERS if letter not in found), "")
        if not free:
            raise NotAllowed("SC-OFFER-008", most=len(LETTERS))
        self._open(stored, {**found, free: answers_of(stored.body)}, free)
        return free

    def take(self, document_id: DocumentId, letter: str) -> None:
        """Open another variant."""
        stored = self._stored(document_id)
        self._open(stored, answers_by_letter(stored.body), letter)

    def drop(self, document_id: DocumentId, letter: str) -> None:
        """Let a variant go; of the open one, the first that is left is opened."""
        stored = self._stored(document_id)
        found = answers_by_letter(stored.body)
        left = {key: each for key, each in found.items() if key != letter}
        if left:
            now = open_letter(stored.body)
            self._open(stored, left, now if now in left else next(iter(left)))

    def _open(self, stored: StoredDocument, found: Mapping[str, JsonObject], letter: str) -> None:
        known = {letter: answers_of(stored.body), **found}
        body: JsonObject = {**stored.body, **beside(known, letter)}
        filled = Snapshot.of(self._workshop.session(body), stored.row.client_name).draft(body)
        with self._db.write() as tx:
            require_unchanged(tx, stored, "SC-OFFER-010")
            tx.documents.save(stored.row.id, filled, Stage.DRAFT)

    def _stored(self, document_id: DocumentId) -> StoredDocument:
        with self._db.read() as tx:
            return tx.documents.get(document_id)


def beside(found: Mapping[str, JsonObject], letter: str) -> JsonObject:
    """Sets of answers as they stand in a body with this one open; without a letter it is alone."""
    if not letter:
        return {"answers": found[letter]}
    others: JsonObject = {key: each for key, each in found.items() if key != letter}
    return {"answers": found[letter], _OPEN: letter, _OTHERS: others}


def open_letter(body: Mapping[str, Json]) -> str:
    """The letter of the variant that is open; empty for what has no variants."""
    if body.get("document_kind") != DocumentKind.MODELLING.value:
        return ""
    letter = body.get(_OPEN)
    return letter if isinstance(letter, str) and letter in LETTERS else LETTERS[0]


def answers_by_letter(body: Mapping[str, Json]) -> dict[str, JsonObject]:
    """The answers of every variant in the order of the letters, the open one among them."""
    others = body.get(_OTHERS)
    found: dict[str, JsonObject] = {open_letter(body): answers_of(body)}
    if isinstance(others, dict):
        found |= {key: each for key, each in others.items() if isinstance(each, dict)}
    return {letter: found[letter] for letter in sorted(found)}


def _compared(sessions: list[FormSession]) -> Iterator[ComparedLine]:
    premiums = [session.premium for session in sessions]
    if any(premiums):
        yield ComparedLine(
            _("Premium"),
            tuple(NOTHING if each is None else instalment_words(each) for each in premiums),
        )
        annual = (
            NOTHING if each is None else money(each.annual, each.currency) for each in premiums
        )
        yield ComparedLine(_("In a year"), tuple(annual))
        yield from _covers(sessions)
    yield from _values(sessions)


def _covers(sessions: list[FormSession]) -> Iterator[ComparedLine]:
    """Every cover of every person that any variant has, in the order they are met."""
    found = [
        {
            (person.name, line.cover): f"{line.insured}\n{line.instalment}"
            for person in summarise(session, None).persons
            for line in person.lines
        }
        for session in sessions
    ]
    keys = list(dict.fromkeys(key for cells in found for key in cells))
    for name in dict.fromkeys(person for person, _cover in keys):
        yield ComparedLine(name)
        for person, cover in keys:
            if person == name:
                cells = tuple(cells.get((person, cover), NOTHING) for cells in found)
                yield ComparedLine(cover, cells)


def _values(sessions: list[FormSession]) -> Iterator[ComparedLine]:
    projections = [session.projection for session in sessions]
    first = next((each for each in projections if each is not None), None)
    if first is None:
        return
    yield ComparedLine(_("Value at the end"))
    for at, scenario in enumerate(first.scenarios):
        yield ComparedLine(
            scenario_name(scenario),
            tuple(
                NOTHING
                if each is None or at >= len(each.scenarios)
                else rounded(each.scenarios[at].years[-1].value, each.currency)
                for each in projections
            ),
        )
    yield ComparedLine(_("Surrender in the middle scenario"))
    for years in _LOOKED_AT:
        cells = tuple(
            NOTHING
            if each is None or years > len(middle_of(each).years)
            else rounded(middle_of(each).years[years - 1].surrender, each.currency)
            for each in projections
        )
        yield ComparedLine(_("after {years} years").format(years=years), cells)
