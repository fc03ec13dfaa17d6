"""One running instance for a home folder: a second start brings the first window to the front.

A lock file says who runs; it is given up by the system even after a kill. Beside it stands a local
socket through which the second start knocks; its library is imported when one of them needs it.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

_LOCK = "running.lock"
_KNOCK_MS = 2_000


class SingleInstance(QObject):
    """Emits `knocked` when the program was started a second time."""

    knocked = Signal()

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        home.mkdir(parents=True, exist_ok=True)
        self._lock = QLockFile(str(home / _LOCK))
        # A laptop may sleep for days with the program open: age alone makes no lock stale.
        self._lock.setStaleLockTime(0)
        self._name = "smartclient-" + hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:24]
        self._server: QLocalServer | None = None

    def take(self) -> bool:
        """Become the running instance; False when another is, which is then asked to show itself.

        The lock of an instance that was killed is taken over.
        """
        if not self._lock.tryLock(0):
            self._knock()
            return False
        return True

    def listen(self) -> None:
        """Hear who knocks from now on; until then a second start ends without a word."""
        from PySide6.QtNetwork import QLocalServer

        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        QLocalServer.removeServer(self._name)
        self._server.listen(self._name)

    def give_up(self) -> None:
        """Let the next start be the running instance."""
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    def _knock(self) -> None:
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket(self)
        socket.connectToServer(self._name)
        if socket.waitForConnected(_KNOCK_MS):
            socket.disconnectFromServer()
        socket.deleteLater()

    def _answer(self) -> None:
        while (
            self._server is not None and (guest := self._server.nextPendingConnection()) is not None
        ):
            guest.deleteLater()
            self.knocked.emit()
