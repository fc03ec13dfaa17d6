"""The name of a key in a token: a PKCS#11 URI (RFC 7512), as far as this product needs it.

    pkcs11:token=Authority;object=biometrics?module-path=/usr/lib/softhsm/libsofthsm2.so

`pin-source=file:PATH` names a file with the PIN.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

from smartclient.domain.errors import BadInput

SCHEME = "pkcs11:"
_FILE = "file:"


@dataclass(frozen=True, slots=True)
class TokenUri:
    """Where a key is: the token, the label of the key, the maker's library, and its PIN."""

    token: str
    object: str
    module: str
    pin_file: str = ""
    """Empty where a person is asked, or the token asks by itself."""

    @classmethod
    def read(cls, uri: str) -> "TokenUri":
        """The parts of the URI; BadInput SC-SIGN-047 names the one that is missing."""
        path, _mark, query = uri.removeprefix(SCHEME).partition("?")
        pairs = (part.partition("=") for part in path.split(";") if part)
        told = {name: unquote(value) for name, _equals, value in pairs}
        asked = dict(parse_qsl(query))
        for name, table in (("token", told), ("object", told), ("module-path", asked)):
            if not table.get(name):
                raise BadInput("SC-SIGN-047", name=name)
        pin_file = asked.get("pin-source", "").removeprefix(_FILE)
        return cls(told["token"], told["object"], asked["module-path"], pin_file)

    def __str__(self) -> str:
        """The URI of `read`."""
        pin = f"&pin-source={_FILE}{quote(self.pin_file)}" if self.pin_file else ""
        place = f"token={quote(self.token)};object={quote(self.object)}"
        return f"{SCHEME}{place}?module-path={quote(self.module)}{pin}"
