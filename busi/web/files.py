"""The files of the pages, by their way from this package: markup, looks, scripts."""

from pathlib import Path

from busi.system.places import folder_of

WEB = folder_of("busi.web")
# Looks that stand in the page itself, since the first screen is painted before Gradio has come.
FRAME_STYLES = ("frame/frame.css", "tabs/welcome/tab.css")


def read(*names: str) -> str:
    """Text files of the pages, joined.

    Args:
        names: each the way from `busi/web`, as "tabs/data/tab.js".

    Raises:
        FileNotFoundError: if there is no such file.
    """
    return "\n".join((WEB / name).read_text(encoding="utf-8") for name in names)


def style_sheets() -> list[Path]:
    """All style sheets that Gradio brings, that of the whole page first."""
    first = WEB / "style.css"
    return [first, *sorted(set(WEB.rglob("*.css")) - {first, *(WEB / name for name in FRAME_STYLES)})]
