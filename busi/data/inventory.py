"""What the files in a data set's class folders are, as far as names tell: pictures, outlines, copies, other things.

Nothing is lost in silence: every file ends up in one of these lists, and what it is not is said with a reason. What
names leave open, `dataset` decides by content.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from busi.data.outline_names import Name, extends, names_outlines, parse, without_picture_words
from busi.images import SUFFIXES
from busi.words.classes import FOLDERS

_JUNK = {".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}
_JUNK_FOLDERS = {"__macosx", "@eadir"}
_BEGINNINGS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"BM", b"GIF8", b"RIFF")  # of pictures
_DICOM = b"DICM", 128  # these letters stand at this place
_BARE_NUMBER = re.compile(r" ?\(\d+\)$")


@dataclass(frozen=True)
class Entry:
    """A file that may be a picture or an outline.

    Attributes:
        path: where it is.
        label: the class folder that it is in, or that its folder of outlines belongs to.
        key: its way from the data set's folder, with slashes.
        inner: its way from the class folder, with slashes.
        name: what its name says.
        among_outlines: whether it is in a folder of outlines.
    """

    path: Path
    label: str
    key: str
    inner: str
    name: Name
    among_outlines: bool = False

    @property
    def stem(self) -> str:
        """Its name without an ending that pictures have; "1.2.840" has none."""
        return stem_of(self.path)


@dataclass
class Inventory:
    """The files of a data set, by what their names say.

    Attributes:
        pictures: in natural order; an outline whose name does not say so may be among them.
        outlines: with the pictures that each may belong to, nearest first: empty for one that has none.
        skipped: why, by key, for what is neither.
        junk: how many files are what systems leave behind, such as Thumbs.db.
        not_read: what stands beside the class folders.
    """

    pictures: list[Entry] = field(default_factory=list)
    outlines: dict[Entry, list[Entry]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    junk: int = 0
    not_read: tuple[str, ...] = ()


def class_folders(folder: Path) -> dict[str, Path]:
    """The class folders in a folder, by label, whether they are called "benign" or "Benign".

    Args:
        folder: of the data set.

    Raises:
        ValueError: if there are two of one class.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        label = path.name.casefold()
        if label in FOLDERS and path.is_dir():
            if label in found:
                raise ValueError(f"{folder} holds two folders for one class: {found[label].name} and {path.name}")
            found[label] = path
    return found


def take_inventory(folder: Path) -> Inventory:
    """Lists the files in and below the class folders, and says what their names say.

    Args:
        folder: of the data set, with the class folders in it.
    """
    inventory, entries = Inventory(), []
    roots = _roots(folder)
    for label, root in roots:
        entries += _entries(folder, root, label, inventory)
    used = {root.relative_to(folder).parts[0] for _, root in roots}
    others = sorted(path.name for path in folder.iterdir() if path.name not in used and not _is_junk(path))
    inventory.not_read = tuple(others)
    _sort(sorted(entries, key=lambda entry: (natural_order(entry.stem), entry.key)), inventory)
    return inventory


def natural_order(text: str) -> list[str | int]:
    """A key to sort by: "benign (2)" before "benign (10)"."""
    return [int(part) if place % 2 else part for place, part in enumerate(re.split(r"(\d+)", text))]


def nearest(outline: Entry, pictures: Sequence[Entry]) -> list[Entry]:
    """Of the pictures whose names fit an outline's, those that it belongs to: one, unless nobody can say.

    Args:
        outline: the outline.
        pictures: whose plain names fit.

    Returns:
        Those in the nearest folder; of these whose very name begins the outline's; of these those of the same ending.
    """
    if len(pictures) < 2:
        return list(pictures)
    closest = max(_shared(outline.key, picture.key) for picture in pictures)
    near = [picture for picture in pictures if _shared(outline.key, picture.key) == closest]
    exact = [picture for picture in near if outline.stem.startswith(picture.stem)]
    exact = exact or [picture for picture in near if outline.stem.endswith(picture.stem)]
    longest = max((len(picture.stem) for picture in exact), default=0)
    near = [picture for picture in exact if len(picture.stem) == longest] or near
    return [one for one in near if one.path.suffix.lower() == outline.path.suffix.lower()] or near


def by_place(pictures: Iterable[Entry]) -> dict[tuple[Path, str], list[Entry]]:
    """Pictures by their folder and plain name."""
    found: dict[tuple[Path, str], list[Entry]] = {}
    for entry in pictures:
        found.setdefault((entry.path.parent, entry.name.plain), []).append(entry)
    return found


def pictures_begun(entry: Entry, places: Mapping[tuple[Path, str], list[Entry]]) -> list[Entry]:
    """The pictures in an entry's folder whose name its own name goes on from: those of the longest such name.

    Args:
        entry: a file.
        places: from `by_place`.
    """
    plain = entry.name.plain
    for length in range(len(plain) - 1, 0, -1):
        begun = plain[:length].rstrip()
        if extends(plain, begun) and (found := places.get((entry.path.parent, begun))):
            return found
    return []


def stem_of(path: Path) -> str:
    """A file's name without an ending that pictures have."""
    return path.stem if path.suffix.lower() in SUFFIXES else path.name


def _roots(folder: Path) -> list[tuple[str, Path]]:
    """The class folders, and those in a folder of outlines beside them: masks/benign."""
    apart = [path for path in sorted(folder.iterdir()) if path.is_dir() and names_outlines(path.name)]
    return [root for place in (folder, *apart) for root in class_folders(place).items()]


