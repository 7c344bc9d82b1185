"""A lesion in a sentence, as a radiologist's report would describe it."""

from busi.simulator import DEBRIS, Lesion
from busi.words.text import Words


def report(words: Words, lesion: Lesion) -> str:
    """The sentence, in the terms of the BI-RADS lexicon.

    Args:
        words: of the reader's language.
        lesion: what it describes.
    """
    return words(
        "report.sentence",
        shape=words(f"report.shape_{lesion.shape}"),
        orientation=words(f"report.orientation_{lesion.orientation}"),
        size=words.number(lesion.size_mm),
        margin=words(f"report.margin_{lesion.margin}"),
        echo_pattern=words(f"report.echo_{lesion.echo_pattern}"),
        posterior=words(f"report.posterior_{lesion.posterior}"),
        debris=words("report.debris") if lesion.inside == DEBRIS else "",
        calcifications=words("report.calcifications") if lesion.calcifications else "",
        halo=words("report.halo") if lesion.halo >= 0.3 else "",
        distortion=words("report.distortion") if lesion.distortion >= 0.3 else "",
    )
