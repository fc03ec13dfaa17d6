"""How mail leaves the office, as the settings say it.

    "mail": {"way": "file", "sender": "…"}                each message is a file in the home's mail/
            {"way": "smtp", "sender": "…", "host": "…", "port": 25, "starttls": true,
             "user": "", "password_file": ""}             the file lies in keys/, or is a whole path

A password never stands in it. Settings that say two things are refused, not guessed at: mail that
goes into files unseen is missed by nobody until somebody waits for it.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from smartclient.domain.errors import BadInput
from smartclient.wire.messages import Json, JsonObject, chosen, mapping, text, whole
from smartclient.wire.values import bad_field

_LONGEST = 500


class MailWay(StrEnum):
    """How mail leaves."""

    FILE = "file"
    SMTP = "smtp"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Where mail goes and from whom it comes."""

    way: MailWay
    sender: str
    host: str = ""
    port: int = 25
    starttls: bool = True
    user: str = ""
    """Whom the mail server knows us as; empty where it asks nobody."""
    password_file: str = ""
    """Holds the password of `user` and nothing else."""

    def to_json(self) -> JsonObject:
        """As it stands in the settings."""
        return {**asdict(self), "way": self.way.value}

    @classmethod
    def from_json(cls, source: Json) -> "MailSettings":
        """Read the settings; BadInput SC-SYNC-010 naming what breaks a rule."""
        fields = {**cls(MailWay.FILE, "").to_json(), **mapping(source, "mail")}
        if "password" in fields:
            raise bad_field("mail.password", "***", "kept in the file that password_file names")
        found = cls(
            MailWay(chosen(fields, "way", MailWay)),
            text(fields, "sender", _LONGEST),
            text(fields, "host", _LONGEST),
            whole(fields, "port", 1, 65535),
            fields["starttls"] is not False,
            text(fields, "user", _LONGEST),
            text(fields, "password_file", _LONGEST),
        )
        for broken in found._contradictions():
            raise broken
        return found

    def _contradictions(self) -> Iterator[BadInput]:
        if not self.sender:
            yield bad_field("mail.sender", "", "the address that mail comes from")
        if self.way is MailWay.SMTP and not self.host:
            yield bad_field("mail.host", "", "the mail server where mail.way is smtp")
        if self.way is MailWay.FILE and self.host:
            yield bad_field("mail.way", "file", "smtp where mail.host is named")
        if bool(self.user) is not bool(self.password_file):
            yield bad_field("mail.password_file", self.password_file, "named beside mail.user")
        if self.user and not self.starttls:
            yield bad_field("mail.starttls", False, "true where mail.user is named")
