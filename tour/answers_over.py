"""Answers laid over those a form begins with: groups are merged, everything else is replaced."""

from smartclient.wire.messages import JsonObject


def laid_over(before: JsonObject, after: JsonObject) -> JsonObject:
    """The answers of `after` over those of `before`."""
    merged = dict(before)
    for name, value in after.items():
        old = merged.get(name)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[name] = laid_over(old, value)
        else:
            merged[name] = value
    return merged
