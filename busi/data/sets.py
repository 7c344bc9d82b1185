"""Which data set a folder holds: BUSI, or data laid out like it, or BrEaST. The doors ask here (`--data DIR`)."""

import os
from pathlib import Path

from busi.data.breast import PICTURES, SPREADSHEET, is_breast, read_breast
from busi.data.dataset import KAGGLE, TOP_FOLDER, DataSet, DatasetError, class_folder_in, read_busi
from busi.words.classes import CLASSES


def read_data(source: str | os.PathLike, cache: Path | None = None) -> DataSet:
    """Indexes a folder of ultrasound images, whose layout tells how it is read.

    Args:
        source: the folder, or "kaggle" to download BUSI.
        cache: as for `read_busi` and `read_breast`.

    Returns:
        The index: with the columns `COLUMNS`, then those of its own.

    Raises:
        DatasetError: if there is no such folder, it is laid out like neither, or it cannot be read.
    """
    folder = Path(source)
    if str(source) == KAGGLE:
        return read_busi(source, cache)
    if not folder.is_dir():
        raise DatasetError(f"no such folder: {folder} (expected the folder of BUSI or of BrEaST, or the word 'kaggle')")
    if class_folder_in(folder):
        return read_busi(folder, cache)
    if is_breast(folder):
        return read_breast(folder, cache)
    raise DatasetError(
        f"{folder} is not BUSI, nor BrEaST: expected the folders {' and '.join(CLASSES)} in it or in {TOP_FOLDER}/, or"
        f" the spreadsheet {SPREADSHEET} and the folder {PICTURES}"
    )
