"""The reconciliation in words: as JSON, as a plain table, and as the office's daily mail.

Documents are named by their numbers; nobody's name is in it.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import select, update

from smartclient.backoffice.operations import outbox
from smartclient.backoffice.operations.export.comparing import Difference
from smartclient.backoffice.operations.export.exporter import Exporter
from smartclient.backoffice.operations.export.reconciling import (
    INCOMPLETE,
    WAITS_TO_BE_JUDGED,
    LeftOut,
    Reconciliation,
    RejectedLine,
    reconcile,
)
from smartclient.backoffice.operations.export.runs import ANSWERED_WITHIN, RunState
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.exports import export_batch
from smartclient.domain import presentation
from smartclient.domain.clock import to_text
from smartclient.domain.document_life import CoreAnswer
from smartclient.domain.language import N_, _, ngettext, speaking
from smartclient.domain.lock_time import PRAGUE
from smartclient.domain.sentences import SENTENCES
from smartclient.locale import translations_of
from smartclient.wire.messages import Json, JsonObject

log = logging.getLogger(__name__)

LISTED = 200
"""Lines of each list in table and mail; JSON has them all."""

STATES: Mapping[RunState, str] = MappingProxyType(
    {
        RunState.BEGUN: N_("being sealed"),
        RunState.SEALED: N_("sealed"),
        RunState.WRITTEN: N_("written"),
        RunState.LOCKED: N_("locked"),
        RunState.TOLD: N_("waits for its hand-over"),
        RunState.HANDED_OVER: N_("waits for the core's answer"),
        RunState.ACKNOWLEDGED: N_("answered"),
    }
)
DIFFERENCES: Mapping[Difference, str] = MappingProxyType(
    {
        Difference.NO_ARCHIVE: N_("our copy of the batch is missing"),
        Difference.OTHER_MANIFEST: N_("our copy has another manifest than was locked"),
        Difference.OTHER_DOCUMENTS: N_("documents that only one of manifest and database names"),
        Difference.OTHER_FILES: N_("files of our copy that are not as the manifest says"),
        Difference.BROKEN_CHAIN: N_("it does not follow the batch before it"),
        Difference.OTHER_AT_THE_CORE: N_("the core's folder holds another manifest"),
        Difference.NOT_LOCKED: N_("documents of the batch that are not locked"),
        Difference.UNREADABLE_ANSWER: N_("the core's answer cannot be read"),
        Difference.UNKNOWN_ANSWERED: N_("answers about versions that were not handed over"),
        Difference.ANSWERED_TWICE: N_("versions that were answered more than once"),
        Difference.ANSWERED_OTHERWISE: N_(
            "versions of which the core's answer now says otherwise than was told"
        ),
        Difference.NOT_READY: N_("the batch in the core's folder lacks READY: hand it over again"),
    }
)


def as_json(found: Reconciliation) -> JsonObject:
    """Everything, for machines."""
    run, late = found.run, found.late
    return {
        "business_date": run.business_date.isoformat(),
        "batch": run.batch,
        "cutoff": to_text(run.cutoff),
        "state": run.state.value,
        "manifest_sha256": run.manifest_sha256,
        "hand_over_at": to_text(found.hand_over_at),
        "handed_over_at": _instant(found.handed_over_at),
        "overdue": found.is_overdue,
        "retained_until": found.retained_until.isoformat(),
        "removed_at": _instant(found.removed_at),
        "sealed": found.sealed,
        "handed_over": found.handed_over,
        "accepted": found.answers[CoreAnswer.ACCEPTED],
        "rejected": [_rejected(each) for each in found.rejected],
        "unanswered": found.answers[CoreAnswer.NONE],
        "in_progress": found.in_progress,
        "not_exported": [_left_out(each) for each in found.left_out],
        "late_signed": {
            "waiting": late.waiting,
            "in_this_batch": late.in_this_batch,
            "to_go": late.to_go,
            "refused": late.refused,
            "undecided": [
                {"number": each.number, "package": each.package} for each in found.undecided
            ],
        },
        "passed_over": [*found.passed_over],
        "differences": [{"what": each.value, "count": n} for each, n in found.differences],
        "even": found.is_even,
    }


def _rejected(line: RejectedLine) -> JsonObject:
    return {
        "number": line.number,
        "document": line.document,
        "version": line.version,
        "reason": line.reason,
    }


def _left_out(document: LeftOut) -> JsonObject:
    return {
        "number": document.number,
        "document": document.document,
        "stage": document.stage.value,
        "why": document.code,
    }


def as_table(found: Reconciliation) -> str:
    """A plain table in the language that is spoken now."""
    return "\n".join(_lines(found)) + "\n"


def subject_of(found: Reconciliation) -> str:
    """What the mail is called: the day, and whether somebody has to look."""
    day = presentation.day(found.run.business_date)
    if found.is_even:
        return _("Export of {day}: everything accepted").format(day=day)
    return _("Export of {day}: please look").format(day=day)


def report_due(exporter: Exporter) -> int:
    """Send the office the report of each batch whose time has come, once; how many were.

    In the morning, also of a batch that is not answered. Where the settings name nobody to send it
    to, the log says so: it is there, by `export reconcile`, and nobody was told.
    """
    policy, places = exporter.policy, exporter.places
    with exporter.office.reading() as desk:
        due = _due(desk)
    for business_date, batch in due:
        with exporter.office.reading() as desk:
            found = reconcile(desk, business_date, places.archive, places.to_core)
        with (
            speaking(translations_of({"LANG": policy.language})),
            exporter.office.writing() as desk,
        ):
            of_it = (export_batch.c.batch == batch) & export_batch.c.reported_at.is_(None)
            noted = update(export_batch).where(of_it).values(reported_at=desk.now)
            if desk.connection.execute(noted).rowcount == 1:
                if not policy.report_to:
                    log.warning("report has nobody to go to", extra={"batch": batch})
                for address in policy.report_to:
                    mail = outbox.Mail(address, subject_of(found), as_table(found))
                    outbox.enqueue(desk, mail)
    return len(due)


_WAITING = (
    select(schema.export_run.c.business_date, schema.export_run.c.state)
    .add_columns(export_batch.c.batch, export_batch.c.hand_over_at)
    .join(export_batch, export_batch.c.batch == schema.export_run.c.batch)
    .where(export_batch.c.reported_at.is_(None))
    .order_by(schema.export_run.c.business_date)
)


def _due(desk: Desk) -> list[tuple[date, str]]:
    return [
        (row.business_date, row.batch)
        for row in desk.connection.execute(_WAITING)
        if row.state == RunState.ACKNOWLEDGED.value
        or desk.now >= row.hand_over_at + ANSWERED_WITHIN
    ]


def _lines(found: Reconciliation) -> Iterator[str]:
    run, late = found.run, found.late
    yield _("Export of {day}, batch {batch}").format(
        day=presentation.day(run.business_date), batch=run.batch
    )
    yield ""
    yield from _advice(found)
    yield ""
    waits = (late.waiting, late.in_this_batch, late.to_go, late.refused)
    handed_over = _when(found.handed_over_at) or _("planned {when}").format(
        when=_when(found.hand_over_at)
    )
    yield from _columns(
        (
            (_("cut-off"), _when(run.cutoff), ""),
            (_("state"), _(STATES[run.state]), ""),
            (_("sealed"), str(found.sealed), ""),
            (_("handed over"), f"{found.handed_over}, {handed_over}", ""),
            (_("accepted"), str(found.answers[CoreAnswer.ACCEPTED]), ""),
            (_("rejected"), str(len(found.rejected)), ""),
            (_("unanswered"), str(found.answers[CoreAnswer.NONE]), ""),
            (_("not exported"), str(len(found.left_out)), ""),
            (_("in progress"), str(found.in_progress), ""),
            (_("late signed, waits for a decision"), str(waits[0]), ""),
            (_("late signed, in this batch"), str(waits[1]), ""),
            (_("late signed, goes with the next"), str(waits[2]), ""),
            (_("late signed, refused"), str(waits[3]), ""),
            (_("differences"), str(len(found.differences)), ""),
        )
    )
    yield from _named(found)


def _named(found: Reconciliation) -> Iterator[str]:
    """What somebody has to look at, one by one."""
    yield from _section(
        _("Rejected by the core"),
        [(each.number, _plain(each.reason), "") for each in found.rejected],
    )
    yield from _section(_("Without an answer"), [(number, "", "") for number in found.passed_over])
    yield from _section(
        _("Signed late, nobody has decided"),
        [(each.number, each.package, "") for each in found.undecided],
    )
    yield from _section(
        _("Not exported"),
        [(each.number, each.code, _why(each.code)) for each in found.left_out],
    )
    yield from _section(
        _("Differences"), [(str(n), _(DIFFERENCES[each]), "") for each, n in found.differences]
    )


def _advice(found: Reconciliation) -> Iterator[str]:
    """What it comes to, and what a person does about it."""
    if found.is_even:
        yield _("Everything was accepted. Nobody has to do anything.")
        return
    if found.differences:
        yield _("Something does not come out even: call the administrator before anything else.")
    if found.rejected:
        yield _("Documents were rejected: their advisers read the reason and correct a copy.")
    if found.is_overdue:
        yield _(
            "The batch should have been handed over and was not: see why in the log of the worker, "
            "and whether the core's folder can be written to."
        )
    elif found.handed_over_at is None:
        yield _("The batch is not handed over yet: look again after its hand-over.")
    elif found.answers[CoreAnswer.NONE]:
        again = f"smartclient-backoffice export --resend --date {found.run.business_date}"
        yield _(
            "The core has not answered: ask its operators; where they do not have the batch, hand "
            "it over again with {command}."
        ).format(command=again)
    if found.late.waiting:
        yield _("Somebody has to decide about what was signed late: {command}.").format(
            command="smartclient-backoffice late list"
        )


def _why(code: str) -> str:
    if code == WAITS_TO_BE_JUDGED:
        return _("waits to be judged")
    if code == INCOMPLETE:
        return _("answers are missing")
    known = SENTENCES.get(code)
    return _(known.happened) if known else ""


def _section(title: str, rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield title
    yield from _columns(rows[:LISTED])
    if (more := len(rows) - LISTED) > 0:
        yield ngettext("… and {count} more", "… and {count} more", more).format(count=more)


def _plain(said: str) -> str:
    """What the core wrote, on one line and without what a terminal would obey."""
    return " ".join("".join(each if each.isprintable() else " " for each in said).split())


def _columns(rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for first, second, third in rows:
        yield f"  {first:<{widths[0]}}  {second:<{widths[1]}}  {third}".rstrip()


def _when(instant: datetime | None) -> str:
    if instant is None:
        return ""
    local = instant.astimezone(PRAGUE)
    return f"{presentation.day(local.date())} {presentation.clock_time(instant)}"


def _instant(instant: datetime | None) -> Json:
    return None if instant is None else to_text(instant)
