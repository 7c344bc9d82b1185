"""What the pages work with: an opened bundle, its classifier, and a gallery.

A bundle of the Hub that cannot be fetched or opened must not close the workshop: the copy in the cache or the embedded
one takes its place, and the page says which and why. So it does if the bundle opens and the pages cannot be made of it.
A folder that was asked for is another matter: whoever named it sits before this machine and can name it right, so it
is an error.
"""

import os
import sys
from dataclasses import dataclass
from typing import Any

from busi.bundle.files import EMBEDDED, Bundle, BundleError, one_line, open_bundle
from busi.bundle.hub import Fetched, HubError, Source, fetch, source_of
from busi.serving.gallery import Example, Gallery, open_gallery
from busi.serving.predict import ClassifierInBackground


@dataclass(frozen=True)
class Workshop:
    """Everything that is the same for all visitors. Nothing in it changes after the start.

    Attributes:
        bundle: the bundle in use.
        classifier: its network, loading behind the first page.
        gallery: the pictures to choose from.
        refused_bundle: the bundle of the Hub that was asked for and could not be opened; None if all is well.
        refused_why: the reason of the `HubError`, or "damaged" for a bundle that came and could not be opened.
        fetched: where on the Hub the bundle in use comes from; None if it is a folder.
    """

    bundle: Bundle
    classifier: ClassifierInBackground
    gallery: Gallery
    refused_bundle: str | None = None
    refused_why: str = ""
    fetched: Fetched | None = None

    def find(self, image_id: str) -> Example | None:
        """The example that predictions.csv calls by this name, or None if its picture is not at hand."""
        return self.gallery.of_image(image_id)


def open_workshop(bundle: str | os.PathLike | None = None, data: str | os.PathLike | None = None) -> Workshop:
    """Opens a bundle and finds pictures for it.

    Args:
        bundle: folder of a bundle, or USER/REPO[@REVISION] on the Hub; default: what the variable BUSI_BUNDLE names,
            else the embedded one.
        data: a BUSI folder, "kaggle", or None.

    Returns:
        The workshop. Its network is not loaded yet.

    Raises:
        BundleError: if a folder is asked for that holds no good bundle.
        DatasetError: if `data` is given and cannot be used.
    """
    wanted = bundle or os.environ.get("BUSI_BUNDLE") or EMBEDDED
    source = source_of(str(wanted))
    if source is None:
        return _opened(open_bundle(wanted), data)
    try:
        fetched = _fetched(source)
        return _opened(open_bundle(fetched.folder), data, fetched=fetched)
    except BundleError as error:
        return _refused(source, error, data)


def without_odd_bundle(workshop: Workshop, error: Exception, data: str | os.PathLike | None = None) -> Workshop:
    """The workshop on the embedded bundle, in place of one that opened but of which no pages can be made.

    Args:
        workshop: whose bundle it is.
        error: what making the pages raised.
        data: as for `open_workshop`.

    Raises:
        BundleError: if the bundle is a folder that was asked for.
        Exception: `error` itself, if the bundle is the embedded one: then it is the program that is wrong.
    """
    if workshop.bundle.folder == EMBEDDED:
        raise error
    odd = BundleError(f"no pages can be made of the bundle {workshop.bundle.folder}: {one_line(error)}")
    if workshop.fetched is None:
        raise odd from error
    return _refused(workshop.fetched.source, odd, data)


def _refused(source: Source, error: BundleError, data: str | os.PathLike | None) -> Workshop:
    """The workshop on the embedded bundle, with the reason on the terminal and, for the page, in its attributes."""
    about = "" if source.repo in str(error) else f"{source}: "
    print(f"warning: {about}{error}; the embedded bundle is used", file=sys.stderr)
    why = error.reason if isinstance(error, HubError) else "damaged"
    return _opened(open_bundle(EMBEDDED), data, refused_bundle=str(source), refused_why=why)


def _opened(bundle: Bundle, data: str | os.PathLike | None, **about: Any) -> Workshop:
    """The workshop on an opened bundle; `about` is what is known of where it comes from."""
    return Workshop(bundle, ClassifierInBackground(bundle), open_gallery(bundle, data), **about)


def _fetched(source: Source) -> Fetched:
    """The bundle from the Hub; said on the terminal if it may be old, or is not what the user's token would give."""
    fetched = fetch(source)
    if fetched.without_token:
        print(f"warning: {fetched.without_token}; asked again without it", file=sys.stderr)
    if fetched.stale:
        print(f"warning: {fetched.stale}; the copy in the cache is used ({fetched.commit})", file=sys.stderr)
    if fetched.without_images:
        print(f"warning: {fetched.without_images}; the workshop goes on without its test images", file=sys.stderr)
    return fetched
