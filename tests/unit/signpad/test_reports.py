"""Reports byte for byte, as the devices give them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.errors import Unreachable
from smartclient.signpad.stu.models import filled_in, model_of
from smartclient.signpad.stu.reports import (
    Capability,
    Pen,
    Rect,
    ReportId,
    image_block,
    parse_capability,
    parse_information,
    parse_pen,
    require_length,
    start_capture,
)
from tests.simulators.stu.positions import position


@pytest.mark.parametrize(
    ("raw", "pen"),
    [
        ("92 64 14 DB 0D C8", Pen(True, True, 612, 5339, 3528)),
        ("80 00 12 38 0B 90", Pen(True, False, 0, 4664, 2960)),
        ("00 00 00 00 00 00", Pen(False, False, 0, 0, 0)),
    ],
)
def test_that_positions_are_read_as_real_pads_write_them(raw: str, pen: Pen) -> None:
    assert parse_pen(bytes.fromhex(raw)) == pen
    assert _packed(pen) == bytes.fromhex(raw)


def _packed(pen: Pen) -> bytes:
    return position(pen.x, pen.y, pen.pressure, touching=pen.touching, in_range=pen.in_range)


@given(
    st.booleans(), st.booleans(), st.integers(0, 4095), st.integers(0, 65535), st.integers(0, 65535)
)
def test_that_a_position_survives_its_bytes(
    in_range: bool, touching: bool, pressure: int, x: int, y: int
) -> None:
    pen = Pen(in_range, touching, pressure, x, y)
    assert parse_pen(_packed(pen)) == pen


def test_that_the_information_of_a_real_540_is_read() -> None:
    report = bytes.fromhex("08 53 54 55 2D 35 34 30 00 00 01 00 00 02 00 00 00")
    information = parse_information(require_length(report, ReportId.INFORMATION))
    assert (information.model, information.firmware) == ("STU-540", "1.0")


def test_that_the_capability_of_a_430_is_read() -> None:
    report = bytes.fromhex("09 25 80 17 70 03 FF 01 40 00 C8 C8 09 EC 03 00 00")
    assert parse_capability(report) == Capability(9600, 6000, 1023, 320, 200, 200, 2540, 3)


def test_that_fields_an_old_model_leaves_empty_are_its_own_numbers() -> None:
    model = model_of(0xA2)
    assert model is not None
    told = filled_in(Capability(9900, 2500, 511, 396, 100, 0, 0, 0), model)
    assert (told.report_rate, told.resolution, told.encodings) == (200, 2540, 2)


def test_that_a_rectangle_is_inclusive_and_little_endian() -> None:
    assert Rect(0, 0, 799, 479).to_bytes() == bytes.fromhex("00 00 00 00 1F 03 DF 01")


def test_that_a_block_is_always_256_bytes_long() -> None:
    block = image_block(b"\x01\x02\x03")
    assert (len(block), block[:6]) == (256, bytes.fromhex("26 03 00 01 02 03"))


def test_that_the_session_is_big_endian() -> None:
    assert start_capture(0x01020304) == bytes.fromhex("15 01 02 03 04")


@pytest.mark.parametrize("report", [b"", b"\x09", bytes(17), b"\x08" * 16])
def test_that_a_report_that_is_none_is_refused(report: bytes) -> None:
    with pytest.raises(Unreachable) as refusal:
        require_length(report, ReportId.INFORMATION)
    assert refusal.value.code == "SC-SIGN-005"


def test_that_the_541_and_unknown_models_of_the_series_are_told_apart() -> None:
    tls, later, other = (model_of(product) for product in (0xA9, 0xAB, 0x37))
    assert tls is not None
    assert not tls.is_driven
    assert later is not None
    assert later.name == "STU (0xAB)"
    assert other is None
