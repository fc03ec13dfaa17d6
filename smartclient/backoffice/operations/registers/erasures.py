"""Erasing a client for good: ids stay as tombstones, everything else goes.

Records of the client and all that hangs on them lose their bodies, salts, numbers, known ops and
blobs; with `documents` so do the documents that name the client, in the scopes of everybody who
could ever read the client, and their archive. Each row stays with the state `erased` and a place in
the feed, so that every laptop wipes its own copy, and a push is answered `erased`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Table, and_, delete, func, select, update

from smartclient.backoffice.operations import desk_acts
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.registers import (
    client_documents,
    erasure_list,
    handing_in,
    lasting_lines,
)
from smartclient.backoffice.operations.registers.erasure_list import Erased, Erasure
from smartclient.backoffice.operations.registers.scopes import make_scope
from smartclient.backoffice.operations.registers.tombstones import tombstone
from smartclient.backoffice.operations.scope_records import ScopeRecords, hold, write_all
from smartclient.backoffice.tables import exports, observing, schema
from smartclient.domain.client_events import MergeEvent, survivors
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import NotAllowed, Refused
from smartclient.domain.ids import ClientId, RecordId, Sha256
from smartclient.wire.messages import RecordKind

AT_ONCE = 500
Found = dict[str, dict[RecordId, RecordKind]]
"""What is to be erased: by scope, ids with their kinds."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an erasure did."""

    records: int
    documents: int
    files: tuple[str, ...]
    """Large blobs that no row names any more: to be removed once the transaction is committed."""


def erase(
    desk: Desk, client: ClientId, erasures: Path, reason: str, *, documents: bool = False
) -> Done:
    """Erase a client wherever it is; entered in the list of erasures before this is committed.

    Raises BadInput SC-HELP-002 (no reason), Refused SC-SERV-080 (nothing here of such a client) and
    SC-SERV-081 naming the client that it was merged into, NotAllowed SC-SERV-082 (a document of
    theirs is being exported) and SC-SERV-086 (something of theirs was handed in just now).
    """
    kept_reason = desk_acts.require_reason(reason)
    scopes = _scopes_of(desk, client)
    if not scopes:
        raise Refused("SC-SERV-080")
    # Everybody who could hand something in is held, so that nothing of it comes meanwhile.
    about = client_documents.scopes_that_may_name(desk, scopes)
    of_it = {client} if documents else set[str]()
    kept_in = {each.scope for each in handing_in.going(desk, {client}, of_it)}
    held = hold(desk, {*scopes, *about, *kept_in})
    found = {scope: _belonging(desk, scope, client) for scope in scopes}
    clients = {client, *_clients_of(found)}
    is_new = False
    if documents:
        is_new = client_documents.refuse_from_now(desk, clients)
        for scope, of in client_documents.naming(desk, held, clients).items():
            found.setdefault(scope, {}).update(of)
    done = _wipe(desk, held, found, clients if documents else ())
    _finish_work(desk, clients)
    desk_acts.note(desk, "erase", client, kept_reason)
    if done.records or is_new:
        _keep_outside(desk, erasures, found, documents=documents)
    return done


def _keep_outside(desk: Desk, path: Path, found: Found, *, documents: bool) -> None:
    act = lasting_lines.begin(desk, path)
    entries = [
        Erasure(desk.now, scope, tuple(of.items()), documents, act)
        for scope, of in found.items()
        if of
    ]
    erasure_list.append(path, entries)


def replay(desk: Desk, path: Path) -> Done:
    """Erase again what the list names, after the database was put back to an older state.

    What the older state never had gets its tombstone, so that no laptop brings it back. Done before
    the back office is opened again; done twice, it changes nothing. An erasure that may never have
    been committed is left to a person: see `unsure`.
    """
    entries: Found = {}
    with_documents: Found = {}
    in_doubt = lasting_lines.unsure(path)
    for entry in erasure_list.read(path):
        if entry.act in in_doubt:
            continue
        entries.setdefault(entry.scope, {}).update(entry.records)
        if entry.documents:
            with_documents.setdefault(entry.scope, {}).update(entry.records)
    ids = {record for of in entries.values() for record in of}
    refused = _clients_of(with_documents)
    kept_in = {each.scope for each in handing_in.going(desk, ids, refused)}
    for scope in entries:
        make_scope(desk, scope)  # one that is adopted later must know what does not come back
    held = hold(desk, {*entries, *kept_in})
    done = _wipe(desk, held, entries, refused)
    client_documents.refuse_from_now(desk, refused)
    _finish_work(desk, _clients_of(entries))
    return done


