"""What the pages work with: an opened bundle, its classifier, and a gallery.

A bundle that cannot be fetched or opened must not close the workshop: the copy in the cache or the embedded one takes
its place, and the page says which and why.
"""

import os
import sys
from dataclasses import dataclass
from functools import cached_property

from busi.bundle import EMBEDDED, SIMULATED, Bundle, BundleError, open_bundle
from busi.gallery import Example, Gallery, open_gallery
from busi.hub import Fetched, HubError, fetch, source_of
from busi.predict import ClassifierInBackground


@dataclass(frozen=True)
class Workshop:
    """Everything that is the same for all visitors. Nothing in it changes after the start.

    Attributes:
        bundle: the bundle in use.
        classifier: its network, loading behind the first page.
        gallery: the pictures to choose from.
        refused_bundle: the bundle that was asked for and could not be opened; None if all is well.
        refused_why: the reason of the `HubError`, or "damaged" for a bundle that came and could not be opened.
        fetched: where on the Hub the bundle in use comes from; None if it is a folder.
    """

    bundle: Bundle
    classifier: ClassifierInBackground
    gallery: Gallery
    refused_bundle: str | None = None
    refused_why: str = ""
    fetched: Fetched | None = None

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
        bundle: folder of a bundle, or USER/REPO[@REVISION] on the Hub; default: the variable BUSI_BUNDLE, else the
            embedded one.
        data: a BUSI folder, "kaggle", or None.

    Returns:
        The workshop. Its network is not loaded yet.

    Raises:
        DatasetError: if `data` is given and cannot be used.
    """
    asked = bundle or os.environ.get("BUSI_BUNDLE") or EMBEDDED
    refused, why, fetched = None, "", None
    try:
        fetched = _fetched(asked)
        opened = open_bundle(fetched.folder if fetched else asked)
        gallery = open_gallery(opened, data)
    except BundleError as error:
        print(f"warning: {error}; the embedded bundle is used", file=sys.stderr)
        opened, refused, fetched = open_bundle(EMBEDDED), str(asked), None
        gallery = open_gallery(opened, data)
        why = error.reason if isinstance(error, HubError) else "damaged"
    return Workshop(opened, ClassifierInBackground(opened), gallery, refused, why, fetched)


def _fetched(asked: str | os.PathLike) -> Fetched | None:
    """The bundle from the Hub, if the name is one of the Hub; said on the terminal if it may be old."""
    source = source_of(str(asked))
    if source is None:
        return None
    fetched = fetch(source)
    if fetched.stale:
        print(f"warning: {fetched.stale}; the copy in the cache is used ({fetched.commit})", file=sys.stderr)
    if fetched.without_images:
        print(f"warning: {fetched.without_images}; the workshop goes on without its test images", file=sys.stderr)
    return fetched
