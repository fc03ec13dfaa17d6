"""Files that survive a power cut: written beside, flushed, and only then given their name."""

import os
from pathlib import Path


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows keeps them by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(file: Path, content: bytes) -> None:
    """Replace or make `file` so that either the old or the whole new content is found."""
    unfinished = file.with_name(file.name + ".part")
    try:
        with unfinished.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    flush_folder(file.parent)
