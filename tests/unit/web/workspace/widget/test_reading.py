"""What a page says of why the widget does not show on it."""

from __future__ import annotations

import pytest

from web.workspace.widget.reading import Finding, Page, find_origin, look_at

OURS = "https://taller.turnero.example"
URL = "https://www.taller.mx/citas"
SITE = "https://www.taller.mx"
CODE = f'<script src="{OURS}/embed.js" async></script><turnero-widget></turnero-widget>'
LISTED, THERE = Finding.SITE_LISTED, Finding.CODE_THERE


def look(text=CODE, *, url=URL, sites=(SITE,), origins=(OURS,), **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return look_at(Page(url, named, text), origins=origins, sites=sites)


def policy(text, code=CODE):
    return look(code, content_security_policy=text)


def test_a_page_that_has_all_is_well():
    assert look() == (LISTED, THERE)
    assert all(each.is_good for each in look())


@pytest.mark.parametrize(
    ("url", "finding"),
    [
        ("https://www.taller.mx:443/x", LISTED),
        ("https://WWW.taller.mx/", LISTED),
        ("http://www.taller.mx/", Finding.SITE_MISSING),
        ("https://taller.mx/", Finding.SITE_MISSING),
        ("https://www.taller.mx:8443/", Finding.SITE_MISSING),
        (f"{OURS}/", LISTED),
    ],
)
def test_the_site_is_compared_as_browsers_do(url, finding):
    assert look(url=url)[0] is finding


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("", Finding.SCRIPT_MISSING),
        ("<script>embed.js</script><script src='/app.js'></script>", Finding.SCRIPT_MISSING),
        ("<turnero-widget></turnero-widget>", Finding.SCRIPT_MISSING),
        ("<script src='https://otro.example/embed.js'></script>", Finding.SCRIPT_ELSEWHERE),
        ("<script src='/embed.js'></script>", Finding.SCRIPT_ELSEWHERE),
        (f"<script src='{OURS}/embed.js?x=1'></script>", Finding.ELEMENT_MISSING),
        ("<SCRIPT SRC='//taller.turnero.example/embed.js'></SCRIPT><TURNERO-WIDGET>", THERE),
        (f"<!-- {CODE} -->", Finding.SCRIPT_MISSING),
        (f"<iframe src='{OURS}/embed/'></iframe>", Finding.FRAME_THERE),
        ("<iframe></iframe><a href", Finding.SCRIPT_MISSING),
    ],
)
def test_the_code_is_looked_for(text, finding):
    assert look(text) == (LISTED, finding)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "img-src 'none'",
        f"script-src {OURS}; frame-src {OURS}",
        "default-src *",
        "default-src https:",
        "default-src 'none'; script-src *.turnero.example; child-src https://*.turnero.example:443",
        "script-src http://taller.turnero.example:*; frame-src TALLER.turnero.example/embed",
        f"script-src-elem {OURS}; script-src 'none'; frame-src {OURS}",
        f"frame-src {OURS}; frame-src 'none'",
    ],
)
def test_policies_that_let_us_in(text):
    assert policy(text) == (LISTED, THERE)


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("script-src 'self'", (Finding.SCRIPT_BLOCKED,)),
        ("frame-src 'none'", (Finding.FRAME_BLOCKED,)),
        ("frame-src", (Finding.FRAME_BLOCKED,)),
        ("default-src 'self'", (Finding.SCRIPT_BLOCKED, Finding.FRAME_BLOCKED)),
        ("script-src *.example.mx; child-src https://turnero.example", (Finding.SCRIPT_BLOCKED, Finding.FRAME_BLOCKED)),
        ("frame-src wss://taller.turnero.example", (Finding.FRAME_BLOCKED,)),
        ("frame-src https://taller.turnero.example:8443", (Finding.FRAME_BLOCKED,)),
        ("script-src 'strict-dynamic' https:", (Finding.SCRIPT_BLOCKED,)),
        ("script-src 'nonce-abc'", (Finding.SCRIPT_BLOCKED,)),
        (f"default-src {OURS}, frame-src 'self'", (Finding.FRAME_BLOCKED,)),
    ],
)
def test_policies_that_keep_us_out(text, findings):
    assert policy(text) == (LISTED, THERE, *findings)


def test_a_nonce_that_the_script_carries_counts():
    code = CODE.replace("<script ", "<script nonce='abc' ")

    assert policy("script-src 'nonce-abc' 'strict-dynamic'", code) == (LISTED, THERE)
    assert policy("script-src 'nonce-xyz' 'strict-dynamic'", code) == (LISTED, THERE, Finding.SCRIPT_BLOCKED)


def test_a_policy_in_the_page_counts_as_well():
    meta = "<meta http-equiv='Content-Security-Policy' content=\"frame-src 'none'\">"

    assert look(meta + CODE) == (LISTED, THERE, Finding.FRAME_BLOCKED)
    assert look("<meta name='x' content='y'>" + CODE) == (LISTED, THERE)


def test_a_frame_needs_no_script():
    frame = f"<iframe src='{OURS}/embed/'></iframe>"

    assert policy(f"script-src 'self'; frame-src {OURS}", frame) == (LISTED, Finding.FRAME_THERE)


def test_an_isolated_page_is_named():
    for sent in ("require-corp", "credentialless", 'credentialless; report-to="x"'):
        assert look(cross_origin_embedder_policy=sent) == (LISTED, THERE, Finding.ISOLATED)
    assert look(cross_origin_embedder_policy="unsafe-none") == (LISTED, THERE)


@pytest.mark.parametrize(
    "broken",
    [
        "<iframe src='https://[x/'></iframe>",
        "<iframe src='https://otro.example:99999/'></iframe>",
        "<script src='//[/embed.js'></script>",
        "<script src='https://otro.example:x/app.js'></script>",
        "<![endif><![x y]><!x>",
        "<![>",
    ],
)
def test_what_is_broken_on_a_page_is_passed_over(broken):
    assert look(broken + CODE) == (LISTED, THERE)
    assert look(CODE + broken) == (LISTED, THERE)


def test_our_own_site_is_self():
    assert look(url=f"{OURS}/", content_security_policy="default-src 'self'") == (LISTED, THERE)


def test_origins_have_a_port_where_it_is_not_the_usual_one():
    assert [find_origin(each) for each in ("http://a.mx:80/x", "https://a.mx:80", "https://A.mx?x")] == [
        "http://a.mx",
        "https://a.mx:80",
        "https://a.mx",
    ]
