"""What the pages promise about visitors' data, and what they say of a bundle that was refused."""

from busi.server.uploads import LOOKS, STAYS
from busi.web.pages import launch_settings


def test_privacy_settings(pages):
    settings = launch_settings()
    assert settings["run_history"] is False and settings["enable_monitoring"] is False
    assert pages.analytics_enabled is False
    assert pages.delete_cache is None, "it goes by the clock, which may jump"
    assert STAYS + LOOKS <= 3600, "the page promises that files are erased within an hour"
