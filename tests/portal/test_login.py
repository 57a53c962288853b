import base64
from datetime import timedelta

from sqlalchemy import text

from billing.portal_sessions import IDLE_LIFE
from storage.secrets import sent_code
from tenancy.login_attempts import FAILURES_MAX, FAILURES_WITHIN
from tests.fixtures.isps import PASSWORD, World
from tests.portal.browsers import Browser
from tests.portal.conftest import Clock, Visit, host_of, log_in


def last_code(isp: World) -> str:
    with isp.transaction() as session:
        client_id, sealed = session.execute(
            text("""SELECT recipient_id, payload ->> 'sealed_code' FROM outbox
                     WHERE event = 'code.sent' ORDER BY id DESC LIMIT 1""")
        ).one()
    context = sent_code(isp.tenant_id, f"client:{client_id}")
    return isp.keys.open(base64.b64decode(sealed), context).decode()


async def is_in(browser: Browser) -> bool:
    return (await browser.open("/portal/")).path == "/portal/"


async def test_who_is_not_logged_in_is_asked_to(isp: World, visit: Visit) -> None:
    browser = await visit()
    for path in ("/portal/", "/portal/bills", "/portal/usage", "/portal/account"):
        assert (await browser.open(path)).path == "/portal/login"


async def test_a_client_logs_in_and_out(isp: World, visit: Visit) -> None:
    isp.connection("rahim")
    browser = await visit()
    home = await log_in(browser)
    assert (home.path, home.status) == ("/portal/", 200)
    assert "Hello, Rahim Uddin" in home.text
    await browser.open("/portal/account")
    await browser.press("Log out")
    assert not await is_in(browser)


async def test_a_wrong_password_says_what_to_do_and_keeps_the_name(
    isp: World, visit: Visit
) -> None:
    isp.connection("rahim")
    page = await log_in(browser := await visit(), password="guess")
    assert page.status == 422
    assert "Check them, or let us send you a code." in page.text
    assert 'value="rahim"' in page.html
    assert "guess" not in page.html
    assert not await is_in(browser)


async def test_a_client_logs_in_by_a_code(isp: World, visit: Visit) -> None:
    client_id = isp.client(phone="01711000042").client_id
    isp.connection("rahim", client_id=client_id)
    browser = await visit()
    await browser.open("/portal/login")
    page = await browser.press("Send me a one-time code", name="+880 1711 000042")
    assert "a code is on its way" in page.text
    home = await browser.press("Log in", proof=last_code(isp))
    assert home.path == "/portal/"


async def test_nobody_learns_whose_name_is_a_clients(isp: World, visit: Visit) -> None:
    isp.connection("rahim")
    pages = []
    for name in ("rahim", "nobody"):
        browser = await visit()
        await browser.open("/portal/login")
        page = await browser.press("Send me a one-time code", name=name)
        wrong = await browser.press("Log in", proof="000001")
        pages.append((page.text, page.status, wrong.text, wrong.status))
    assert pages[0] == pages[1]


async def test_after_five_failures_the_right_password_waits(
    isp: World, visit: Visit, clock: Clock
) -> None:
    isp.connection("rahim")
    browser = await visit()
    for _ in range(FAILURES_MAX):
        await log_in(browser, password="guess")
    page = await log_in(browser)
    assert page.status == 429
    assert "Try again after 10 March 2026, 18:15" in page.text
    clock.passes(FAILURES_WITHIN)
    assert (await log_in(browser)).path == "/portal/"


async def test_cookies_are_kept_from_scripts_and_other_sites(isp: World, visit: Visit) -> None:
    isp.connection("rahim")
    browser = await visit()
    page = await browser.open("/portal/login")
    form = page.forms[-1]
    said = {**form.fields, "name": "rahim", "proof": str(PASSWORD)}
    answer = await browser.ask("POST", "/portal/login", said)
    cookies = answer.headers.getall("Set-Cookie")  # type: ignore[attr-defined]
    [session] = [cookie for cookie in cookies if cookie.startswith("client=")]
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(session.split("; "))
    assert "Domain" not in session


async def test_a_session_planted_before_the_login_is_worth_nothing(
    isp: World, visit: Visit
) -> None:
    isp.connection("rahim")
    browser = await visit()
    await log_in(browser)
    first = browser.cookies()["client"]
    await browser.open("/portal/account")
    await browser.press("Log out")
    await log_in(browser)
    assert browser.cookies()["client"] != first


async def test_a_session_of_one_isp_is_nobodys_at_another(
    isp: World, other_isp: World, visit: Visit
) -> None:
    isp.connection("rahim")
    browser = await visit()
    await log_in(browser)
    await visit(other_isp)
    browser.headers["Host"] = host_of(other_isp)
    assert not await is_in(browser)


async def test_a_session_ends_when_nobody_comes_back(
    isp: World, visit: Visit, clock: Clock
) -> None:
    isp.connection("rahim")
    browser = await visit()
    await log_in(browser)
    clock.passes(IDLE_LIFE - timedelta(seconds=1))
    assert await is_in(browser)
    clock.passes(IDLE_LIFE)
    assert not await is_in(browser)


async def test_a_form_of_another_site_does_nothing(isp: World, visit: Visit) -> None:
    isp.connection("rahim")
    browser = await visit()
    await log_in(browser)
    for said in ({}, {"form": ""}, {"form": "x" * 32}, {"form": "é"}):
        page = await browser.ask("POST", "/portal/logout", said)
        assert page.status == 403
        assert "too old" in page.text
    fields = (await browser.open("/portal/account")).forms[-1].fields
    page = await browser.ask("POST", "/portal/logout", fields, Origin="https://evil.example")
    assert page.status == 403
    assert await is_in(browser)


async def test_the_language_is_chosen_before_the_login_and_kept_with_the_client(
    isp: World, visit: Visit
) -> None:
    isp.connection("rahim")
    browser = await visit(language="bn")
    page = await browser.open("/portal/login")
    assert "ইউজারনেম বা ফোন নম্বর" in page.text
    await browser.press("English")
    await log_in(browser)
    await browser.press("বাংলা")
    await browser.open("/portal/account")
    again = await visit()  # in another browser, which says English
    await log_in(again)
    assert "স্বাগতম" in (await again.open("/portal/")).text


async def test_nobody_is_sent_elsewhere_by_the_choice_of_a_language(
    isp: World, visit: Visit
) -> None:
    browser = await visit()
    fields = (await browser.open("/portal/login")).forms[0].fields
    for back in ("//evil.example", "https://evil.example", "/a\r\nX: y", "/\\evil.example", ""):
        said = {**fields, "language": "en", "back": back}
        answer = await browser.ask("POST", "/portal/language", said)
        assert answer.headers["Location"] == "/portal/"


async def test_signs_that_no_name_has_are_no_failure_of_ours(isp: World, visit: Visit) -> None:
    browser = await visit()
    for name in ("\0", "é" * 400, "'; --", "%00", "\ud7ff", "٠١٢"):
        page = await log_in(browser, name)
        assert page.status in {422, 429}
