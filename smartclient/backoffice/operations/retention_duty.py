"""The worker's duties of retention: the walk of the day, and what is over deleted."""

from smartclient.backoffice.operations import blobs, retention, retention_archive, tokens
from smartclient.backoffice.operations.office import Office
from smartclient.backoffice.operations.registers import handed_in_files
from smartclient.backoffice.operations.retention_tidying import tidy as tidy_tables


def walk(office: Office) -> None:
    """Go on with the walk of the day by a few scopes; nothing once it is done."""
    retention.walk_on(office)


def tidy(office: Office) -> dict[str, int]:
    """Delete what the table of periods says is over; how many of each thing."""
    with office.writing() as desk:
        tokens.forget_expired(desk)
        blobs.forget_abandoned_parts(desk)
        gone = tidy_tables(desk)
    gone["archived documents"] = 0
    ended = -1
    while ended:
        with office.writing() as desk:
            ended = retention_archive.end_due(desk)
        gone["archived documents"] += ended
    return gone


def sweep(office: Office) -> None:
    """Remove files of the store that no record has; Unreachable SC-SERV-061 while it is away.

    The store names all that it keeps, twice: with a million files that takes minutes.
    """
    blobs.forget_orphans(office)
    handed_in_files.forget_orphans(office)
