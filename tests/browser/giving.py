"""How a visitor gives the page an image, in Chromium: by dropping or pasting it, or in a dialog; and takes it back."""

import base64
from dataclasses import dataclass
from pathlib import Path

import cv2
from playwright.sync_api import Page, expect

from busi.data.simulated import draw, held_out_seeds
from busi.words.text import Words

PLACE = ".chosen .image-container > .upload-container"
HEIGHT = 256  # pixels, of a drawn picture
FIELD = ".chosen input[type=file]"


@dataclass(frozen=True)
class File:
    """A file that a visitor has: its name, its bytes, and the kind that the browser takes it for."""

    name: str
    content: bytes
    kind: str = "image/png"

    @property
    def for_dialog(self) -> dict:
        return {"name": self.name, "mimeType": self.kind, "buffer": self.content}

    @property
    def for_script(self) -> list[str]:
        return [self.name, base64.b64encode(self.content).decode(), self.kind]


def picture(width: int) -> File:
    """A drawn ultrasound image, to be told from others by its width."""
    image = cv2.resize(draw(held_out_seeds("test")[1]).image, (width, HEIGHT))
    return File(f"image-{width}.png", cv2.imencode(".png", image)[1].tobytes())


# A visitor's file, in the browser: made of its name, its bytes and its kind.
_FILE = """const file = ([name, content, type]) =>
  new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name, { type });"""
_DRAGGED = f"""(files) => {{
  {_FILE}
  const data = new DataTransfer();
  for (const one of files) data.items.add(file(one));
  return data;
}}"""
_COPY = f"""async (one) => {{
  {_FILE}
  const copied = file(one);
  await navigator.clipboard.write([new ClipboardItem({{ [copied.type]: copied }})]);
}}"""


def drop(page: Page, *files: File, on: str = PLACE) -> None:
    """Drops files: the events that a browser sends, with a DataTransfer that holds them."""
    data = page.evaluate_handle(_DRAGGED, [one.for_script for one in files])
    for name in ("dragenter", "dragover", "drop"):
        page.dispatch_event(on, name, {"dataTransfer": data})


def drop_from_desktop(page: Page, path: Path) -> None:
    """Drops a file as the operating system would, by Chromium's own protocol."""
    page.locator(PLACE).scroll_into_view_if_needed()
    box = page.locator(PLACE).bounding_box()
    where = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, **where, "data": data})


def paste(page: Page, file: File) -> None:
    """Copies an image, and presses Ctrl+V."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.bring_to_front()
    page.evaluate(_COPY, file.for_script)
    page.keyboard.press("Control+V")


def upload(page: Page, file: File) -> None:
    """Chooses a file in the dialog."""
    page.locator(FIELD).set_input_files([file.for_dialog])


def clear(page: Page) -> None:
    """Presses the cross, where there is one."""
    cross = page.locator(".chosen .icon-button-wrapper button")
    if cross.count():
        cross.first.click()


class Requests:
    """What a page has asked of the server."""

    def __init__(self, page: Page) -> None:
        """Counts from now on."""
        self.page, self.asked = page, []
        page.on("request", lambda request: self.asked.append(request.url))

    def wait_for_rest(self, quiet: int = 800, longest: int = 20_000) -> None:
        """Waits until nothing has been asked for `quiet` milliseconds; fails if that does not come in `longest`."""
        waited = 0
        while waited < longest:
            before = len(self.asked)
            self.page.wait_for_timeout(quiet)
            if len(self.asked) == before:
                return
            waited += quiet
        raise AssertionError(f"the page goes on asking: {self.asked[-6:]}")

    def in_six_seconds(self) -> list[str]:
        """What is asked in six seconds with nobody touching."""
        before = len(self.asked)
        self.page.wait_for_timeout(6000)
        return self.asked[before:]


def expect_answer(page: Page, words: Words, width: int, height: int = HEIGHT) -> None:
    """The picker shows the picture of that size, and the tabs are about it."""
    detail = words("prediction.given_detail", width=width, height=height)
    expect(page.locator("#tab-prediction .pair figcaption small").first).to_have_text(detail, timeout=60_000)
    expect(page.locator(".chosen .image-frame img")).to_have_js_property("naturalWidth", width)


def expect_nothing_chosen(page: Page) -> None:
    expect(page.locator("#tab-prediction .invitation")).to_have_count(1, timeout=60_000)
    expect(page.locator("#tab-prediction .result")).to_have_count(0)
    expect(page.locator(".chosen img")).to_have_count(0)
