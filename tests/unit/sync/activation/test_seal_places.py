"""What every place of a seal key promises, asked of each place: ring, SoftHSM, Windows.

On Windows itself the same contract runs against the real key storage; elsewhere against C functions
that stand where ncrypt.dll does.
"""

import copy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pkcs11
import pytest
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDH, ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509 import load_pem_x509_csr

from smartclient.domain.errors import BadInput, Damaged, NotAllowed, SmartClientError, Unreachable
from smartclient.domain.pkcs11_uri import TokenUri
from smartclient.sync.activation.keys import InstallKeys, SealKeyPlaces, certificate_request
from smartclient.sync.activation.seal_places.place import SealKeyPlace
from smartclient.sync.activation.seal_places.ring import RingPlace
from smartclient.sync.activation.seal_places.token import TokenPlace
from smartclient.sync.activation.seal_places.windows import (
    SOFTWARE,
    TPM,
    Ncrypt,
    WindowsPlace,
    system_library,
)
from smartclient.wire.encoding import canonical, parse
from smartclient.wire.values import mapping
from tests.simulators.cng import EmulatedNcrypt, KeyStorage
from tests.simulators.softhsm import IS_THERE, MODULE, PIN, SEAL, UNUSED, make_tokens

MESSAGE = b"the signed attributes of a document"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> TokenUri:
    """A token of SoftHSM with its PIN in a file."""
    if not IS_THERE:
        pytest.skip("SoftHSM is not installed")
    pin = tmp_path_factory.mktemp("seal-token") / "pin"
    pin.write_text(f"{PIN}\n")
    make_tokens()
    return TokenUri(SEAL, "SmartClient", str(MODULE), str(pin))


def storage() -> KeyStorage:
    return KeyStorage({TPM: {}, SOFTWARE: {}})


def windows(kept: KeyStorage) -> WindowsPlace:
    if sys.platform == "win32":
        return WindowsPlace(system_library(), (SOFTWARE,))
    return WindowsPlace(cast("Ncrypt", EmulatedNcrypt(kept)))


@pytest.fixture(params=["ring", "token", "windows"])
def places(request: pytest.FixtureRequest) -> Callable[[], SealKeyPlace]:
    """Makes the place anew, as another start of the program does."""
    match request.param:
        case "ring":
            return RingPlace
        case "token":
            uri = request.getfixturevalue("token")
            return lambda: TokenPlace(uri)
        case _:
            kept = storage()
            return lambda: windows(kept)


def check(key: EllipticCurvePrivateKey, signature: bytes, message: bytes) -> None:
    key.public_key().verify(signature, message, ECDSA(SHA256()))


def test_that_a_key_signs_and_its_signature_holds(places: Callable[[], SealKeyPlace]) -> None:
    place = places()
    key = place.open(place.make("a"))
    signature = key.sign(MESSAGE, ECDSA(SHA256()))
    check(key, signature, MESSAGE)
    with pytest.raises(InvalidSignature):
        check(key, signature, MESSAGE + b"!")
    assert key.key_size == 256


def test_that_another_start_of_the_program_finds_the_same_key(
    places: Callable[[], SealKeyPlace],
) -> None:
    handle = places().make("b")
    kept = mapping(parse(canonical(handle)))  # as the key ring keeps it
    before, after = places().open(handle), places().open(kept)
    assert before.public_key() == after.public_key()
    check(before, after.sign(MESSAGE, ECDSA(SHA256())), MESSAGE)


def test_that_two_keys_are_two(places: Callable[[], SealKeyPlace]) -> None:
    place = places()
    one, other = (place.open(place.make(label)) for label in ("c", "d"))
    assert one.public_key() != other.public_key()
    with pytest.raises(InvalidSignature):
        check(one, other.sign(MESSAGE, ECDSA(SHA256())), MESSAGE)


def test_that_a_certificate_can_be_asked_for(places: Callable[[], SealKeyPlace]) -> None:
    place = places()
    key = place.open(place.make("e"))
    request = load_pem_x509_csr(certificate_request(key, b"challenge").encode())
    assert request.is_signature_valid
    assert request.public_key() == key.public_key()


