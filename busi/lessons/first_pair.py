"""The two pictures that a visitor meets first; the rule that picks them is `busi.bundle.first_pair`."""

from busi.bundle.files import Bundle
from busi.serving.gallery import Example, Gallery


def first_pair(gallery: Gallery, bundle: Bundle) -> tuple[Example, Example] | None:
    """Two pictures of BrEaST: a harmless lesion, then a cancer.

    Args:
        gallery: of the page.
        bundle: whose network answered.

    Returns:
        Their examples; None if the network was never asked on BrEaST, or learned from it.
    """
    first, second = (gallery.of_image(name) for name in bundle.first_pair or ("", ""))
    return (first, second) if first and second else None


def thread(gallery: Gallery, bundle: Bundle) -> Example:
    """The picture that a visitor meets first, and that stands wherever a picture is looked at until another is chosen.

    Args:
        gallery: of the page.
        bundle: whose network answered.
    """
    pair = first_pair(gallery, bundle)
    return pair[0] if pair else gallery.page(0, gallery.ultrasound)[0]
