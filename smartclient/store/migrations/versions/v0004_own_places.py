"""What stands behind the cursor of a scope and was sent by this computer, so that it is not read.

An older program leaves the column as it is, and reads the places once more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
ADDITIVE = True


def upgrade() -> None:
    """Give each scope its ranges."""
    op.add_column("scope", sa.Column("own", sa.Text(), nullable=False, server_default=""))
