"""Statements of the first page, compiled by `store.preparing`. Not edited by hand."""

from collections.abc import Mapping

STATEMENTS: Mapping[str, str] = {
    "setting": ("SELECT setting.content FROM setting WHERE setting.name = :name"),
    "states": (
        "SELECT document.shown, count(*) AS count FROM document WHERE listed = 1 GROUP "
        "BY document.shown"
    ),
    "count_clients": ("SELECT count(*) AS count FROM client WHERE aside = ''"),
    "count_uninformed": (
        "SELECT count(*) AS count FROM client WHERE aside = '' AND client.informed = 0"
    ),
    "count_conflicts": (
        'SELECT count(*) AS count FROM "conflict" WHERE "conflict".closed_at IS NULL'
    ),
    "count_settled": (
        'SELECT count(*) AS count FROM "conflict" WHERE "conflict".closed_at IS NOT NULL'
    ),
    "count_offers_in_progress": (
        "SELECT count(*) AS count FROM document WHERE listed = 1 AND document.shown IN "
        "('draft') AND document.kind IN ('offer')"
    ),
    "count_change_requests": (
        "SELECT count(*) AS count FROM document WHERE listed = 1 AND document.shown IN "
        "('draft', 'waiting') AND document.kind IN ('change_request')"
    ),
    "documents_waiting": (
        'SELECT document."row", document.id, document.kind, document.form_id, '
        "document.form_version, document.number, document.client_id, "
        "document.client_name, document.client_key, document.stage, document.server, "
        "document.backed_up, document.digital, document.has_pdf, document.premium, "
        "document.frequency, document.currency, document.core, document.core_reason, "
        "document.email_undeliverable, document.late_signed, document.paper_expected, "
        "document.shown, document.exportable, document.parked, document.created_at, "
        "document.changed_at, document.signed_at, document.listed FROM document WHERE "
        "listed = 1 AND document.shown IN ('waiting') ORDER BY document.changed_at "
        'DESC, document."row" DESC LIMIT 30 OFFSET 0'
    ),
    "documents_email_undeliverable": (
        'SELECT document."row", document.id, document.kind, document.form_id, '
        "document.form_version, document.number, document.client_id, "
        "document.client_name, document.client_key, document.stage, document.server, "
        "document.backed_up, document.digital, document.has_pdf, document.premium, "
        "document.frequency, document.currency, document.core, document.core_reason, "
        "document.email_undeliverable, document.late_signed, document.paper_expected, "
        "document.shown, document.exportable, document.parked, document.created_at, "
        "document.changed_at, document.signed_at, document.listed FROM document WHERE "
        "listed = 1 AND document.shown IN ('email_undeliverable') ORDER BY "
        'document.changed_at DESC, document."row" DESC LIMIT 30 OFFSET 0'
    ),
    "documents_rejected": (
        'SELECT document."row", document.id, document.kind, document.form_id, '
        "document.form_version, document.number, document.client_id, "
        "document.client_name, document.client_key, document.stage, document.server, "
        "document.backed_up, document.digital, document.has_pdf, document.premium, "
        "document.frequency, document.currency, document.core, document.core_reason, "
        "document.email_undeliverable, document.late_signed, document.paper_expected, "
        "document.shown, document.exportable, document.parked, document.created_at, "
        "document.changed_at, document.signed_at, document.listed FROM document WHERE "
        "listed = 1 AND document.shown IN ('rejected') ORDER BY document.changed_at "
        'DESC, document."row" DESC LIMIT 30 OFFSET 0'
    ),
    "documents_draft": (
        'SELECT document."row", document.id, document.kind, document.form_id, '
        "document.form_version, document.number, document.client_id, "
        "document.client_name, document.client_key, document.stage, document.server, "
        "document.backed_up, document.digital, document.has_pdf, document.premium, "
        "document.frequency, document.currency, document.core, document.core_reason, "
        "document.email_undeliverable, document.late_signed, document.paper_expected, "
        "document.shown, document.exportable, document.parked, document.created_at, "
        "document.changed_at, document.signed_at, document.listed FROM document WHERE "
        "listed = 1 AND document.shown IN ('draft') ORDER BY document.changed_at DESC, "
        'document."row" DESC LIMIT 30 OFFSET 0'
    ),
    "conflicts": (
        'SELECT "conflict".id, "conflict".number, "conflict".client_name FROM '
        '"conflict" WHERE "conflict".closed_at IS NULL ORDER BY "conflict".found_at '
        'DESC, "conflict".id'
    ),
    "uninformed": (
        "SELECT client.id, client.given_name, client.surname FROM client WHERE aside = "
        "'' AND client.informed = 0 ORDER BY client.name_key, client.\"row\" LIMIT 30 "
        "OFFSET 0"
    ),
    "client_drafts": (
        "SELECT client_draft.id, client_draft.content, client_draft.changed_at, "
        "client_draft.base FROM client_draft ORDER BY client_draft.changed_at DESC, "
        "client_draft.id"
    ),
    "last_done": (
        "SELECT sync_run.number, sync_run.started_at, sync_run.ended_at, "
        "sync_run.outcome, sync_run.pushed, sync_run.pulled, sync_run.conflicts, "
        "sync_run.code FROM sync_run WHERE sync_run.outcome = 'done' ORDER BY "
        "sync_run.number DESC LIMIT 1 OFFSET 0"
    ),
    "marks": ("SELECT feed_mark.name, feed_mark.content FROM feed_mark"),
    "not_exported": (
        'SELECT document."row", document.id, document.kind, document.form_id, '
        "document.form_version, document.number, document.client_id, "
        "document.client_name, document.client_key, document.stage, document.server, "
        "document.backed_up, document.digital, document.has_pdf, document.premium, "
        "document.frequency, document.currency, document.core, document.core_reason, "
        "document.email_undeliverable, document.late_signed, document.paper_expected, "
        "document.shown, document.exportable, document.parked, document.created_at, "
        "document.changed_at, document.signed_at, document.listed FROM document JOIN "
        "document_status ON document_status.document_id = document.id JOIN record ON "
        "record.id = document.id WHERE document.listed = 1 AND document.exportable = 0 "
        "AND document.shown IN ('complete_backed_up', 'paper_expected', "
        "'signed_backed_up') AND record.dirty = 0 AND "
        "json_extract(document_status.content, '$.document_op') = record.op AND "
        "(json_extract(document_status.content, '$.verdict.code') != '' OR "
        "json_extract(document_status.content, '$.verdict.missing[0]') IS NOT NULL) "
        "ORDER BY document.changed_at DESC, document.id LIMIT 30 OFFSET 0"
    ),
    "leaving": (
        'SELECT document."row", document.id, document.kind, document.form_id, '
        "document.form_version, document.number, document.client_id, "
        "document.client_name, document.client_key, document.stage, document.server, "
        "document.backed_up, document.digital, document.has_pdf, document.premium, "
        "document.frequency, document.currency, document.core, document.core_reason, "
        "document.email_undeliverable, document.late_signed, document.paper_expected, "
        "document.shown, document.exportable, document.parked, document.created_at, "
        "document.changed_at, document.signed_at, document.listed, anon_1.leaves_at "
        "FROM document JOIN (SELECT leaving.document_id AS document_id, "
        "leaving.leaves_at AS leaves_at FROM leaving JOIN record ON record.id = "
        "leaving.document_id WHERE record.dirty = 0 AND record.awaited = 0 AND "
        "record.op = leaving.op) AS anon_1 ON anon_1.document_id = document.id WHERE "
        "document.listed = 1 ORDER BY anon_1.leaves_at, document.id LIMIT 30 OFFSET 0"
    ),
    "count_leaving": (
        "SELECT count(*) AS count FROM (SELECT leaving.document_id AS document_id, "
        "leaving.leaves_at AS leaves_at FROM leaving JOIN record ON record.id = "
        "leaving.document_id WHERE record.dirty = 0 AND record.awaited = 0 AND "
        "record.op = leaving.op) AS anon_1"
    ),
    "count_refused": (
        "SELECT (SELECT count(*) AS count_1 FROM record WHERE record.dirty = 1 AND "
        "record.parked != '' AND NOT (EXISTS (SELECT * FROM document WHERE document.id "
        "= record.id AND document.listed = 0))) + (SELECT count(*) AS count_2 FROM "
        "append WHERE acknowledged = 0 AND append.parked != '') AS count"
    ),
    "count_offered": (
        "SELECT count(DISTINCT field_offer.id) AS count FROM client JOIN field_offer ON "
        "field_offer.id = client.id WHERE aside = ''"
    ),
    "offered": (
        "SELECT client.id, client.given_name, client.surname, count(DISTINCT "
        "field_offer.path) AS fields FROM client JOIN field_offer ON field_offer.id = "
        "client.id WHERE aside = '' GROUP BY field_offer.id ORDER BY "
        "min(field_offer.found_at), field_offer.id LIMIT 1 OFFSET 0"
    ),
}
