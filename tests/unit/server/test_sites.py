"""busi/server/hosts.py before an app that permits everything."""

import httpx
import pytest

from busi.server.hosts import Sites
from tests.support.running import awaited

ALLOWED = {"access-control-allow-origin": "*", "Access-Control-Allow-Credentials": "true"}


async def permissive(scope, receive, send):
    shown = repr(sorted(scope["headers"])).encode()
    headers = [(name.encode(), value.encode()) for name, value in ALLOWED.items()] + [(b"x-own", b"kept")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": shown})


def ask(app, method="GET", path="/", host="workshop.example", **headers: str) -> httpx.Response:
    return ask_with(app, method, path, [("Host", host), *((k.replace("_", "-"), v) for k, v in headers.items())])


def ask_with(app, method, path, headers: list[tuple[str, str]]) -> httpx.Response:
    async def once():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ignored") as client:
            return await client.request(method, path, headers=headers)

    return awaited(once())


def test_no_answer_permits_another_site_to_read_it():
    answer = ask(Sites(permissive), Origin="https://evil.example")
    assert answer.status_code == 200 and answer.headers["x-own"] == "kept"
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "https://workshop.example.evil.example",
        "https://workshop.example:8443",
        "x",
        "ftp://a",
    ],
)
def test_what_another_site_sends_is_refused(origin):
    for method in ("POST", "OPTIONS", "DELETE"):
        assert ask(Sites(permissive), method, Origin=origin).status_code == 403
    assert ask(Sites(permissive), Origin=origin).status_code == 200, "a link from elsewhere may be followed"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_browser_that_names_no_origin_but_another_site_is_refused(site):
    assert ask(Sites(permissive), "POST", Sec_Fetch_Site=site).status_code == 403
    assert ask(Sites(permissive), "POST", Sec_Fetch_Site="same-origin").status_code == 200


@pytest.mark.parametrize(
    ("origin", "headers"),
    [
        ("https://workshop.example", {}),
        ("http://workshop.example:80", {}),
        ("https://workshop.example", {"host": "workshop.example:443"}),
        ("https://name-room.hf.space", {"host": "10.1.2.3:7860", "X_Forwarded_Host": "name-room.hf.space"}),
        ("http://127.0.0.1:7860", {"host": "127.0.0.1:7860"}),
        ("http://[::1]:7860", {"host": "[::1]:7860"}),
    ],
)
def test_the_page_itself_may_send_also_in_a_space_s_frame(origin, headers):
    assert ask(Sites(permissive), "POST", Origin=origin, **headers).status_code == 200


def test_a_space_and_a_public_link_are_known_whatever_the_proxy_before_them_says():
    app = Sites(permissive, hosts=["name-room.hf.space"], shared=lambda: "abc.gradio.live")
    for origin in ("https://name-room.hf.space", "https://abc.gradio.live"):
        assert ask(app, "POST", host="10.0.0.7:7860", Origin=origin).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        [("Host", "a.example"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Host", "a.example")],
        [("Host", "a.example"), ("Host", "b.example")],
        [("Host", "a.example"), ("X-Forwarded-Proto", "https"), ("x-forwarded-proto", "http")],
        [("Host", "a.example"), ("Origin", "http://a.example"), ("Origin", "http://b.example")],
        [("Host", 'a.example"><script>')],
        [("Host", "a b")],
        [("Host", "a.example"), ("X-Forwarded-Host", "a/b")],
        [("Host", "")],
    ],
)
def test_a_request_has_one_host_that_is_one(headers):
    assert ask_with(Sites(permissive), "GET", "/", headers).status_code == 400


def test_of_a_chain_of_proxies_the_first_is_believed_and_what_servers_say_among_themselves_is_not():
    headers = {"X_Forwarded_Host": "out.example, in.example", "X_Gradio_Server": "http://evil.example"}
    shown = ask(Sites(permissive), **headers).text
    assert "(b'x-forwarded-host', b'out.example')" in shown and "evil" not in shown


def test_where_hosts_are_known_others_are_not_served():
    app = Sites(permissive, hosts=["Workshop.example"])
    assert ask(app, host="workshop.example:7860").status_code == 200
    assert ask(app, host="localhost:7860").status_code == 200
    assert ask(app, host="10.2.3.4").status_code == 200, "a platform asks an address whether the app is well"
    refused = ask(app, host="evil.example")
    assert refused.status_code == 421 and "BUSI_HOSTS" in refused.text


def test_an_app_that_is_not_well_says_so_at_every_door():
    well = [True]
    app = Sites(permissive, healthy=lambda: well[0])
    assert ask(app, path="/health").text == "ok"
    well[0] = False
    assert {ask(app, path=path).status_code for path in ("/", "/health", "/config")} == {503}
