"""What the radiologist wrote of a lesion of BrEaST, and how the truth is known, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from busi.bundle.files import BREAST
from busi.data import box
from busi.serving.gallery import Example
from busi.web.page import Page
from busi.words.text import Words

_NOTHING = ("", "no")


def lesion_of(image_id: str) -> dict[str, Any] | None:
    """The row of the box's table for a picture; None if it is none of a lesion of the box.

    Args:
        image_id: as "case001".
    """
    rows = box.lesions()
    found = rows[rows["image_id"] == image_id].to_dict("records")
    return found[0] if found else None


def radiologist_panel(page: Page, example: Example) -> Markup:
    """What the radiologist wrote of a picture, to be shown after a guess; empty if there is nothing.

    Args:
        page: that it stands on.
        example: the picture.
    """
    lesion = lesion_of(example.image_id) if example.source == BREAST else None
    if lesion is None:
        return Markup()
    template = page.template("parts/radiologist.html")
    return template.wrote(radiologist_wrote(page.words, lesion), known_from(page.words, lesion))


def radiologist_wrote(words: Words, lesion: Mapping[str, Any]) -> str:
    """The lesion as the radiologist described it, in the words of the BI-RADS lexicon.

    Args:
        words: of the reader's language.
        lesion: a row of `box.lesions`.
    """
    signs = (
        words(f"radiologist.shape_{lesion['shape']}"),
        words("radiologist.margins", margins=_margins(words, lesion["margin"])),
        words(f"radiologist.echo_{_key(lesion['echogenicity'])}"),
        words(f"radiologist.posterior_{_key(lesion['posterior_features'])}"),
        *(words(f"radiologist.{name}") for name in ("halo", "skin_thickening") if lesion[name] == "yes"),
        _calcifications(words, lesion["calcifications"]),
    )
    return ", ".join(sign for sign in signs if sign)


def known_from(words: Words, lesion: Mapping[str, Any]) -> str:
    """How the truth is known, what the tissue showed, the radiologist's category, and the size.

    Args:
        words: of the reader's language.
        lesion: a row of `box.lesions`.
    """
    sentences = [words(f"radiologist.known_{_key(lesion['verification'])}")]
    if lesion["diagnosis"]:
        sentences.append(tissue_of(words, lesion))
    sentences.append(words("radiologist.category", category=lesion["birads"].upper()))
    sentences.append(words(f"radiologist.category_{lesion['birads']}"))
    if lesion["width_mm"] == lesion["width_mm"]:  # not NaN: the size of a pixel is known
        width, height = (words.number(lesion[name]) for name in ("width_mm", "height_mm"))
        sentences.append(words("radiologist.size", width=width, height=height))
    return " ".join(sentences)


def tissue_of(words: Words, lesion: Mapping[str, Any]) -> str:
    """What the tissue showed under the microscope, in a sentence.

    Args:
        words: of the reader's language.
        lesion: a row of `box.lesions` with a diagnosis.
    """
    tissue = [words(f"radiologist.tissue_{_key(name)}") for name in lesion["diagnosis"].split("&")]
    return words("radiologist.tissue", tissue=_listed(words, tissue))


def _margins(words: Words, margin: str) -> str:
    """The margins, one after the other: "not circumscribed - angular&indistinct" are two."""
    kinds = margin.removeprefix("not circumscribed - ").split("&")
    return _listed(words, [words(f"report.margin_{kind}") for kind in kinds])


def _listed(words: Words, parts: Sequence[str]) -> str:
    """Several words in a row: "a, b and c"."""
    return words("radiologist.and").join([*([", ".join(parts[:-1])] if parts[1:] else []), parts[-1]])


def _calcifications(words: Words, where: str) -> str:
    return "" if where in _NOTHING else words(f"radiologist.calcifications_{_key(where)}")


def _key(text: str) -> str:
    """A word of the table as the end of a key: "in a mass" is in_a_mass; what stands in brackets is left out."""
    plain = text.split("(")[0].strip().lower()
    return "".join(letter if letter.isalnum() else "_" for letter in plain).replace("__", "_") or "unknown"
