"""Settings of this install as small JSON values under a name."""

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from smartclient.store.bodies import as_text, small_json
from smartclient.store.changes import Subject
from smartclient.store.schema import setting
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.values import Json

GET = select(setting.c.content).where(setting.c.name == bindparam("name"))


class Settings:
    """The settings of one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def get(self, name: str, default: Json = None) -> Json:
        """The value kept under `name`, or `default`."""
        found = self._unit.connection.execute(GET, {"name": name}).scalar()
        return default if found is None else small_json(found)

    def set(self, name: str, value: Json) -> None:
        """Keep `value` under `name`."""
        content = as_text(value)
        self._unit.connection.execute(
            insert(setting)
            .values(name=name, content=content)
            .on_conflict_do_update(index_elements=["name"], set_={"content": content})
        )
        self._unit.touch(Subject.SETTING, name)
