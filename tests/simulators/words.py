"""The words of a document: each edit writes one of its own behind those of the edits it stands on."""

from collections.abc import Mapping

from smartclient.wire.values import Json


def words_of(body: Mapping[str, Json]) -> frozenset[str]:
    """The edits that a body holds."""
    answers = body.get("answers")
    history = answers.get("history") if isinstance(answers, dict) else None
    return frozenset(str(word) for word in history) if isinstance(history, list) else frozenset()
