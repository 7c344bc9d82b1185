"""A folder laid out like BrEaST as it is downloaded, with drawn images."""

from pathlib import Path

import cv2
import numpy as np
from openpyxl import Workbook

from busi.data.breast import PICTURES, SPREADSHEET
from busi.words.classes import BENIGN, CLASSES, MALIGNANT, NORMAL
from tests.support.drawings import drawn_ultrasound

COLUMNS = (
    "CaseID",
    "Image_filename",
    "Mask_tumor_filename",
    "Mask_other_filename",
    "Pixel_size",
    "Age",
    "Tissue_composition",
    "Signs",
    "Symptoms",
    "Shape",
    "Margin",
    "Echogenicity",
    "Posterior_features",
    "Halo",
    "Calcifications",
    "Skin_thickening",
    "Interpretation",
    "BIRADS",
    "Verification",
    "Diagnosis",
    "Classification",
)


def row_of(number: int, label: str) -> dict[str, object]:
    """What the spreadsheet says of a case."""
    lesion = label != NORMAL
    told = dict.fromkeys(COLUMNS, "not applicable") | {"CaseID": number, "Image_filename": f"case{number:03d}.png"}
    told |= {"Mask_tumor_filename": f"case{number:03d}_tumor.png" if lesion else None, "Mask_other_filename": None}
    told |= {"Pixel_size": 0.0078125, "Age": 30 + number if number % 3 else "not available", "Signs": "no"}
    told |= {"Tissue_composition": "homogeneous: fat", "Symptoms": "not available", "Classification": label}
    if lesion:
        told |= {"Shape": "oval", "Margin": "not circumscribed - angular&indistinct", "Echogenicity": "hypoechoic"}
        told |= {"BIRADS": 2 if label == BENIGN else "4c", "Interpretation": "Fibroadenoma&Dysplasia"}
        told |= {"Verification": "confirmed by biopsy" if number % 2 else "confirmed by follow-up care"}
    return told | ({} if lesion else {"BIRADS": 1})


def write_sheet(folder: Path, rows: list[dict[str, object]]) -> Path:
    """The spreadsheet, with the sheet that explains its columns after it."""
    book = Workbook()
    sheet = book.active
    names = list(rows[0])
    for line in (names, *([row[name] for name in names] for row in rows)):
        sheet.append(line)
    book.create_sheet("Data Dictionary").append(["type", "description"])
    book.save(folder / SPREADSHEET)
    return folder / SPREADSHEET


def write_breast(folder: Path, per_class: int = 4, seed: int = 0) -> Path:
    """The folder as downloaded: benign cases, malignant ones, one without a lesion; RGBA, outlines on transparency."""
    labels = [BENIGN] * per_class + [MALIGNANT] * per_class + [NORMAL]
    (folder / PICTURES).mkdir(parents=True)
    for number, label in enumerate(labels, start=1):
        image, mask = drawn_ultrasound(100_000 * seed + number, label if label in CLASSES else BENIGN)
        name = folder / PICTURES / f"case{number:03d}"
        cv2.imwrite(f"{name}.png", cv2.cvtColor(image, cv2.COLOR_GRAY2BGRA))
        if label in CLASSES:
            cv2.imwrite(f"{name}_tumor.png", np.dstack([np.uint8(mask) * 255] * 4))
    write_sheet(folder, [row_of(number, label) for number, label in enumerate(labels, start=1)])
    return folder
