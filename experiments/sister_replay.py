"""Lends a bundle the recording of a sister's training, where its own was not recorded.

    python train.py --data BUSI --recipe quick --out runs/quick
    python -m experiments.sister_replay runs/quick busi/bundle/default_bundle

The sister must have been trained by train.py on the same data, split alike. The page says whose recording it is. Only
replay.json and the checksums in bundle.json change, whole or not at all.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from busi.bundle.files import Bundle, BundleError, open_bundle, write_checksums, write_replay
from busi.bundle.first_pair import names_of_first_pair
from busi.bundle.replay import SISTER, Moment, Replay
from busi.system.console import printable_output
from busi.system.whole_files import whole_folder


def lend(sister: Bundle, folder: Path) -> Bundle:
    """Writes a sister's recording into a bundle, of the pictures that its page shows first.

    Args:
        sister: with a recording of its own.
        folder: of the bundle.

    Returns:
        The bundle, opened again.

    Raises:
        BundleError: if the two did not learn from the same images, or the sister has no recording of these pictures.
    """
    folder = folder.resolve()
    bundle = open_bundle(folder)
    same = [(one.info["data"]["fingerprint"], one.info["data"].get("split_seed")) for one in (sister, bundle)]
    if same[0] != same[1]:
        raise BundleError(f"{sister.folder} and {folder} were not made from the same images, split alike")
    pair = names_of_first_pair(bundle.predictions) or ()
    if sister.replay is None or not pair or not set(pair) <= set(sister.replay.pictures):
        raise BundleError(f"{sister.folder} has no recording of {' and '.join(pair) or 'pictures that are shown'}")
    with whole_folder(folder) as partial:
        shutil.copytree(folder, partial, dirs_exist_ok=True)
        write_replay(partial, of_pictures(sister.replay, pair))
        write_checksums(partial, bundle.info)
        open_bundle(partial)
    return open_bundle(folder)


def of_pictures(replay: Replay, names: Sequence[str]) -> Replay:
    """A recording as that of a sister, with some of its pictures only.

    Args:
        replay: the recording.
        names: of the pictures, each in it.
    """
    moments = [
        Moment(
            moment.stage,
            moment.epoch,
            {name: moment.scores[name] for name in names},
            {name: moment.evidence[name] for name in names if name in moment.evidence},
        )
        for moment in replay.moments
    ]
    return replace(replay, source=SISTER, moments=tuple(moments))


def main(arguments: Sequence[str] | None = None) -> int:
    """Lends a recording; returns 0, or 2 after one line that says what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m experiments.sister_replay", description=lend.__doc__)
    parser.add_argument("sister", type=Path, help="a bundle with a recording of its own")
    parser.add_argument("bundle", type=Path, help="the bundle that it is lent to")
    printable_output()
    options = parser.parse_args(arguments)
    try:
        lend(open_bundle(options.sister), options.bundle)
    except BundleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
