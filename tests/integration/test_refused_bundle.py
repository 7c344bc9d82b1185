"""What the pages say of a bundle of the Hub that was refused."""

from busi.serving.workshop import open_workshop
from busi.web.pages import build_pages
from tests.support.markup import parsed


def test_a_refused_bundle_puts_a_banner_on_both_pages(hub):
    pages = build_pages(open_workshop("atelier/my-bundle"))
    alerts = [parsed(str(frame.before)).select("[role=alert].banner") for frame in pages.frames.values()]
    assert len(alerts) == 2 and all("my-bundle" in alert.get_text() for (alert,) in alerts)
