"""Texts that are published as they stand: product documents and texts of consents.

A text is a folder with `text.json` and one plain text a language (`cs.txt`): paragraphs are parted
by an empty line, a line that begins with "# " is a heading, one with "- " an entry of a list. A
published text is never edited, only followed by the next version, so that a decision of a client
stays bound to the words that were read.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from smartclient.domain.errors import BadInput
from smartclient.domain.ids import Sha256
from smartclient.wire.encoding import parse, sha256
from smartclient.wire.messages import mapping, text

DESCRIPTION = "text.json"
MAX_TEXT = 60_000


@dataclass(frozen=True, slots=True)
class PublishedText:
    """One text in all its languages."""

    id: str
    purpose: str
    """What it is for: ipid, terms, distributor, consent."""
    option: str
    """The code of the consent option it belongs to (PROC, MKT …), empty for product documents."""
    titles: Mapping[str, str]
    bodies: Mapping[str, str]

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> "PublishedText":
        """The text of a folder.

        Raises BadInput SC-CAT-042 naming the file and the rule it breaks.
        """
        try:
            fields = mapping(parse(files.get(DESCRIPTION, b"")), DESCRIPTION)
            titles = mapping(fields.get("titles"), "titles")
            named = {language: text(titles, language) for language in titles}
            described = (
                text(fields, "id", 60),
                text(fields, "purpose", 40),
                text(fields, "option", 20),
            )
        except BadInput as wrong:
            rule = wrong.values.get("rule", "readable JSON")
            raise BadInput("SC-CAT-042", file=DESCRIPTION, rule=rule) from wrong
        bodies = {language: _body(files, f"{language}.txt") for language in named}
        if "cs" not in bodies:
            raise BadInput("SC-CAT-042", file=DESCRIPTION, rule="a title in Czech (cs)")
        unknown = set(files) - {DESCRIPTION} - {f"{language}.txt" for language in named}
        if unknown:
            raise BadInput("SC-CAT-042", file=min(unknown), rule="a language with a title")
        return cls(*described, named, bodies)

    def title(self, language: str) -> str:
        """The title in the language, or in Czech."""
        return self.titles.get(language, self.titles["cs"])

    def body(self, language: str) -> str:
        """The words in the language, or in Czech, as they are to be read out."""
        return self.bodies.get(language, self.bodies["cs"])

    def digest(self, language: str) -> Sha256:
        """SHA-256 of the words in that language: what a client's decision is bound to."""
        return sha256(self.body(language).encode())


def _body(files: Mapping[str, bytes], name: str) -> str:
    try:
        body = files.get(name, b"").decode()
    except UnicodeDecodeError as wrong:
        raise BadInput("SC-CAT-042", file=name, rule="UTF-8") from wrong
    if not body.strip() or len(body) > MAX_TEXT or "\r" in body:
        rule = f"1 to {MAX_TEXT} characters with line ends \\n"
        raise BadInput("SC-CAT-042", file=name, rule=rule)
    return body
