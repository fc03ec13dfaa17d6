"""A copy of the source that loses edits on purpose, so that the soak can show that it notices.

The server of the copy accepts an edit over one that it does not stand on (rule 1): when two laptops
of a person edit the same document, the edit that came first is acknowledged and then nowhere.
"""

import shutil
from pathlib import Path

from tests.simulators.changed_source import Edit, copy_with

RULE_1 = Edit(
    "smartclient/backoffice/operations/acceptance.py",
    "if record.op not in line.lineage:",
    "if False:",
)


def losing_copy(folder: Path) -> Path:
    """The source without rule 1."""
    source = copy_with((RULE_1,), folder)
    shutil.copytree(Path(__file__).parent, source / "development" / "soak")
    (source / "development" / "__init__.py").write_text("", "utf-8")
    return source