def test_that_the_keys_of_an_install_come_back_from_the_key_ring(
    places: Callable[[], SealKeyPlace],
) -> None:
    made = InstallKeys.made(SealKeyPlaces((places(),)), "f")
    back = InstallKeys.from_json(parse(canonical(made.to_json())), SealKeyPlaces((places(),)))
    assert back.install.private_numbers() == made.install.private_numbers()
    check(made.seal, back.seal.sign(MESSAGE, ECDSA(SHA256())), MESSAGE)


@pytest.mark.parametrize("places", ["token", "windows"], indirect=True)
def test_that_a_key_that_stays_cannot_be_taken_out_or_used_otherwise(
    places: Callable[[], SealKeyPlace],
) -> None:
    place = places()
    handle = place.make("g")
    key = place.open(handle)
    assert copy.deepcopy(key) is key
    for misuse in (
        lambda: key.private_numbers(),
        lambda: key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        lambda: key.exchange(ECDH(), key.public_key()),
        lambda: key.sign(MESSAGE, ECDSA(SHA384())),
    ):
        with pytest.raises(UnsupportedAlgorithm):
            misuse()
    assert set(handle) <= {"place", "label", "public", "provider"}


def test_that_a_lost_tpm_gives_way_to_the_software_storage() -> None:
    if sys.platform == "win32":
        pytest.skip("the storage of this computer is not ours to switch off")
    kept = KeyStorage({TPM: {}, SOFTWARE: {}}, not_ready={TPM})
    place = windows(kept)
    assert place.make("h")["provider"] == SOFTWARE
    kept.not_ready = {TPM, SOFTWARE}
    with pytest.raises(Unreachable) as absent:
        place.make("i")
    assert absent.value.code == "SC-ACT-030"


def test_that_no_handle_of_windows_stays_open() -> None:
    library = EmulatedNcrypt(storage())
    place = WindowsPlace(cast("Ncrypt", library))
    handle = place.make("j")
    place.open(handle).sign(MESSAGE, ECDSA(SHA256()))
    with pytest.raises(NotAllowed):
        place.open(handle | {"label": "of nobody"}).sign(MESSAGE, ECDSA(SHA256()))
    assert library.open_handles == 0


def test_that_a_key_that_is_gone_is_told_when_it_is_needed() -> None:
    kept = storage()
    key = windows(kept).open(windows(kept).make("k"))
    if sys.platform == "win32":
        pytest.skip("the storage of this computer is not emptied")
    kept.providers[TPM].clear()
    with pytest.raises(NotAllowed) as gone:
        key.sign(MESSAGE, ECDSA(SHA256()))
    assert gone.value.code == "SC-ACT-032"


def test_that_a_key_that_is_gone_from_the_token_is_told(token: TokenUri) -> None:
    place = TokenPlace(token)
    handle = place.make("l") | {"label": "SmartClient of nobody"}
    with pytest.raises(NotAllowed) as gone:
        place.open(handle).sign(MESSAGE, ECDSA(SHA256()))
    assert gone.value.code == "SC-ACT-032"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"token": "Elsewhere"}, "SC-ACT-030"),
        ({"pin_file": "/nowhere/pin"}, "SC-ACT-030"),
        ({"module": "/nowhere/module.so"}, "SC-ACT-030"),
    ],
)
def test_that_a_token_that_is_not_there_is_told(
    token: TokenUri, change: dict[str, str], code: str
) -> None:
    fields = {
        "token": token.token,
        "object": token.object,
        "module": token.module,
        "pin_file": token.pin_file,
    }
    with pytest.raises(SmartClientError) as refusal:
        TokenPlace(TokenUri(**fields | change)).make("m")
    assert refusal.value.code == code


def test_that_a_card_that_was_drawn_and_put_back_signs_again(token: TokenUri) -> None:
    place = TokenPlace(token)
    key = place.open(place.make("o"))
    key.sign(MESSAGE, ECDSA(SHA256()))
    place.end_session()
    check(key, key.sign(MESSAGE, ECDSA(SHA256())), MESSAGE)


