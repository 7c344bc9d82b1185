"""Files of any kind, however they are called, are judged by what they hold, and refused in the page's language."""

import io
import re
from itertools import product

import cv2
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from busi.web.parts.picker import MAX_MEGABYTES
from busi.words.text import Words
from tests.browser.conftest import PATHS, SCREENS, open_tab
from tests.browser.giving import (
    FIELD,
    File,
    Requests,
    drop,
    expect_answer,
    expect_nothing_chosen,
    paste,
    picture,
    upload,
)

pytestmark = pytest.mark.browser

WIDTH = 230
GRAY = cv2.imdecode(np.frombuffer(picture(WIDTH).content, np.uint8), cv2.IMREAD_GRAYSCALE)


def saved(kind: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(GRAY).save(out, kind)
    return out.getvalue()


def dicom() -> bytes:
    from pydicom import dcmwrite
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, UltrasoundImageStorage, generate_uid

    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, UltrasoundImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    data = FileDataset(None, {}, file_meta=meta, preamble=bytes(128))
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    data.Rows, data.Columns = GRAY.shape
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation, data.SamplesPerPixel = 7, 0, 1
    data.PhotometricInterpretation, data.PixelData = "MONOCHROME2", GRAY.tobytes()
    out = io.BytesIO()
    dcmwrite(out, data)
    return out.getvalue()


def heic() -> bytes:
    from pillow_heif import from_pillow

    out = io.BytesIO()
    from_pillow(Image.fromarray(GRAY)).save(out, quality=90)
    return out.getvalue()


@pytest.fixture
def on_prediction(page) -> Page:
    open_tab(page, "prediction")
    return page


KINDS = (
    File("IM0001", dicom(), ""),
    File("photo.heic", heic(), ""),
    File("image.tif", saved("TIFF"), "image/tiff"),
    File("image", saved("PNG"), "application/octet-stream"),
    File("image.dcm", saved("PNG"), "application/dicom"),
)


def test_a_picture_of_any_kind_and_name_is_shown_and_answered(on_prediction, words):
    for file, way in product(KINDS, (upload, drop)):
        way(on_prediction, file)
        expect_answer(on_prediction, words, WIDTH)
        shown = on_prediction.locator(".chosen .image-frame img")
        expect(shown).to_be_visible()
        expect(shown).not_to_have_class(re.compile("unshown"))
        on_prediction.locator(".chosen .icon-button-wrapper button").first.click()
        expect_nothing_chosen(on_prediction)
    expect(on_prediction.locator(".toast-body")).to_have_count(0)


def test_a_file_from_a_dialog_that_was_open_when_a_picture_came_is_taken(on_prediction, words):
    """The picture takes the place of the field that the dialog is for."""
    expect(on_prediction.locator(".chosen .image-frame img")).to_be_visible(timeout=60_000)
    on_prediction.locator(".chosen .icon-button-wrapper button").first.click()
    expect_nothing_chosen(on_prediction)
    field = on_prediction.locator(FIELD).element_handle()
    on_prediction.locator(".picker button[data-key]").first.click()
    expect(on_prediction.locator(".chosen .image-frame img")).to_be_visible(timeout=60_000)
    assert not field.evaluate("field => field.isConnected"), "else this shows nothing"
    field.set_input_files([picture(WIDTH).for_dialog])
    expect_answer(on_prediction, words, WIDTH)


def test_what_is_no_picture_is_refused_beside_the_picker_and_no_broken_picture_stays(on_prediction, words):
    for way in (upload, drop):
        way(on_prediction, picture(200))
        expect_answer(on_prediction, words, 200)
        way(on_prediction, File("notes.txt", b"no picture at all", "text/plain"))
        expect(on_prediction.locator(".picker .banner:visible")).to_have_text(words("refused.not_an_image"))
        expect(on_prediction.locator("#tab-prediction .card.alert")).to_contain_text(words("refused.not_an_image"))
        expect(on_prediction.locator(".chosen .image-frame img")).to_be_hidden()
    expect(on_prediction.locator(".toast-body")).to_have_count(0)


def test_one_image_at_a_time_is_taken_and_that_is_said(on_prediction, words):
    drop(on_prediction, picture(200), picture(210))
    expect_answer(on_prediction, words, 200)
    expect(on_prediction.locator(".picker .banner:visible")).to_have_text(words("picker.first"))


def test_a_drop_without_a_file_leaves_the_picture_that_is_there(on_prediction, words):
    drop(on_prediction, picture(200))
    expect_answer(on_prediction, words, 200)
    drop(on_prediction)
    expect(on_prediction.locator(".picker .banner:visible")).to_have_text(words("refused.not_an_image"))
    expect_answer(on_prediction, words, 200)


def test_the_button_pastes_an_image_and_says_what_to_do_where_there_is_none(on_prediction, words):
    button = on_prediction.get_by_role("button", name=words("picker.paste"))
    on_prediction.context.grant_permissions(["clipboard-read", "clipboard-write"])
    on_prediction.evaluate("navigator.clipboard.writeText('words')")
    button.click()
    expect(on_prediction.locator(".picker .banner:visible")).to_have_text(words("picker.paste_failed"))
    paste(on_prediction, picture(210))
    expect_answer(on_prediction, words, 210)
    on_prediction.get_by_role("button", name=words("picker.remove")).click()
    button.click()
    expect_answer(on_prediction, words, 210)


def test_what_is_pasted_into_a_text_stays_there(on_prediction, words):
    requests = Requests(on_prediction)
    on_prediction.evaluate("document.querySelector('.picker').append(document.createElement('textarea'))")
    on_prediction.locator(".picker textarea").focus()
    paste(on_prediction, picture(200))
    requests.wait_for_rest()
    assert not [url for url in requests.asked if url.endswith("/upload")]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_whatever_the_browser_s_language_a_refusal_speaks_the_page_s(chromium, address, language):
    """A broken connection, a server without room, a file too heavy: Gradio would tell them in English."""
    words, other = Words(language), {"fr": "en-US", "en": "fr-FR"}[language]
    context = chromium.new_context(viewport=SCREENS["laptop"], locale=other, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address + PATHS[language])
    open_tab(page, "prediction")
    told = page.locator(".picker .banner:visible")
    for answer in (lambda route: route.abort(), lambda route: route.fulfill(status=507, body="no room")):
        page.route("**/gradio_api/upload*", answer)
        upload(page, picture(200))
        expect(told).to_have_text(words("picker.lost"))
        page.unroute("**/gradio_api/upload*")
    upload(page, File("heavy.dcm", bytes(MAX_MEGABYTES * 1024 * 1024 + 1), ""))
    expect(told).to_have_text(words("refused.too_heavy", limit=MAX_MEGABYTES))
    upload(page, File("empty.png", b""))
    expect(told).to_have_text(words("refused.empty"))
    for name in ("browse", "paste"):
        expect(page.locator(".chosen").get_by_role("button", name=words(f"picker.{name}")).first).to_be_visible()
    drop(page, picture(200))
    expect_answer(page, words, 200)
    expect(told).to_have_count(0)
    expect(page.get_by_role("button", name=words("picker.remove"))).to_be_visible()
    expect(page.locator(".toast-body")).to_have_count(0)
    context.close()


def test_what_not_to_send_is_told_where_it_would_be_sent(on_prediction, words):
    said = on_prediction.locator(".picker .no-patient")
    expect(said).to_be_visible()
    expect(said.locator("summary")).to_have_text(words("picker.no_patient"))
    said.locator("summary").click()
    expect(said).to_contain_text(words("picker.no_patient_why"))
    expect(said).to_be_in_viewport()
    expect(on_prediction.locator(".chosen")).to_be_in_viewport()
