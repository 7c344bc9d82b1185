"""The box of real ultrasounds is what BrEaST's download gives."""

import numpy as np
import pandas as pd

from busi.data import box
from busi.data.breast import read_breast
from busi.data.dataset import read_mask
from busi.images import read_image
from tests.unit.data.test_box import dice


def test_it_is_what_the_download_gives(breast_folder, tmp_path):
    """The whole table, and each tenth picture: all at once take a minute."""
    images = read_breast(breast_folder, tmp_path).images
    images["half"] = box._halves(images)
    boxed = pd.DataFrame([box._boxed(row, np.empty((row["height"], row["width"]))) for _, row in images.iterrows()])
    assert boxed[list(box.COLUMNS)].to_csv(index=False, lineterminator="\n") == (box.BOX / box.TABLE).read_text("utf-8")
    for _, row in images.iloc[::10].iterrows():
        gray = read_image(row["path"])
        assert box._webp(box._small(gray)) == box.picture(row["image_id"])
        if row["mask_paths"]:
            inside = read_mask(row)
            assert box.trace(inside) == box._polygons()[row["image_id"]]
            assert dice(box.outline(row["image_id"]), inside) >= 0.995