def test_that_a_wrong_pin_is_told(token: TokenUri, tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("0000")
    wrong = TokenUri(UNUSED, token.object, token.module, str(tmp_path / "pin"))
    with pytest.raises(NotAllowed) as refusal:
        TokenPlace(wrong).make("n")
    assert (refusal.value.code, refusal.value.values["problem"]) == ("SC-ACT-031", "PinIncorrect")


@pytest.mark.parametrize(
    ("refused", "tries"),
    [
        (pkcs11.PinIncorrect, 1),
        (pkcs11.PinLocked, 1),
        (pkcs11.PinExpired, 1),
        (pkcs11.PinLenRange, 1),
        (pkcs11.FunctionCancelled, 1),  # the person closed the question for the PIN
        (pkcs11.DeviceRemoved, 2),
    ],
)
def test_that_a_refused_pin_is_tried_once_for_a_signature(
    refused: type[pkcs11.PKCS11Error], tries: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    class Card:
        flags = pkcs11.TokenFlag(0)

        def get_token(self, *, token_label: str) -> "Card":
            del token_label
            return self

        def open(self, *, rw: bool, user_pin: str) -> None:
            del rw
            asked.append(user_pin)
            raise refused

    (tmp_path / "pin").write_text("0000")
    monkeypatch.setattr(pkcs11, "lib", lambda _module: Card())
    place = TokenPlace(TokenUri("Card", "SmartClient", "/card.so", str(tmp_path / "pin")))
    with pytest.raises(NotAllowed) as refusal:
        place.sign("a", b"")
    told = (refusal.value.code, refusal.value.values["problem"])
    assert told == ("SC-ACT-031", refused.__name__)
    assert asked == ["0000"] * tries


class CountingCard:
    """A card that is locked after three wrong PINs, as its makers do it."""

    def __init__(self) -> None:
        self.flags = pkcs11.TokenFlag(0)
        self.wrong = 0

    def get_token(self, *, token_label: str) -> "CountingCard":
        del token_label
        return self

    def open(self, *, rw: bool, user_pin: str) -> object:
        del rw
        if self.wrong >= 3:
            raise pkcs11.PinLocked
        if user_pin != PIN:
            self.wrong += 1
            low, last = pkcs11.TokenFlag.USER_PIN_COUNT_LOW, pkcs11.TokenFlag.USER_PIN_FINAL_TRY
            self.flags = low | last if self.wrong == 2 else low
            raise pkcs11.PinIncorrect
        self.flags, self.wrong = pkcs11.TokenFlag(0), 0
        return object()


def test_that_no_wrong_pin_is_ever_tried_again_by_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whoever presses Confirm again, or starts the program again, does not lock the card."""
    card, pin = CountingCard(), tmp_path / "pin"
    monkeypatch.setattr(pkcs11, "lib", lambda _module: card)
    pin.write_text("0000")
    uri = TokenUri("Card", "SmartClient", "/card.so", str(pin))
    place, codes = TokenPlace(uri), []
    for _confirm in range(5):
        with pytest.raises(NotAllowed) as refusal:
            place.sign("a", b"")
        codes.append(refusal.value.code)
    assert (codes, card.wrong) == (["SC-ACT-031", *["SC-ACT-034"] * 4], 1)
    for _start in range(5):
        with pytest.raises(NotAllowed):
            TokenPlace(uri).sign("a", b"")
    assert card.wrong == 2, "the last try is left to a person"
    pin.write_text(PIN)
    with pytest.raises(NotAllowed, match="SC-ACT-034"):
        place.sign("a", b"")
    card.flags, card.wrong = pkcs11.TokenFlag.USER_PIN_COUNT_LOW, 1  # its maker's program was used
    pin.write_text("1111")
    with pytest.raises(NotAllowed, match="SC-ACT-031"):
        place.sign("a", b"")
    card.flags = pkcs11.TokenFlag(0)
    pin.write_text(PIN)
    with place._holding:
        place._opened()
    assert card.wrong == 0


def test_that_a_handle_of_an_unknown_place_or_without_a_key_is_refused() -> None:
    places = SealKeyPlaces()
    with pytest.raises(NotAllowed) as elsewhere:
        places.open({"place": "windows", "label": "a", "public": ""})
    assert elsewhere.value.code == "SC-ACT-033"
    with pytest.raises(Damaged) as broken:
        places.open({"place": "ring", "pem": "nothing"})
    assert broken.value.code == "SC-ACT-006"


def test_that_an_address_of_a_token_is_read_as_it_is_written() -> None:
    uri = TokenUri("My card", "SmartClient; seal", "/usr/lib/a b.so", "/etc/pin file")
    assert TokenUri.read(str(uri)) == uri
    with pytest.raises(BadInput) as incomplete:
        TokenUri.read("pkcs11:object=x?module-path=/lib.so")
    assert incomplete.value.code == "SC-SIGN-047"
