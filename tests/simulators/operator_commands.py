"""The operator at a command line: commands of one back office, in the test's own process."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from smartclient.backoffice.commands.program import main
from smartclient.wire.messages import JsonObject


@dataclass(frozen=True, slots=True)
class OperatorCommands:
    """Runs commands of a home; what they print is read by pytest's capture."""

    home: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *words: object, code: int = 0) -> JsonObject:
        """What the command printed as JSON; of a refused one (code 2) `{"refusal": its line}`."""
        assert main(["--home", str(self.home), *map(str, words)]) == code
        captured = self.capsys.readouterr()
        if code == 2:
            return {"refusal": captured.err.strip().splitlines()[-1]}
        found: JsonObject = json.loads(captured.out.splitlines()[-1])
        return found


def refusal_of(said: JsonObject) -> str:
    """The code of a refusal, without its sentence."""
    return str(said["refusal"]).partition(":")[0]