def _entries(folder: Path, root: Path, label: str, inventory: Inventory) -> list[Entry]:
    """The files below a class folder that may be pictures; what else is there goes into the inventory."""
    entries = []
    for path in _walk(root, inventory):
        key, inner = path.relative_to(folder).as_posix(), path.relative_to(root).as_posix()
        if why := _why_not(path):
            inventory.skipped[key] = why
        else:
            above = (*root.relative_to(folder).parts[:-1], *path.relative_to(root).parts[:-1])
            among = any(names_outlines(part) for part in above)
            entries.append(Entry(path, label, key, inner, parse(stem_of(path)), among))
    return entries


def _walk(root: Path, inventory: Inventory) -> Iterable[Path]:
    for parent, folders, names in os.walk(root):
        junk = [name for name in folders if name.startswith(".") or name.casefold() in _JUNK_FOLDERS]
        inventory.junk += sum(len(files) for name in junk for _, _, files in os.walk(Path(parent, name)))
        folders[:] = sorted(set(folders) - set(junk))
        for path in (Path(parent, name) for name in sorted(names)):
            if _is_junk(path):
                inventory.junk += 1
            else:
                yield path


def _is_junk(path: Path) -> bool:
    return path.name.casefold() in _JUNK | _JUNK_FOLDERS or path.name.startswith("._")


def _why_not(path: Path) -> str:
    """Why a file cannot be a picture; empty if it may be one."""
    if not path.is_file():
        return "a link that leads nowhere" if path.is_symlink() else "not a regular file"
    if path.name.startswith("."):
        return "a hidden file"
    if path.suffix.lower() in SUFFIXES or _begins_like_a_picture(path):
        return ""
    return "neither its name nor its beginning is that of a picture"


def _begins_like_a_picture(path: Path) -> bool:
    """Whether a file without a picture's ending is one: scanners often write DICOM files without any."""
    try:
        with open(path, "rb") as file:
            head = file.read(_DICOM[1] + len(_DICOM[0]))
    except OSError:
        return False
    return head[_DICOM[1] :] == _DICOM[0] or (not path.suffix and head.startswith(_BEGINNINGS))


def _sort(entries: Sequence[Entry], inventory: Inventory) -> None:
    """Tells pictures, outlines and copies apart by their names, class by class."""
    for label in FOLDERS:
        mine = [entry for entry in entries if entry.label == label]
        named = [entry for entry in mine if entry.name.outline or entry.among_outlines]
        pictures = [entry for entry in mine if not (entry.name.outline or entry.among_outlines)]
        by_name = _by_name(pictures)
        # "tumor 12" is an outline where there is a picture called "12", and else a picture.
        alone = {entry for entry in named if not _is_certain(entry) and not _fitting(entry, by_name)}
        pictures += [entry for entry in named if entry in alone]
        by_name = _by_name(pictures)
        copies = {entry: original for entry in pictures if (original := _original_of(entry, by_name))}
        for entry in (entry for entry in named if entry not in alone):  # the outline of a copy is one of the original
            owners = [copies.get(owner, owner) for owner in _fitting(entry, by_name)]
            inventory.outlines[entry] = list(dict.fromkeys(owners))
        inventory.skipped |= {entry.key: f"a copy of {original.path.name}" for entry, original in copies.items()}
        inventory.pictures += [entry for entry in pictures if entry not in copies]
    inventory.pictures.sort(key=lambda entry: (natural_order(entry.stem), entry.key))


def _is_certain(entry: Entry) -> bool:
    return entry.name.certain or entry.among_outlines


def _by_name(pictures: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Pictures by their plain names, with and without "image" and the like."""
    found: dict[str, list[Entry]] = {}
    for entry in pictures:
        for name in {entry.name.plain, without_picture_words(entry.name.plain), *filter(None, entry.name.bases)}:
            found.setdefault(name, []).append(entry)
    return found


def _fitting(outline: Entry, pictures: Mapping[str, list[Entry]]) -> list[Entry]:
    """The pictures that an outline may belong to by its name."""
    names = [*outline.name.bases, *([outline.name.plain] if outline.among_outlines else [])]
    names = dict.fromkeys((*names, *(without_picture_words(name) for name in names)))
    for name in sorted(names, key=lambda name: not name):
        fitting = pictures.get(name, [])
        if not name:  # "mask.png" belongs to "image.png" in its own folder, and to no other
            fitting = [one for one in fitting if one.path.parent == outline.path.parent]
        if found := nearest(outline, fitting):
            return found
    return []


def _original_of(entry: Entry, pictures: Mapping[str, list[Entry]]) -> Entry | None:
    """The picture that a file is a copy of, made by a file manager: its name says so, and its bytes are the same."""
    for name in dict.fromkeys((entry.name.plain, _BARE_NUMBER.sub("", entry.name.plain))):
        for other in pictures.get(name, []):
            shorter = len(other.stem) < len(entry.stem) and other.path.parent == entry.path.parent
            if shorter and other.path.suffix == entry.path.suffix and _same_bytes(entry.path, other.path):
                return other
    return None


def _shared(key: str, other: str) -> int:
    """How many folders two keys have in common, from the data set's on."""
    pairs = zip(key.split("/")[:-1], other.split("/")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _same_bytes(first: Path, second: Path) -> bool:
    try:
        return first.stat().st_size == second.stat().st_size and first.read_bytes() == second.read_bytes()
    except OSError:
        return False
