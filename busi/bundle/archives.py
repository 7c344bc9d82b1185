"""A zip archive is measured before it is opened: six megabytes can unpack to eight hundred, or list a million files.

Python's `zipfile` never unpacks more of a file than the archive's directory says, so that is what is added up; and it
reads the whole directory at once, so that is measured first, from the 22 bytes at the end of the archive (APPNOTE.TXT
6.3.10, section 4.3.16). Archives that are written otherwise than Keras and this program write theirs, with a comment or
with sizes of 64 bits, are refused.
"""

import os
import struct
import zipfile

_END = struct.Struct("<4s4H2LH")
_LOCATOR = 20  # bytes of what leads to sizes of 64 bits; it stands before the end
_LARGEST_ENTRY = 300  # bytes of the directory for a file, its name among them


def check_archive(path: str | os.PathLike, most_files: int, most_bytes: int) -> None:
    """Makes sure that an archive can be opened and unpacked without harm.

    Args:
        path: of the archive.
        most_files: that it may hold.
        most_bytes: that they may have together, unpacked.

    Raises:
        ValueError: if it holds more, or is no such archive; the message says what was found.
    """
    _check_directory(path, most_files * _LARGEST_ENTRY)
    try:
        with zipfile.ZipFile(path) as opened:
            sizes = [entry.file_size for entry in opened.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        raise ValueError(f"is damaged: {error}") from error
    if len(sizes) > most_files:
        raise ValueError(f"holds {len(sizes):,} files, {most_files:,} at most are expected")
    if sum(sizes) > most_bytes:
        raise ValueError(f"unpacks to {sum(sizes):,} bytes, {most_bytes:,} at most are expected")


def _check_directory(path: str | os.PathLike, most_bytes: int) -> None:
    with open(path, "rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - _END.size - _LOCATOR))
        tail = file.read()
    if len(tail) < _END.size or tail[-_END.size :][:4] != b"PK\5\6":
        raise ValueError("is no zip archive, or has a comment at its end")
    if tail[: -_END.size].startswith(b"PK\6\7"):
        raise ValueError("has sizes of 64 bits")
    size = _END.unpack(tail[-_END.size :])[5]
    if size > most_bytes:
        raise ValueError(f"lists files in {size:,} bytes, {most_bytes:,} at most are expected")