def remove_files(desk: Desk, done: Done) -> None:
    """Remove the large blobs of an erasure that was committed; a crash leaves them to the sweep."""
    for name in done.files:
        desk.blobs.remove(name)


def _clients_of(found: Found) -> set[str]:
    return {r for of in found.values() for r, kind in of.items() if kind is RecordKind.CLIENT}


def unsure(path: Path) -> list[ClientId]:
    """The clients of whom the list does not know whether their erasure was committed."""
    in_doubt = lasting_lines.unsure(path)
    found: set[ClientId] = set()
    for entry in erasure_list.read(path):
        found = found | entry.clients if entry.act in in_doubt else found - entry.clients
    return sorted(found)


def confirm(desk: Desk, path: Path) -> int:
    """Confirm the acts of the list that the database did carry out; how many there were.

    A process may have died between its commit and the line that tells of it.
    """
    in_doubt = lasting_lines.unsure(path)
    entries = [each for each in erasure_list.read(path) if each.act in in_doubt]
    missing = {each.act for each in entries if not _is_carried_out(desk, each)}
    carried_out = {each.act for each in entries} - missing
    for act in sorted(carried_out):
        lasting_lines.confirm(path, act)
    return len(carried_out)


def _is_carried_out(desk: Desk, entry: Erased) -> bool:
    record, ids = schema.record, [each for each, _kind in entry.records]
    erased = 0
    for start in range(0, len(ids), AT_ONCE):
        of_them = record.c.id.in_(ids[start : start + AT_ONCE])
        is_erased = record.c.state == ServerState.ERASED.value
        query = select(func.count()).where(record.c.scope == entry.scope, of_them, is_erased)
        erased += desk.connection.execute(query).scalar_one()
    return erased == len(ids)


def _scopes_of(desk: Desk, client: ClientId) -> list[str]:
    record = schema.record
    of_it = (record.c.id == client) & (record.c.kind == RecordKind.CLIENT.value)
    query = select(record.c.scope).where(of_it | (record.c.parent == client)).distinct()
    return sorted(desk.connection.execute(query).scalars())


def _belonging(desk: Desk, scope: str, client: ClientId) -> dict[RecordId, RecordKind]:
    """The client, those merged into it, and everything that hangs on them, however far.

    The clients are named also where their own records have not arrived: they must not come later.
    """
    merged = _survivors(desk, scope)
    if client in merged:
        raise Refused("SC-SERV-081", survivor=merged[client])
    same = {client, *(loser for loser, survivor in merged.items() if survivor == client)}
    record = schema.record
    found = {RecordId(each): RecordKind.CLIENT for each in sorted(same)}
    parents: Collection[str] = same
    while parents:
        hanging = _kinds(desk, scope, record.c.parent, parents)
        parents = hanging.keys() - found.keys()
        found |= hanging
    return found


def _kinds(
    desk: Desk, scope: str, key: ColumnElement[str], wanted: Collection[str]
) -> dict[RecordId, RecordKind]:
    record, ordered = schema.record, sorted(wanted)
    found: dict[RecordId, RecordKind] = {}
    for start in range(0, len(ordered), AT_ONCE):
        of_them = key.in_(ordered[start : start + AT_ONCE])
        query = select(record.c.id, record.c.kind).where(record.c.scope == scope, of_them)
        found |= {row.id: RecordKind(row.kind) for row in desk.connection.execute(query)}
    return found


def _survivors(desk: Desk, scope: str) -> Mapping[ClientId, ClientId]:
    table = schema.merge_event
    rows = desk.connection.execute(select(table).where(table.c.scope == scope))
    return survivors(MergeEvent(r.id, r.loser, r.survivor, r.undo, r.at) for r in rows)


