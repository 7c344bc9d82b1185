"""Whose pictures a network learned from: what the page, the card and an archive of images say of them.

BUSI is recognised by its pictures (`busi`), BrEaST by its layout (`breast`). Anything else is its owner's: it bears
their name, their licence and the citation that they ask for, or "your data" until they give it a name, and is never
said to be BUSI or BrEaST.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KAGGLE_PAGE = "https://www.kaggle.com/datasets/aryashah2k/breast-ultrasound-images-dataset"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
OWN, SIMULATED = "your data", "simulated"
LONGEST = 300  # characters of a name, a licence or a citation

_BUSI_NOTICE = f"""\
BUSI : images d'échographie du sein, telles quelles, en niveaux de gris ; contours des auteurs réunis en un fichier.
BUSI: breast ultrasound images, unchanged, as gray levels; the authors' outlines joined in one file.

W. Al-Dhabyani, M. Gomaa, H. Khaled, A. Fahmy, "Dataset of breast ultrasound images", Data in Brief 28 (2020) 104863,
https://doi.org/10.1016/j.dib.2019.104863

Source: {KAGGLE_PAGE}, where the licence is given as CC0 (public domain). The authors ask to be cited. The licence of
the program that wrote this archive does not extend to these images. For teaching, never for diagnosis.
"""

_BREAST_NOTICE = """\
BrEaST : images d'échographie du sein, en niveaux de gris ; contours de la lésion par les radiologues.
BrEaST: breast ultrasound images, as gray levels; the radiologists' outlines of the lesion.

{citation}

Data: {source}
Licence: CC BY 4.0, {licence_url}
What was changed: colours became gray levels, and transparent outlines black and white; no pixel was moved. The licence
of the program that wrote this archive does not extend to these images. For teaching, never for diagnosis.
"""

_OWN_NOTICE = """\
{name} : images d'échographie, en niveaux de gris ; contours réunis en un fichier par image.
{name}: ultrasound images, as gray levels; outlines joined in one file for each image.

Licence: {licence}
{citation}
This was stated by whoever packed the images. The licence of the program that wrote this archive does not extend to
them. For teaching, never for diagnosis.
"""


@dataclass(frozen=True)
class Origin:
    """A set of real pictures and what must be said of it.

    Attributes:
        name: "BUSI", what its owner calls it, or `OWN` if nobody has named it.
        licence: under which its pictures may be passed on; empty if nobody has said.
        citation: how its authors ask to be cited; empty if they don't.
        source: where it can be had; empty if nowhere.
    """

    name: str
    licence: str = ""
    citation: str = ""
    source: str = ""

    @property
    def is_named(self) -> bool:
        """Whether it has a name of its own."""
        return self.name != OWN

    def to_dict(self) -> dict[str, str]:
        """What bundle.json says of it under "data"; BUSI's licence is told where its pictures are."""
        told = {"name": self.name, "citation": self.citation, "source": self.source}
        if self == BUSI:
            return told
        if self == BREAST:
            return {**told, "licence": self.licence}
        return {"name": self.name, "licence": self.licence, "citation": self.citation}

    def notice(self) -> str:
        """LICENCE.txt, to go along with its pictures.

        Raises:
            ValueError: if they may not be passed on, because nobody has named them or told their licence.
        """
        if self == BUSI:
            return _BUSI_NOTICE
        if self == BREAST:
            return _BREAST_NOTICE.format(citation=self.citation, source=self.source, licence_url=CC_BY)
        if not self.is_named or not self.licence:
            raise ValueError(
                "these pictures are not BUSI's, so they are packed under your name and licence only: give --data-name"
                " and --licence (and --citation, if you want to be cited)"
            )
        citation = f"Citation: {self.citation}\n" if self.citation else ""
        return _OWN_NOTICE.format(name=self.name, licence=self.licence, citation=citation)


BUSI = Origin(
    "BUSI",
    licence="CC0",
    citation="W. Al-Dhabyani et al., Data in Brief 28 (2020) 104863, doi:10.1016/j.dib.2019.104863",
    source=KAGGLE_PAGE,
)

BREAST = Origin(
    "BrEaST",
    licence="CC BY 4.0",
    citation="A. Pawłowska, A. Ćwierz-Pieńkowska, A. Domalik, D. Jaguś, P. Kasprzak, R. Matkowski, Ł. Fura, A. Nowicki,"
    ' N. Żołek, "Curated benchmark dataset for ultrasound based breast lesion analysis", Scientific Data 11 (2024) 148,'
    " doi:10.1038/s41597-024-02984-z",
    source="https://doi.org/10.7937/9WKK-Q141",
)
PUBLISHED = (BUSI, BREAST)


def own_data(name: str | None, licence: str | None, citation: str | None) -> Origin:
    """The origin of pictures that are of no published data set, as their owner gives it.

    Args:
        name: of the data; None if it has none.
        licence: under which the pictures may be passed on, if they may.
        citation: how to cite them.

    Raises:
        ValueError: if the name is that of other data, or one of the three is too long or no text.
    """
    given = {"--data-name": name, "--licence": licence, "--citation": citation}
    told = {option: _one_line(option, text or "") for option, text in given.items()}
    if told["--data-name"].casefold() in (SIMULATED, *(origin.name.casefold() for origin in PUBLISHED)):
        raise ValueError(
            f"--data-name {name!r}: these pictures are not BUSI's, nor BrEaST's, nor simulated; give them another name"
        )
    return Origin(told["--data-name"] or OWN, told["--licence"], told["--citation"])


def origin_of(data: Mapping[str, Any]) -> Origin:
    """What bundle.json says of its data; a bundle that names none is from before there was anything but BUSI.

    Args:
        data: the entry "data" of bundle.json.
    """
    name = str(data.get("name", BUSI.name))
    for published in PUBLISHED:
        if name == published.name:
            return published
    return Origin(name, *(str(data.get(key) or "") for key in ("licence", "citation", "source")))


def learned_from(data: Mapping[str, Any], origin: Origin) -> bool:
    """Whether a network learned from a data set: as its own, or beside its own.

    Args:
        data: the entry "data" of bundle.json.
        origin: the data set.
    """
    return origin_of(data) == origin or origin.name in [one["name"] for one in data.get("also", ())]


def _one_line(option: str, text: str) -> str:
    """The text without line breaks and double spaces, as it stands in a sentence."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(text) > LONGEST or not text.isprintable():
        raise ValueError(f"{option} must be one line of {LONGEST} letters at most that can be printed, got {text!r}")
    return text
