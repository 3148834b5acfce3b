//! Two pages of the settings that take in something foreign: a file for the logo, and the answers of
//! a mail server.

use anteroom::domain::account::Role;
use poem::http::Method;

use crate::outbox::peer::Peer;
use crate::support::World;
use crate::support::browser::Browser;
use crate::support::form::{PageForm, forms};

const LOOK: &str = "/staff/settings/look";
const MAIL: &str = "/staff/settings/mail";
/// The smallest whole PNG: one transparent point.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";

async fn form(browser: &mut Browser, path: &str, button: &str) -> PageForm {
    browser.visit(path).await;
    shown(browser, path, button)
}

fn shown(browser: &Browser, path: &str, button: &str) -> PageForm {
    let all = forms(&browser.page());
    let fits = |f: &PageForm| {
        f.action == path && f.fields.iter().any(|x| x.name == "do" && x.value == button)
    };
    all.into_iter().find(fits).expect("the form of the page")
}

/// A form with a file, as a browser sends it; `end` closes it.
fn multipart(
    form: &[(String, String)],
    file: &str,
    kind: &str,
    bytes: &[u8],
    end: &str,
) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in form {
        let part =
            format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--edge\r\ncontent-disposition: form-data; name=\"logo\"; filename=\"{file}\"\r\n\
         content-type: {kind}\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(end.as_bytes());
    body
}

/// The form that is shown, once more with its button, and with some fields filled in anew.
fn refilled(browser: &Browser, button: &str, fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut pairs = shown(browser, LOOK, button).pairs();
    for (name, value) in fields {
        pairs.retain(|(known, _)| known != name);
        pairs.push(((*name).to_owned(), (*value).to_owned()));
    }
    pairs
}

const END: &str = "\r\n--edge--\r\n";

#[allow(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn a_logo_is_a_picture_by_its_content_and_nothing_else() {
    let world = World::new();
    let mut owner = world.signed_in(Role::Owner).await;
    let page = form(&mut owner, LOOK, "publish").await;
    let kind = "multipart/form-data; boundary=edge";
    let script = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>";
    let large = [PNG, &vec![0; 600 * 1024]].concat();
    let huge = [PNG, &vec![0; 5 * 1024 * 1024]].concat();
    for (what, file, says, bytes, end, status) in [
        (
            "a script",
            "logo.svg",
            "image/svg+xml",
            &script[..],
            END,
            422,
        ),
        (
            "a script that says it is a picture",
            "logo.png",
            "image/png",
            &script[..],
            END,
            422,
        ),
        (
            "a page",
            "logo.png",
            "image/png",
            b"<!doctype html><script>alert(1)</script>",
            END,
            422,
        ),
        (
            "an animation",
            "logo.gif",
            "image/gif",
            b"GIF89a....",
            END,
            422,
        ),
        (
            "a program",
            "../../logo.png",
            "image/png",
            b"\x7fELF\x02\x01",
            END,
            422,
        ),
        (
            "half a mebibyte and more",
            "logo.png",
            "image/png",
            &large[..],
            END,
            422,
        ),
        (
            "more than any form",
            "logo.png",
            "image/png",
            &huge[..],
            END,
            413,
        ),
        (
            "a form that breaks off",
            "logo.png",
            "image/png",
            PNG,
            "",
            400,
        ),
    ] {
        let body = multipart(&page.pairs(), file, says, bytes, end);
        assert_eq!(owner.post_bytes(LOOK, kind, body).await, status, "{what}");
        if status == 422 {
            assert!(
                owner.html().contains("href=\"#logo\""),
                "{what}: {}",
                owner.words()
            );
            assert!(!owner.html().contains("<script>alert"), "{what}");
        }
        let logo = owner.raw(Method::GET, "/logo", None, &[]).await;
        assert_eq!(logo, 404, "{what} became the logo");
    }
    // What is only shown is nobody's logo yet, and comes back with the form: it need not be chosen again.
    let own = ("sample", "own");
    owner.visit(LOOK).await;
    let shown = refilled(&owner, "preview", &[own, ("colour", "#1c5db0")]);
    let body = multipart(&shown, "logo.png", "image/png", PNG, END);
    assert_eq!(owner.post_bytes(LOOK, kind, body).await, 200);
    assert!(owner.html().contains("src=\"data:image/png;base64,"));
    let nothing =
        |fields: &[(String, String)]| multipart(fields, "", "application/octet-stream", b"", END);
    let wrong = refilled(&owner, "publish", &[own, ("colour", "blue")]);
    assert_eq!(owner.post_bytes(LOOK, kind, nothing(&wrong)).await, 422);
    let right = refilled(&owner, "publish", &[own, ("colour", "#1c5db0")]);
    assert_eq!(owner.raw(Method::GET, "/logo", None, &[]).await, 404);
    assert_eq!(owner.post_bytes(LOOK, kind, nothing(&right)).await, 303);
    assert_eq!(owner.raw(Method::GET, "/logo", None, &[]).await, 200);
    owner.visit(LOOK).await;
    assert!(!owner.html().contains("data:image"), "{}", owner.html());
    let none = refilled(&owner, "publish", &[("no-logo", "yes")]);
    assert_eq!(owner.post_bytes(LOOK, kind, nothing(&none)).await, 303);
    assert_eq!(owner.raw(Method::GET, "/logo", None, &[]).await, 404);
    // A field that was tampered with is no logo.
    owner.visit(LOOK).await;
    let script = data_encoding::BASE64.encode(script);
    let foreign = refilled(&owner, "publish", &[("logo-chosen", &script)]);
    assert_eq!(owner.post_bytes(LOOK, kind, nothing(&foreign)).await, 303);
    assert_eq!(owner.raw(Method::GET, "/logo", None, &[]).await, 404);
    // No file chosen is no change; a picture is one, whatever it is called.
    let none = multipart(&page.pairs(), "", "application/octet-stream", b"", END);
    assert_eq!(owner.post_bytes(LOOK, kind, none).await, 303);
    assert_eq!(owner.raw(Method::GET, "/logo", None, &[]).await, 404);
    let named = "\"><script>alert(1)</script>.html";
    let body = multipart(
        &page.pairs(),
        &named.replace('"', "%22"),
        "text/html",
        PNG,
        END,
    );
    assert_eq!(
        owner.post_bytes(LOOK, kind, body).await,
        303,
        "{}",
        owner.words()
    );
    let mut anybody = world.browser();
    assert_eq!(anybody.raw(Method::GET, "/logo", None, &[]).await, 200);
    assert_eq!(anybody.header("content-type"), "image/png");
    assert_eq!(anybody.header("x-content-type-options"), "nosniff");
    assert!(
        anybody
            .header("content-security-policy")
            .contains("default-src 'none'")
    );
    owner.visit(LOOK).await;
    assert!(!owner.html().contains("<script>alert"), "{}", owner.html());
}

