"""A template: the folder of files that draws a kind of document, as it came from the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass

from smartclient.documents.record import TemplateIdentity


@dataclass(frozen=True, slots=True)
class Template:
    """A template whose every file was checked against its manifest."""

    identity: TemplateIdentity
    files: Mapping[str, bytes]
    """Path inside the template's folder → content; `manifest.json` included."""

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> "Template":
        """The template of these files; Damaged SC-DOC-001…003 names the file that does not fit."""
        raise NotImplementedError
