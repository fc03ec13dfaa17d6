"""Change requests against the register: on what they stand, and what they change once accepted.

A request is exportable only while it stands on the newest revision of a contract of its own
partner. A newer revision, by another request or by an import, has it judged again.
"""

import logging
from collections.abc import Iterable
from dataclasses import replace

from smartclient.backoffice.operations import contracts
from smartclient.backoffice.operations.alarms import Alarm, raise_alarm
from smartclient.backoffice.operations.contract_changes import policyholder_of, settings_after
from smartclient.backoffice.operations.contracts import Cause
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import upsert
from smartclient.domain.contract_number import ContractNumber, contract_number
from smartclient.domain.document_life import DocumentKind
from smartclient.domain.errors import BadInput
from smartclient.wire import encoding
from smartclient.wire.contracts import Contract
from smartclient.wire.messages import Json, JsonObject, mapping, text, whole

log = logging.getLogger(__name__)

NO_CONTRACT = "SC-SERV-036"
OUTDATED = "SC-SERV-037"
OTHER_SETTINGS = "SC-SERV-038"


def stand_on_contract(records: ScopeRecords, request: RecordRow) -> str:
    """Why the request may not be exported, by its contract; empty when it stands well on it.

    In the transaction of the verdict: the contract is held, so that a revision that is made now
    either is seen here or sees the request.
    """
    desk = records.desk
    body = records.body(request.id)
    try:
        number, revision, tariff_version = _reference(body)
    except BadInput:
        return NO_CONTRACT
    found = contracts.find(desk, number, hold=True)
    if found is None or found.hr != request.hr:
        return NO_CONTRACT
    if revision < found.contract.revision:
        return OUTDATED
    stands = (found.contract.revision, found.contract.tariff_version)
    same = (revision, tariff_version) == stands and body.get("tariff_version") == stands[1]
    if not same or not _is_baseline(body, found.contract):
        return OTHER_SETTINGS
    row: dict[str, object] = {"scope": records.scope, "document": request.id}
    linked = {**row, "number": number, "revision": revision}
    upsert(desk.connection, schema.contract_request, [linked])
    return ""


def change_contracts(accepted: Iterable[tuple[ScopeRecords, RecordRow]]) -> None:
    """Let the requests among these documents change their contracts; once, however often called.

    In the transaction that takes the core's answer. What cannot be taken over is told to a person:
    the insurer has accepted it, and the answer must not be lost.
    """
    requests = [
        (records, row, records.body(row.id))
        for records, row in accepted
        if row.document_kind == DocumentKind.CHANGE_REQUEST
    ]
    # By their contracts, so that two who change several never wait for each other.
    for records, row, body in sorted(requests, key=lambda each: _order(each[1], each[2])):
        try:
            is_changed = _change_contract(records, row, body)
        except BadInput:
            is_changed = False
        if not is_changed:
            desk = records.desk
            raise_alarm(desk, Alarm.CONTRACT_NOT_CHANGED, records.scope, row.id, row.op)


def _change_contract(records: ScopeRecords, request: RecordRow, body: JsonObject) -> bool:
    desk = records.desk
    number, _, _ = _reference(body)
    found = contracts.find(desk, number, hold=True)
    if found is None:
        return False
    cause = Cause(records.scope, request.id, request.op)
    if not contracts.is_changed_by(desk, number, cause):
        contracts.change(desk, _contract_after(found.contract, body), cause)
        log.info("contract changed", extra={"record": request.id})
    return True


def _contract_after(contract: Contract, body: JsonObject) -> Contract:
    settings = settings_after(contract.settings, body)
    # The register may name the policyholder in its own way; then the name stays as it is.
    is_named_so = policyholder_of(contract.settings) == contract.policyholder
    name = policyholder_of(settings) if is_named_so else contract.policyholder
    return replace(contract, policyholder=name, settings=settings)


def _reference(body: JsonObject) -> tuple[ContractNumber, int, int]:
    """Number, revision and tariff version that the request names; BadInput when it does not."""
    said = mapping(body.get("contract"), "contract")
    number = contract_number(text(said, "number", 20))
    return number, whole(said, "revision", 1), whole(said, "tariff_version", 1)


def _is_baseline(body: JsonObject, contract: Contract) -> bool:
    settings: Json = dict(contract.settings)
    return encoding.canonical(body.get("baseline")) == encoding.canonical(settings)


def _order(request: RecordRow, body: JsonObject) -> tuple[str, str]:
    said = body.get("contract")
    number = said.get("number") if isinstance(said, dict) else ""
    return str(number), request.id
