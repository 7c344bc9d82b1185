"""What the names of files say: which are outlines, of which picture, and which are copies.

People name outlines in many ways (`x_mask`, `x-GT`, `mask_x`, `masks/x`, `x_mask - Copie`). A name is taken apart into
what it says and the pictures that it may belong to; `inventory` looks whether there are any, and `outlines` whether the
content agrees.
"""

import re
import unicodedata
from dataclasses import dataclass

# What people call an outline, without accents. The first say it for certain; the others may also name a picture.
_CERTAIN = (
    "mask|masks|masked|msk|masque|masques|maske|masken|mascara|mascaras|maschera|gt|groundtruth|ground truth"
    "|seg|segm|segs|segmentation|segmentations|segmented|segmentierung|annotation|annotations|annotated|annot|outline|outlines|contour"
    "|contours|kontur|konturen|umriss|contorno|verite|verite terrain|delineation|delineations"
)
_LIKELY = (
    "label|labels|lesion|lesions|lasion|lasionen|tumor|tumors|tumour|tumours|tumeur|tumeurs|mass|masses|masse|nodule"
    "|nodules|nodulo|roi|rois|target|ann|anno|truth|binary|bw"
)
_GLUED = "mask|masks|masque|maske|mascara|groundtruth|segmentation|annotation"  # also without a separator: casemask
_PICTURES = "images|image|imgs|img|bus|us|originals|original|orig|raw|scan|photo|bild|echo|ultrasound"
_COPY = "copy|copie|kopie|copia|kopia"
# What may follow a picture's name in that of another picture: a number, a side, a view, a copy, a mark.
_SIDES = "left|right|links|rechts|gauche|droite?|long|trans|rad|anti|view|vue|bis|no|nr"
_ANOTHER_PICTURE = re.compile(rf"([\W\d]|\b[a-z]\b|\b({_SIDES}|{_COPY})\b)+")

_WORDS = "|".join(sorted(f"{_CERTAIN}|{_LIKELY}".split("|"), key=len, reverse=True))
_AT_END = re.compile(
    rf"^(?P<base>.*?)(?P<words>(?:(?:^| |(?<=[\d)\]]))(?:{_WORDS}))+|(?<=\w)(?:{_GLUED}))(?P<tail>(?: ?\(?\d+\)?)*)$"
)
_AT_BEGIN = re.compile(rf"^(?P<words>(?:{_WORDS})(?: (?:{_WORDS}))*)(?: |(?=[\d(]))(?P<base>.+)$")
_COPY_AT_END = re.compile(
    rf" ?(\((\d+\w* |another |autre |weitere )?({_COPY})( ?\d+)?\)|(?<![a-z])({_COPY})( ?\(?\d+\)?)?)$"
)
_COPY_AT_BEGIN = re.compile(rf"^({_COPY})( ?\(\d+\))?( (of|de|von|d'|di))? ")


@dataclass(frozen=True)
class Name:
    """What the name of a file says.

    Attributes:
        plain: the whole of it, in small letters, without accents, separators made one, marks of a copy taken away.
        outline: whether it is called an outline.
        certain: whether by a word that means nothing else.
        bases: plain names of the pictures that it may be the outline of, likeliest first; empty if it is none.
    """

    plain: str
    outline: bool = False
    certain: bool = False
    bases: tuple[str, ...] = ()


def parse(stem: str) -> Name:
    """Takes a file's name apart.

    Args:
        stem: without its ending.

    Returns:
        `parse("Benign (1)_Mask - Copie (2)")` is called an outline, of "benign (1)".
    """
    plain = without_copy_marks(plain_name(stem))
    match = _AT_END.match(plain) or _AT_BEGIN.match(plain)
    if match is None:
        return Name(plain)
    base, tail = match["base"].strip(), (match.groupdict().get("tail") or "").strip()
    certain = re.search(rf"\b({_CERTAIN})\b|{_GLUED}", match["words"]) is not None
    bases = (base, f"{base} {tail}".strip(), f"{base}{tail}") if tail else (base,)
    return Name(plain, True, certain, tuple(dict.fromkeys(bases)))


def plain_name(stem: str) -> str:
    """A name in small letters, without accents, every run of separators made one space.

    Args:
        stem: a file's name without its ending; "caseMask" counts as two words.
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKD", stem))
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return re.sub(r"[\s_\-.–—+~,;]+", " ", bare.casefold()).strip()


def without_copy_marks(plain: str) -> str:
    """A plain name without what file managers add to that of a copy: "copie de x", "x copy (2)".

    A bare "(1)" stays: it is also how BUSI numbers its images.
    """
    before = None
    while plain != before:
        before = plain
        plain = _COPY_AT_END.sub("", _COPY_AT_BEGIN.sub("", plain)) or before
    return plain


def without_picture_words(plain: str) -> str:
    """A plain name without "image", "img" and the like at its ends: what "img 12" and "mask 12" have in common."""
    bare = re.sub(rf"^((?:{_PICTURES})(?= |\d|\(|$) ?)+", "", plain)
    return re.sub(rf"((^| |(?<=\d))(?:{_PICTURES}))+$", "", bare).strip()


def names_outlines(folder: str) -> bool:
    """Whether a folder is called one of outlines: "masks", "GT", "Masques"."""
    return re.search(rf"\b({_CERTAIN}|labels?|truth)\b", plain_name(folder)) is not None


def extends(plain: str, other: str) -> bool:
    """Whether one plain name begins with the other and goes on with something new: "case 1 foo" and "case 1".

    Args:
        plain: the longer one.
        other: the shorter one. "case 10" does not extend "case 1".
    """
    if not other or len(plain) <= len(other) or not plain.startswith(other):
        return False
    end, begin = other[-1], plain[len(other)]
    return not (end.isdigit() and begin.isdigit()) and not (end.isalpha() and begin.isalpha())


def names_another_picture(plain: str, other: str) -> bool:
    """Whether what one name has beyond the other only tells pictures apart: a number, a side, a view, a copy."""
    return bool(_ANOTHER_PICTURE.fullmatch(plain[len(other) :].strip()))
