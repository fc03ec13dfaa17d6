"""Pictures for the pad's screen: which encoding, its bytes, and what changed since the last one.

A pad draws 1 bit a pixel in a blink and 24 bits in seconds, so text goes as 1 bit, compressed where
the pad can. On a pad that takes areas only what differs is sent.
"""

import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageChops

from smartclient.ink.port import PadPicture
from smartclient.signpad.stu.models import ZLIB_BIT
from smartclient.signpad.stu.reports import Capability, Encoding, Rect

_INK_BELOW: Final = 128


@dataclass(frozen=True, slots=True)
class Upload:
    """What is sent: the area of the screen, its encoding and its bytes."""

    area: Rect
    encoding: Encoding
    content: bytes


def whole_screen(capability: Capability) -> Rect:
    """Every pixel of the screen."""
    return Rect(0, 0, capability.screen_width - 1, capability.screen_height - 1)


def black_and_white(picture: PadPicture, capability: Capability) -> Image.Image:
    """The picture in the size of the screen, 1 bit a pixel, white where nothing was given."""
    size = (capability.screen_width, capability.screen_height)
    given = Image.frombytes("RGB", (picture.width, picture.height), picture.rgb)
    page = Image.new("L", size, 255)
    page.paste(given.convert("L"), (0, 0))
    return page.point(lambda level: 255 if level >= _INK_BELOW else 0, mode="1")


def upload(
    page: Image.Image, capability: Capability, shown: Image.Image | None = None
) -> Upload | None:
    """What to send so that the screen shows `page`; None when it shows it already.

    With `shown`, what the screen shows now, only the area that differs is sent.
    """
    area = whole_screen(capability)
    if shown is not None:
        box = ImageChops.logical_xor(page, shown).getbbox()
        if box is None:
            return None
        area = Rect(box[0], box[1], box[2] - 1, box[3] - 1)
    part = page.crop((area.left, area.top, area.right + 1, area.bottom + 1))
    bits = part.tobytes()  # rows padded to whole bytes, leftmost pixel first, 1 is white
    if capability.encodings & ZLIB_BIT:
        return Upload(area, Encoding.MONO_ZLIB, zlib.compress(bits, 9))
    return Upload(area, Encoding.MONO, bits)
