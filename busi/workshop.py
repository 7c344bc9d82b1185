"""What the pages work with: an opened bundle, its classifier, and a gallery.

A bundle that cannot be opened must not close the workshop: the embedded one takes its place, and the page says so.
"""

import os
import sys
from dataclasses import dataclass
from functools import cached_property

from busi.bundle import EMBEDDED, SIMULATED, Bundle, BundleError, open_bundle
from busi.gallery import Example, Gallery, open_gallery
from busi.predict import ClassifierInBackground


@dataclass(frozen=True)
class Workshop:
    """Everything that is the same for all visitors. Nothing in it changes after the start.

    Attributes:
        bundle: the bundle in use.
        classifier: its network, loading behind the first page.
        gallery: the pictures to choose from.
        refused_bundle: the bundle that was asked for and could not be opened; None if all is well.
    """

    bundle: Bundle
    classifier: ClassifierInBackground
    gallery: Gallery
    refused_bundle: str | None = None

    @cached_property
    def galleries(self) -> tuple[Gallery, ...]:
        """The gallery, and where that holds BUSI's images one of the simulated images beside them."""
        if self.gallery.ultrasound == SIMULATED:
            return (self.gallery,)
        return (self.gallery, open_gallery(self.bundle, None))

    def find(self, image_id: str) -> Example | None:
        """The example that predictions.csv calls by this name, or None if its picture is not at hand."""
        return next((found for gallery in self.galleries if (found := gallery.of_image(image_id))), None)


def open_workshop(bundle: str | os.PathLike | None = None, data: str | os.PathLike | None = None) -> Workshop:
    """Opens a bundle and finds pictures for it.

    Args:
        bundle: folder of a bundle; default: the variable BUSI_BUNDLE, else the embedded one.
        data: a BUSI folder, "kaggle", or None.

    Returns:
        The workshop. Its network is not loaded yet.

    Raises:
        DatasetError: if `data` is given and cannot be used.
    """
    asked = bundle or os.environ.get("BUSI_BUNDLE") or EMBEDDED
    refused = None
    try:
        opened = open_bundle(asked)
    except BundleError as error:
        print(f"warning: {error}; the embedded bundle is used", file=sys.stderr)
        opened, refused = open_bundle(EMBEDDED), str(asked)
    return Workshop(opened, ClassifierInBackground(opened), open_gallery(opened, data), refused)
