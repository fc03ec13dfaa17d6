"""Where records live: decided at the first push, and kept (rule: nothing moves).

A new document lives with its person, a new client with the office; what hangs on a record lives
where that record does, whether or not it was pushed before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from smartclient.store.records import Records, RecordState
from smartclient.wire.kinds import KINDS, Home, RecordKind


@dataclass(frozen=True, slots=True)
class Homes:
    """Where new records live, as the server said with the token; empty where it did not say."""

    person: str = ""
    office: str = ""

    def of(self, kind: RecordKind) -> str:
        """Where a new record of the kind lives that hangs on nothing known here."""
        if KINDS[kind].home is Home.PERSON or kind is RecordKind.SIGNED_PACKAGE:
            return self.person
        return self.office or self.person

    def named(self, scope: str) -> str:
        """A scope as a line says it: nothing for the own person's."""
        return "" if scope == self.person else scope


class Places:
    """The scopes of records that are about to be offered, in one transaction."""

    def __init__(self, records: Records, homes: Homes) -> None:
        self._records = records
        self._homes = homes

    def of(self, scope: str, kind: RecordKind, parent: RecordState | None) -> str:
        """Where a record lives: where it did, where its parent does, or where new ones go."""
        if scope:
            return scope
        if KINDS[kind].home is Home.PARENT and parent is not None:
            return parent.scope or self._homes.of(parent.kind)
        return self._homes.of(kind)

    def settle_parents(self, parents: Mapping[str, RecordState]) -> None:
        """Something that hangs on these goes out: where they live is decided by that."""
        settled = {parent: self._homes.of(parent.kind) for parent in parents.values()}
        self._records.keep(
            [
                replace(parent, scope=scope)
                for parent, scope in settled.items()
                if scope and not parent.scope
            ]
        )
