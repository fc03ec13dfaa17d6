"""The back office as a process that dies at a numbered point, as a power cut ends a server.

`python -m tests.simulators.crashing_server POINT serve …` serves as `smartclient-backoffice` does.
Points are before and after each commit, rename and flush, when a request is whole, before a reply
begins, and when it was sent; counted from the first request on, so a new one is found by itself.
"""

import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast
from unittest import mock

from sqlalchemy import Engine, event

from smartclient.backoffice.api.application import application
from smartclient.backoffice.api.endpoints import FrontOffice
from smartclient.backoffice.commands import serve
from smartclient.backoffice.commands.program import main
from tests.simulators.office_process import OfficeProcess

DIED = 137
Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
T = TypeVar("T")


@dataclass(slots=True)
class CrashingOffice(OfficeProcess):
    """An office that serves until the point."""

    point: int = 0
    """0 for never."""

    def command(self, port: int) -> list[str]:
        """Its own module, and the point."""
        ordinary = OfficeProcess.command(self, port)
        if not self.point:
            return ordinary
        return ["tests.simulators.crashing_server", str(self.point), *ordinary[1:]]


class Points:
    """Counts what is passed once the first request is there, and ends the process at one."""

    def __init__(self, last: int) -> None:
        self._left = last
        self.counts = False

    def pass_one(self) -> None:
        """A power cut may happen here."""
        if self.counts:
            self._left -= 1
            if self._left == 0:
                os._exit(DIED)

    def around(self, work: Callable[..., T]) -> Callable[..., T]:
        """The work with a point before it and one after it."""

        def done(*arguments: object, **named: object) -> T:
            self.pass_one()
            result = work(*arguments, **named)
            self.pass_one()
            return result

        return done


def _watch(points: Points) -> None:
    @event.listens_for(Engine, "commit")
    def before(_connection: object) -> None:
        points.pass_one()

    @event.listens_for(Engine, "checkin")
    def after(_connection: object, _record: object) -> None:
        points.pass_one()

    os.fsync = points.around(os.fsync)
    for name in ("rename", "replace"):
        setattr(Path, name, points.around(getattr(Path, name)))
        setattr(os, name, points.around(getattr(os, name)))


def _mortal(application: Application, points: Points) -> Application:
    async def served(scope: Message, receive: Receive, send: Send) -> None:
        async def received() -> Message:
            message = await receive()
            points.counts = True
            if not message.get("more_body"):
                points.pass_one()
            return message

        async def sent(message: Message) -> None:
            points.pass_one()
            await send(message)
            points.pass_one()

        await application(scope, received, sent)

    return served


def run(point: int, arguments: list[str]) -> int:
    """The program, mortal."""
    points, make = Points(point), application
    _watch(points)

    def mortal(front: FrontOffice) -> Application:
        return _mortal(cast("Application", make(front)), points)

    with mock.patch.object(serve, "application", mortal):
        return main(arguments)


if __name__ == "__main__":
    raise SystemExit(run(int(sys.argv[1]), sys.argv[2:]))