#[allow(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mail_page_shows_what_the_server_said_and_what_it_likely_means() {
    let world = World::new();
    let mut owner = world.signed_in(Role::Owner).await;
    let page = form(&mut owner, MAIL, "test").await;
    let (plain, locked) = (Peer::start(), Peer::with(&["--login", "desk:open sesame"]));
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let closed = free.local_addr().expect("a port").port();
    drop(free);
    for (port, security, user, password, to, says) in [
        (plain.port, "plain", "", "", "ok@mail.example", "It works"),
        (
            plain.port,
            "plain",
            "",
            "",
            "refuse@mail.example",
            "550 5.1.1 No such user here",
        ),
        (
            plain.port,
            "plain",
            "",
            "",
            "later@mail.example",
            "451 4.7.1 Greylisted, come back later",
        ),
        (
            plain.port,
            "starttls",
            "",
            "",
            "ok@mail.example",
            "It does not work yet",
        ),
        (
            locked.port,
            "plain",
            "desk",
            "wrong",
            "ok@mail.example",
            "535",
        ),
        (
            closed,
            "plain",
            "",
            "",
            "ok@mail.example",
            "It does not work yet",
        ),
    ] {
        let port = port.to_string();
        let typed = [
            ("host", "localhost"),
            ("port", &port),
            ("security", security),
            ("user", user),
            ("password", password),
            ("from", "desk@clinic.example"),
            ("to", to),
            ("do", "test"),
        ];
        let mut pairs = page.pairs();
        pairs.retain(|(n, _)| !typed.iter().any(|(t, _)| t == n));
        pairs.extend(typed.map(|(n, v)| (n.to_owned(), v.to_owned())));
        owner.post(MAIL, pairs).await;
        assert_eq!(owner.status(), 200, "{}", owner.words());
        assert!(owner.says(says), "{to} by {security}: {}", owner.words());
        // What was typed stands there still; the password does not.
        let kept = |name: &str, value: &str| {
            let all = forms(&owner.page()).into_iter().flat_map(|f| f.fields);
            all.into_iter().any(|f| f.name == name && f.value == value)
        };
        assert!(kept("port", &port) && kept("to", to), "{}", owner.html());
        assert!(password.is_empty() || !owner.html().contains(password));
    }
    assert_eq!(plain.mails().len(), 1, "one test mail arrived");
    assert!(
        world.clinic.current().settings.mail.is_none(),
        "a test keeps nothing"
    );
}
