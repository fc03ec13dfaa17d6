"""Where a crashing laptop lives: its server, and the ledger of what it said it had done."""

import base64
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from smartclient.wire.messages import JsonObject
from smartclient.wire.transport import Request
from tests.simulators.crashing_laptop import IDENTITY, Done
from tests.simulators.inprocess import SERVER_NAME, InProcessServer, Installed


@dataclass(slots=True)
class Harness:
    """The server, and the ledger of what the laptop said it had done."""

    folder: Path
    server: InProcessServer
    done: dict[Done, set[str]] = field(default_factory=lambda: {what: set() for what in Done})
    runs: int = 0

    def let_in(self, installed: Installed) -> None:
        """Give the laptop its identity."""
        pem = installed.install_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        said = {"install": installed.id, "scope": installed.scope}
        said |= {"server": SERVER_NAME, "key": pem.decode()}
        (self.folder / IDENTITY).write_text(json.dumps(said), "utf-8")

    def run(self, point: int) -> int:
        """Let the laptop live until its end or the point; its exit code."""
        self.runs += 1
        arguments = [str(self.folder), str(point), str(self.runs)]
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.simulators.crashing_laptop", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with child:
            assert child.stdin is not None
            assert child.stdout is not None
            for line in child.stdout:
                self._hear(json.loads(line), child.stdin)
        return child.returncode

    def _hear(self, said: JsonObject, answer: IO[str]) -> None:
        if "done" in said:
            self.done[Done(str(said["done"]))].add(str(said["name"]))
            return
        headers = said["headers"]
        assert isinstance(headers, dict)
        named = {name: str(value) for name, value in headers.items()}
        body = base64.b64decode(str(said["body"]))
        reply = self.server.send(Request(str(said["method"]), str(said["path"]), named, body))
        told = {
            "status": reply.status,
            "headers": dict(reply.headers),
            "body": base64.b64encode(reply.body).decode(),
        }
        try:
            answer.write(json.dumps(told) + "\n")
            answer.flush()
        except BrokenPipeError:
            pass  # the laptop died while the server answered
