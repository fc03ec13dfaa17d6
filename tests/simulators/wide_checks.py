"""The invariants of the protocol that clients bring, each a check of its own over the wide world."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select

from smartclient.backoffice.operations.registers import receipt_check
from smartclient.backoffice.operations.registers.client_events import hidden_since
from smartclient.backoffice.tables import schema as server
from smartclient.domain.client_events import (
    HideEvent,
    MergeEvent,
    deciding_merge,
    is_hidden,
    survivors,
)
from smartclient.domain.consents import ConsentEvent, first_broken, is_informed, newest
from smartclient.domain.document_life import ServerState
from smartclient.domain.ids import ClientId, EventId
from smartclient.store import schema as laptop
from smartclient.store.client_rows import Aside
from smartclient.wire.encoding import sha256
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import JsonObject, mapping
from smartclient.wire.register_bodies import ClientHide, ClientMerge, consent_from_json
from tests.simulators.sync_places import Lost, Place
from tests.simulators.traces import traces_of_clients
from tests.simulators.wide_inventory import (
    everything_at_server,
    everything_on,
    on_laptop,
    on_server,
    values_of,
)
from tests.simulators.wide_world import OPTIONS, SCOPE, WideWorld

_Events = Sequence[tuple[str, tuple[str, RecordKind, JsonObject, datetime]]]
"""Records that were written once, as the inventory has them."""

# --- at any moment -------------------------------------------------------------------------------


def check_2_every_value_and_event_is_somewhere(world: WideWorld) -> None:
    """Nothing that was typed of a client is nowhere, unless the client was erased."""
    found = on_server(world)
    safe = set(everything_at_server(world)) | world.register.gone
    for place in world.places:
        safe |= everything_on(world, place)
    erased = found.erased | world.erased_before
    for word in live_words(world):
        if word not in safe and world.register.words[word] not in erased:
            raise Lost(f"2: typed of a client and nowhere: {word}")
    for op, appended in world.register.appended.items():
        if op not in safe and op not in erased and not appended.about & erased:
            raise Lost(f"2: an event of a client is nowhere: {op}")


def live_words(world: WideWorld) -> frozenset[str]:
    """The words that nobody who saw them typed over or decided against."""
    ledger = world.register
    return frozenset(ledger.words) - ledger.settled - ledger.gone


# --- when everything has calmed down -------------------------------------------------------------


def check_5_laptops_hold_what_the_server_has(world: WideWorld) -> None:
    """Every laptop has the clients and events of the scopes that it may read, and no others."""
    found = on_server(world)
    for place in world.places:
        here, scopes = on_laptop(world, place), _scopes(world, place)
        readable = {name for name, (scope, *_) in found.clients.items() if scope in scopes}
        for name in readable - found.twice:
            _scope, op, body = found.clients[name]
            if here.clients.get(name) != body or here.ops.get(name) != op:
                raise Lost(f"5: {place.name} holds another version of client {name}")
        if extra := set(here.clients) - readable - found.twice:
            raise Lost(f"5: {place.name} has clients that the server has not: {sorted(extra)}")
        events = {op for op, (scope, *_) in found.appended.items() if scope in scopes}
        sent = here.appended - here.refused
        if different := (events ^ (sent & set(world.register.appended))) - found.twice:
            raise Lost(f"5: {place.name} has other events than the server: {sorted(different)}")


def check_5_laptops_hold_what_the_server_wrote(world: WideWorld) -> None:
    """Every line of a history, and every word of the server on a document, is on every laptop."""
    record = server.record
    kinds = (RecordKind.CONTACT_HISTORY.value, RecordKind.DOCUMENT_STATUS.value)
    asked = select(record.c.scope, record.c.kind, record.c.id, record.c.sha256)
    with world.server.office.reading() as desk:
        stands = record.c.state != ServerState.ERASED.value
        rows = desk.connection.execute(asked.where(record.c.kind.in_(kinds), stands)).all()
    for place in world.places:
        here, scopes = _of_the_server(place), _scopes(world, place)
        for row in rows:
            if row.scope not in scopes:
                continue
            told = row.id if row.kind == RecordKind.CONTACT_HISTORY else row.sha256
            if told not in here:
                raise Lost(f"5: {place.name} has not the {row.kind} {row.id} as the server has it")


def _of_the_server(place: Place) -> frozenset[str]:
    """Ids of lines of histories, and digests of the statuses of documents."""
    with place.database.read() as tx:
        run = tx.unit.connection.execute
        lines = set(run(select(laptop.kept_body.c.id)).scalars())
        statuses = run(select(laptop.document_status.c.content)).scalars().all()
    return frozenset(lines | {sha256(text.encode()) for text in statuses})


def check_6_every_event_arrived(world: WideWorld) -> None:
    """What was written once is at the server, handed in, or refused before the eyes of a person,
    unless its client was erased.
    """
    found = on_server(world)
    arrived = set(found.appended) | {str(line["op"]) for line in found.handed_in}
    arrived |= {op for place in world.places for op in on_laptop(world, place).refused}
    for op, appended in world.register.appended.items():
        spared = op in world.register.gone or op in found.erased or appended.about & found.erased
        if op not in arrived and not spared:
            raise Lost(f"6: an event never arrived: {op}")


def check_7_state_is_a_function_of_the_set_of_events(world: WideWorld) -> None:
    """Hidden and merged clients follow from the events, on the server and on every laptop."""
    found = on_server(world)
    for place in world.places:
        scopes = _scopes(world, place)
        events = [each for each in found.appended.items() if each[1][0] in scopes]
        hidden, became = _hidden(events), _became(events)
        known = {*hidden, *found.clients}
        with world.server.office.reading() as desk:
            at_server = {each for scope in scopes for each in hidden_since(desk, scope, known)}
        if at_server - found.erased != hidden - found.erased:
            raise Lost("7: the server hides other clients than the events say")
        with place.database.read() as tx:
            for name, (scope, *_) in found.clients.items():
                if scope not in scopes:
                    continue
                row = tx.clients.get(ClientId(name)).row
                if row.survivor != became.get(ClientId(name)):
                    raise Lost(f"7: {place.name} says another survivor of {name}")
                if row.survivor is None and (row.aside is Aside.HIDDEN) != (name in hidden):
                    raise Lost(f"7: {place.name} hides another set of clients: {name}")


def check_7_consents_count_by_their_receipt(world: WideWorld) -> None:
    """What decides an option on a laptop is what decides it by the receipts of the server."""
    found = on_server(world)
    for place in world.places:
        scopes = _scopes(world, place)
        told = _consents([each for each in found.appended.items() if each[1][0] in scopes])
        with place.database.read() as tx:
            for name, (scope, *_) in found.clients.items():
                events = told.get(name, [])
                known = {event.id for event in events}
                if scope not in scopes or known & found.twice:
                    continue
                here = tx.consents.of(ClientId(name))
                for option in OPTIONS:
                    mine = newest((event for event in here if event.id in known), option)
                    if mine != newest(events, option):
                        raise Lost(f"7: at {place.name} another event decides {option} of {name}")
                family = tx.client_life.family(ClientId(name))
                of_all = [event for each in family for event in tx.consents.of(each)]
                row = tx.clients.get(ClientId(name)).row
                if row.survivor is None and row.informed != is_informed(of_all):
                    raise Lost(f"7: {place.name} does not show whether {name} is informed")


def _consents(events: _Events) -> Mapping[str, list[ConsentEvent]]:
    found: dict[str, list[ConsentEvent]] = {}
    for _op, (_scope, kind, body, received) in events:
        if kind is RecordKind.CONSENT_EVENT:
            event = replace(consent_from_json(body), received_at=received)
            found.setdefault(event.decision.client_id, []).append(event)
    return found


def _hidden(events: _Events) -> set[str]:
    hides: dict[str, list[HideEvent]] = {}
    for op, (_scope, kind, body, received) in events:
        if kind is RecordKind.CLIENT_HIDE:
            hide = ClientHide.from_json(body)
            at = min(hide.occurred_at, received)
            event = HideEvent(EventId(op), hide.client_id, hide.hidden, at)
            hides.setdefault(hide.client_id, []).append(event)
    return {client for client, of_it in hides.items() if is_hidden(of_it)}


def _became(events: _Events) -> Mapping[ClientId, ClientId]:
    merges = []
    for op, (_scope, kind, body, received) in events:
        if kind is RecordKind.CLIENT_MERGE:
            merge = ClientMerge.from_json(body)
            at = min(merge.occurred_at, received)
            merges.append(MergeEvent(EventId(op), merge.loser, merge.survivor, merge.undo, at))
    return survivors(merges)


def check_8_every_value_is_shown_or_offered(world: WideWorld) -> None:
    """A value that nobody who saw it replaced is at the server, or offered on some laptop."""
    found = on_server(world)
    shown = set(found.values)
    for line in found.handed_in:
        shown |= values_of(mapping(line["body"]))
    for place in world.places:
        shown |= {value for offers in on_laptop(world, place).offers.values() for value in offers}
    for word in live_words(world):
        if word not in shown and world.register.words[word] not in found.erased:
            raise Lost(f"8: neither shown nor offered: {word}")


def check_9_nobody_is_edited_who_became_part_of_another(world: WideWorld) -> None:
    """The server takes no edit of a client behind the merge that decides of it."""
    if world.was_restored:
        return  # a restored server counts anew
    record = server.record
    found = on_server(world)
    with world.server.office.reading() as desk:
        asked = select(record.c.id, record.c.scope, record.c.seq)
        places = {row.id: row for row in desk.connection.execute(asked)}
    merges = [
        MergeEvent(EventId(op), merge.loser, merge.survivor, merge.undo, merge.occurred_at)
        for op, (_scope, kind, body, _received) in found.appended.items()
        if kind is RecordKind.CLIENT_MERGE
        for merge in [ClientMerge.from_json(body)]
    ]
    for loser in survivors(merges):
        deciding = deciding_merge(event for event in merges if event.loser == loser)
        client = places.get(loser)
        if deciding is None or client is None or places[deciding.id].scope != client.scope:
            continue
        if client.seq > places[deciding.id].seq:
            raise Lost(f"9: an edit of {loser} was taken after it became part of another one")


def check_10_what_was_erased_is_gone(world: WideWorld) -> None:
    """The server keeps no body of it, and no laptop anything at all."""
    erased = on_server(world).erased
    if missing := world.erased_before - erased:
        raise Lost(f"10: erased, and again there: {sorted(missing)}")
    with world.server.office.reading() as desk:
        body = server.record_body
        kept = select(func.count()).select_from(body).where(body.c.id.in_(erased))
        if desk.connection.execute(kept).scalar_one():
            raise Lost("10: the server keeps the body of an erased record")
    for place in world.places:
        with place.database.read() as tx:
            left = set(traces_of_clients(tx)) & erased
        if left:
            raise Lost(f"10: {place.name} keeps something of {sorted(left)}")


def check_11_nothing_stays_without_a_right(world: WideWorld) -> None:
    """A laptop whose person lost the right has no record of the office."""
    for place in world.places:
        if place.name not in world.register.without_right:
            continue
        with place.database.read() as tx:
            for table in (laptop.record, laptop.append):
                of_office = select(func.count()).select_from(table).where(table.c.scope == SCOPE)
                if tx.unit.connection.execute(of_office).scalar_one():
                    raise Lost(f"11: {place.name} keeps records of a scope that it lost")


def check_12_chains_verify(world: WideWorld) -> None:
    """The server's chain of receipts, and the chain of each install that never went back."""
    with world.server.office.reading() as desk:
        if (broken := receipt_check.check(desk, SCOPE).broken) is not None:
            raise Lost(f"12: the receipt at {broken} does not verify")
        record, receipt = server.record, server.consent_receipt
        same = (receipt.c.scope == record.c.scope) & (receipt.c.event == record.c.id)
        consents = record.c.kind == RecordKind.CONSENT_EVENT.value
        if world.was_restored:  # the tombstone of what came after the backup never had one
            consents &= record.c.state != ServerState.ERASED.value
        counted = select(record.c.id, func.count(receipt.c.event)).join(receipt, same, isouter=True)
        found = desk.connection.execute(
            counted.where(consents).group_by(record.c.scope, record.c.id)
        ).all()
    if wrong := sorted(name for name, count in found if count != 1):
        raise Lost(f"12: not one receipt of each of {wrong}")
    for place in world.places:
        if place.name in world.old_disks | world.register.without_right:
            continue
        with place.database.read() as tx:
            chain = tx.consents.chain(place.laptop.identity.install)
        if not world.erased_before and first_broken(chain) is not None:
            raise Lost(f"12: the chain of {place.name} does not verify")


def _scopes(world: WideWorld, place: Place) -> frozenset[str]:
    """What a laptop may read."""
    lost = place.name in world.register.without_right
    return frozenset({place.scope} if lost else {place.scope, SCOPE})


Check = Callable[[WideWorld], None]
ALWAYS: tuple[Check, ...] = (check_2_every_value_and_event_is_somewhere,)
SETTLED: tuple[Check, ...] = (
    check_5_laptops_hold_what_the_server_has,
    check_5_laptops_hold_what_the_server_wrote,
    check_6_every_event_arrived,
    check_7_state_is_a_function_of_the_set_of_events,
    check_7_consents_count_by_their_receipt,
    check_8_every_value_is_shown_or_offered,
    check_9_nobody_is_edited_who_became_part_of_another,
    check_10_what_was_erased_is_gone,
    check_11_nothing_stays_without_a_right,
    check_12_chains_verify,
)