def _wipe(
    desk: Desk, held: Mapping[str, ScopeRecords], found: Found, documents_of: Collection[str]
) -> Done:
    """Erase the records, each in its scope, which is held; and what of them was handed in."""
    count, documents = 0, 0
    unnamed: dict[str, set[Sha256]] = {}
    for scope, of in sorted(found.items()):
        records = held[scope]
        records.load(of)
        ids = [each for each in sorted(of) if not _is_erased(records.get(each))]
        rows = [records.get(each) for each in ids]
        if any(row is not None and row.state is ServerState.SEALED for row in rows):
            raise NotAllowed("SC-SERV-082")
        unnamed[scope] = _let_go(desk, scope, ids)
        unnamed[scope].update(sha for row in rows if row is not None for sha in row.blobs)
        for each in ids:
            records.put(tombstone(desk, each, of[each], records.get(each)))
        count += len(ids)
        documents += sum(of[each] is RecordKind.DOCUMENT for each in ids)
    ids_gone = {record for of in found.values() for record in of}
    gone = handing_in.going(desk, ids_gone, documents_of)
    if not held.keys() >= {each.scope for each in gone}:
        raise NotAllowed("SC-SERV-086")
    for scope, names in handing_in.forget(desk, gone).items():
        unnamed.setdefault(scope, set()).update(names)
    write_all(desk, [held[scope] for scope in found])
    files = [file for scope, names in unnamed.items() for file in _forget_blobs(desk, scope, names)]
    return Done(count, documents, tuple(files))


def _is_erased(row: RecordRow | None) -> bool:
    return row is not None and row.state is ServerState.ERASED


_BY_ID: tuple[Table, ...] = (schema.record_body,)
_BY_RECORD: tuple[Table, ...] = (schema.record_op,)
_BY_DOCUMENT: tuple[Table, ...] = (
    schema.prepared_line,
    schema.judgement_due,
    schema.stamp_due,
    schema.contract_request,
    observing.leaving_notice,
    exports.late_decision,
)


def _let_go(desk: Desk, scope: str, ids: Sequence[RecordId]) -> set[Sha256]:
    """Delete all that is kept of the records besides their rows; blobs the archive kept."""
    unnamed: set[Sha256] = set()
    for start in range(0, len(ids), AT_ONCE):
        chunk = ids[start : start + AT_ONCE]
        unnamed |= _let_go_archived(desk, scope, chunk)
        places = [(table, table.c.id) for table in _BY_ID]
        places += [(table, table.c.record) for table in _BY_RECORD]
        places += [(table, table.c.document) for table in _BY_DOCUMENT]
        for table, key in places:
            desk.connection.execute(delete(table).where(table.c.scope == scope, key.in_(chunk)))
        receipt = schema.consent_receipt
        of_them = (receipt.c.scope == scope) & receipt.c.event.in_(chunk)
        desk.connection.execute(update(receipt).where(of_them).values(salt=""))
    return unnamed


def _let_go_archived(desk: Desk, scope: str, ids: Sequence[RecordId]) -> set[Sha256]:
    table, link = observing.archived_record, observing.archived_blob
    of_them = and_(link.c.scope == scope, link.c.record.in_(ids))
    named = set(desk.connection.execute(select(link.c.sha256).where(of_them)).scalars())
    desk.connection.execute(delete(link).where(of_them))
    desk.connection.execute(delete(table).where(table.c.scope == scope, table.c.id.in_(ids)))
    return named


def _forget_blobs(desk: Desk, scope: str, names: Iterable[Sha256]) -> list[str]:
    """Delete the blobs that no record names any more; the files of the large ones."""
    left = set(names)
    for table in (schema.record_blob, observing.archived_blob):
        query = select(table.c.sha256).where(table.c.scope == scope, table.c.sha256.in_(left))
        left -= set(desk.connection.execute(query).scalars()) if left else set()
    if not left:
        return []
    blob = schema.blob
    query = select(blob.c.file).where(
        blob.c.scope == scope, blob.c.sha256.in_(left), blob.c.file != ""
    )
    files = list(desk.connection.execute(query).scalars())
    for table in (schema.blob_content, schema.blob_part, schema.blob_holder, blob):
        gone = delete(table).where(table.c.scope == scope, table.c.sha256.in_(left))
        desk.connection.execute(gone)
    return files


def _finish_work(desk: Desk, clients: Iterable[str]) -> None:
    table = schema.erase_work
    of_them = table.c.client.in_(sorted(clients)) & table.c.done_at.is_(None)
    desk.connection.execute(update(table).where(of_them).values(done_at=desk.now))
