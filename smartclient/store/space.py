"""Giving disk space back after documents went to the archive.

Files go at once. Pages of the database are used again by what comes; where very many are free, the
file is written anew without them. Both are safe to leave undone: the next time does it.
"""

import logging

from smartclient.domain.errors import SmartClientError
from smartclient.store.database import Database

log = logging.getLogger(__name__)


def free_space(database: Database) -> None:
    """Delete files that nothing names, and shrink the database where that is worth it."""
    try:
        with database.write() as tx:
            tx.blobs.remove_unnamed()
        database.shrink()
    except SmartClientError as refusal:
        # The archive took what it had to; the space comes back at the next start.
        log.warning("space not freed", extra={"code": refusal.code})
