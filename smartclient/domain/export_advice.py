"""Why the server does not hand a document over to PČS, and what a person can do about it."""

from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _, ngettext
from smartclient.domain.sentences import SENTENCES, sentence_for


def why_not_exported(code: str, missing: int) -> str:
    """The server's verdict in words; `missing` is how many answers it found missing."""
    parts = [_("The document is backed up, but it does not go to PČS.")]
    if missing:
        told = ngettext(
            "{count} answer is missing. Open the document, fill it in and complete it again.",
            "{count} answers are missing. Open the document, fill them in and complete it again.",
            missing,
        )
        parts.append(told.format(count=missing))
    elif code in SENTENCES and "{" not in SENTENCES[code].happened:
        spoken = sentence_for(SmartClientError(code))
        parts += [part for part in (spoken.happened, spoken.do) if part]
    else:
        told = _(
            "Call the help desk and read out the number of the document and this code: {code}."
        )
        parts.append(told.format(code=code))
    return " ".join(parts)
