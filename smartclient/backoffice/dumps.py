"""PostgreSQL's own programs: a dump of the database, and its way back.

A dump is put back beside the database, as a schema of its own, and made the database by two new
names in one transaction: until then nothing has changed, and what was there is kept.
"""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import inspect, make_url, text

from smartclient.backoffice.tables.engine import open_database
from smartclient.domain.errors import Damaged

LIVE: Final = "public"
"""The schema in which the office works."""
BESIDE: Final = "smartclient_restoring"
"""In which a restore prepares the next one."""
KEPT: Final = "before_"
"""What a restore took the place of, with the instant; nobody drops it but a person."""
_ASIDE: Final = "smartclient_aside"
PATIENCE: Final = 30
"""Seconds for a table that somebody uses."""


def take(address: str, target: Path) -> None:
    """Dump the database into a file; Damaged SC-EXP-023 when the program is missing or fails."""
    left_out = [f"--exclude-schema={name}" for name in (f"{KEPT}*", BESIDE)]
    words = ["--format=custom", f"--file={target}", *left_out, _libpq(address)]
    command = [_program("pg_dump"), *words]
    done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - ours
    if done.returncode:
        raise Damaged("SC-EXP-023", program="pg_dump", problem=done.stderr.strip()[-500:])


def put_beside(dump: Path, address: str) -> str:
    """Put a dump back beside the database that is there; the address under which it is reached.

    Whole or not at all; what a restore left that was cut off goes. Damaged SC-EXP-023.
    """
    script = [_program("pg_restore"), "--no-owner", "--file=-", str(dump)]
    taking = [_program("psql"), "--quiet", "--no-psqlrc", "--single-transaction"]
    taking += ["--set=ON_ERROR_STOP=1", f"--dbname={_libpq(address)}"]
    # A dump names its schema, so the one that is there has another name meanwhile.
    before = (
        f"DROP SCHEMA IF EXISTS {BESIDE} CASCADE",
        f"ALTER SCHEMA {LIVE} RENAME TO {_ASIDE}",
        f"CREATE SCHEMA {LIVE}",
    )
    after = (
        f"ALTER SCHEMA {LIVE} RENAME TO {BESIDE}",
        f"ALTER SCHEMA {_ASIDE} RENAME TO {LIVE}",
    )
    said = [f"--command={statement}" for statement in before]
    said += ["--file=-", *(f"--command={statement}" for statement in after)]
    with subprocess.Popen(script, stdout=subprocess.PIPE) as written:  # noqa: S603 - ours
        done = subprocess.run(  # noqa: S603 - ours
            [*taking, *said], stdin=written.stdout, capture_output=True, check=False, text=True
        )
    # A script that broke off looks whole to `psql`: it is beside, and nobody takes it.
    if done.returncode or written.returncode:
        problem = done.stderr.strip()[-500:]
        raise Damaged("SC-EXP-023", program="pg_restore, psql", problem=problem)
    url = make_url(address)
    options = f"{url.query.get('options', '')} -csearch_path={BESIDE}".strip()
    return url.update_query_dict({"options": options}).render_as_string(hide_password=False)


def make_live(address: str, at: datetime) -> str:
    """Make what stands beside the database; the name under which the one before is kept.

    Who is in the middle of a transaction finishes it first, and nobody begins one in the old
    database and ends it in the new: each table is held. OperationalError for who takes too long.
    """
    kept = f"{KEPT}{at:%Y%m%dt%H%M%Sz}"
    engine = open_database(address)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
            tables = inspect(connection).get_table_names(schema=LIVE)
            if tables:
                names = ", ".join(f'{LIVE}."{name}"' for name in sorted(tables))
                connection.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
            connection.exec_driver_sql(f"ALTER SCHEMA {LIVE} RENAME TO {kept}")
            connection.exec_driver_sql(f"ALTER SCHEMA {BESIDE} RENAME TO {LIVE}")
    finally:
        engine.dispose()
    return kept


def sessions(address: str, used_within: int | None = None) -> int:
    """How many sessions of the office's processes there are, besides our own.

    Only those that were used within so many seconds where asked so.
    """
    ours = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND application_name = 'smartclient' "
        "AND (CAST(:seconds AS integer) IS NULL OR state <> 'idle' "
        "OR state_change > clock_timestamp() - make_interval(secs => :seconds))"
    )
    engine = open_database(address)
    try:
        with engine.connect() as connection:
            asked = connection.execute(text(ours), {"seconds": used_within})
            return int(asked.scalar_one())
    finally:
        engine.dispose()


def _libpq(address: str) -> str:
    """The address as PostgreSQL's own programs take it."""
    url = make_url(address).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Damaged("SC-EXP-023", program=name, problem="")
    return found
