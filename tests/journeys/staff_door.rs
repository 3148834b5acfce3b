//! Someone who works here comes in: a first password, the app, a recovery code, too many wrong
//! passwords, and the screen that is locked.

use anteroom::app::people;
use anteroom::domain::id::LoginId;
use anteroom::store::access;
use data_encoding::BASE32_NOPAD;

use crate::support::browser::{Browser, select, text};
use crate::support::{ADDRESS, World};

const PASSWORD: &str = "seven green apples sing";

/// What the app shows now.
fn app_code(world: &World, secret: &[u8]) -> String {
    let app = totp_rs::Builder::new().with_secret(secret.to_vec()).build();
    let now = u64::try_from(world.in_hours(0).as_second()).expect("after 1970");
    app.expect("an app").generate(now).to_string()
}

/// What someone who set up the app has: the secret in it, and the codes on paper.
struct Kept {
    email: String,
    secret: Vec<u8>,
    recovery: Vec<String>,
}

/// The first link sets a password and the app; the codes on paper are shown once.
async fn first_day(world: &World, who: LoginId) -> Kept {
    let console = people::console("anteroom user");
    let link = people::renew_link(&world.clinic, &console, who, false).expect("a link");
    let mut browser = world.browser();
    let path = link.url.strip_prefix(ADDRESS).expect("our address");
    browser.visit(path).await;
    browser.fill("New password", PASSWORD);
    browser.press("Go on").await;
    assert!(browser.says("Set up your phone"), "{}", browser.words());
    let page = browser.page();
    let typed = page.select(&select("code")).next().expect("the secret");
    let typed: String = text(&typed).split_whitespace().collect();
    let secret = BASE32_NOPAD.decode(typed.as_bytes()).expect("base 32");
    browser.fill("6 digits", &app_code(world, &secret));
    browser.press("Go on").await;
    assert!(browser.says("Keep these codes"), "{}", browser.words());
    let page = browser.page();
    let recovery: Vec<String> = page
        .select(&select(".codes code"))
        .map(|c| text(&c).trim().to_owned())
        .collect();
    assert_eq!(recovery.len(), 10, "{recovery:?}");
    let email = link.login.email.expect("an address").as_str().to_owned();
    Kept {
        email,
        secret,
        recovery,
    }
}

/// E-mail and password.
async fn give_password(browser: &mut Browser, email: &str, password: &str) {
    browser.visit("/staff/sign-in").await;
    browser.fill("Email address", email);
    browser.fill("Password", password);
    browser.press("Sign in").await;
}

async fn give_code(browser: &mut Browser, code: &str) {
    browser.fill("Code from the app", code);
    browser.press("Sign in").await;
}

#[tokio::test]
async fn the_password_and_the_app_open_the_door_and_each_code_only_once() {
    let world = World::new();
    let kept = first_day(&world, world.seeded.front_desk).await;
    world.clock.forward_min(2);
    let mut desk = world.browser();
    give_password(&mut desk, &kept.email, PASSWORD).await;
    assert!(desk.says("Enter your code"), "{}", desk.words());
    let code = app_code(&world, &kept.secret);
    let other = if code == "000000" { "111111" } else { "000000" };
    give_code(&mut desk, other).await;
    assert_eq!(desk.status(), 422);
    assert!(desk.says("That does not match. Check it and try again."));
    give_code(&mut desk, &code).await;
    assert_eq!((desk.status(), desk.path()), (200, "/staff"));
    // Whoever looked over the shoulder comes too late.
    let mut second = world.browser();
    give_password(&mut second, &kept.email, PASSWORD).await;
    give_code(&mut second, &code).await;
    assert_eq!(second.status(), 422, "{}", second.words());
    second.visit("/staff").await;
    assert!(second.path().starts_with("/staff/sign-in"));
}

#[tokio::test]
async fn a_recovery_code_lets_in_once() {
    let world = World::new();
    let kept = first_day(&world, world.seeded.front_desk).await;
    let left = || {
        let read = |rows: &anteroom::store::Reader| access::login(rows, world.seeded.front_desk);
        let login = world.clinic.store.read(read).expect("a read");
        login.expect("the access").recovery.len()
    };
    assert_eq!(left(), 10);
    let code = &kept.recovery[3];
    let mut desk = world.browser();
    give_password(&mut desk, &kept.email, PASSWORD).await;
    // As it is typed in a hurry.
    give_code(&mut desk, &code.to_lowercase().replace('-', " ")).await;
    assert_eq!((desk.status(), desk.path()), (200, "/staff"));
    assert_eq!(left(), 9);
    let mut again = world.browser();
    give_password(&mut again, &kept.email, PASSWORD).await;
    give_code(&mut again, code).await;
    assert_eq!(again.status(), 422, "{}", again.words());
    assert_eq!(left(), 9);
    give_code(&mut again, &kept.recovery[4]).await;
    assert_eq!((again.status(), again.path()), (200, "/staff"));
    assert_eq!(left(), 8);
}

#[tokio::test]
async fn too_many_wrong_passwords_shut_the_door_for_a_minute() {
    let world = World::new();
    let kept = first_day(&world, world.seeded.front_desk).await;
    let mut guesser = world.browser();
    for _ in 0..6 {
        give_password(&mut guesser, &kept.email, "a guess").await;
        assert_eq!(guesser.status(), 422);
        assert!(guesser.says("That does not match."), "{}", guesser.words());
    }
    // Now even the right one is not looked at, and a stranger's address is answered alike.
    let shut = "Too many tries. Try again at 8:56am.";
    give_password(&mut guesser, &kept.email, PASSWORD).await;
    assert!(guesser.says(shut), "{}", guesser.words());
    for _ in 0..6 {
        give_password(&mut guesser, "nobody@example.org", "a guess").await;
    }
    give_password(&mut guesser, "nobody@example.org", "a guess").await;
    assert!(guesser.says(shut), "{}", guesser.words());
    world.clock.forward_min(1);
    give_password(&mut guesser, &kept.email, PASSWORD).await;
    assert!(guesser.says("Enter your code"), "{}", guesser.words());
}

#[tokio::test]
async fn a_locked_screen_shows_nothing_until_the_password() {
    let world = World::new();
    let kept = first_day(&world, world.seeded.front_desk).await;
    let mut desk = world.browser();
    give_password(&mut desk, &kept.email, PASSWORD).await;
    give_code(&mut desk, &kept.recovery[0]).await;
    desk.visit("/staff/lock").await;
    desk.press("Lock now").await;
    assert!(desk.says("This screen is locked"), "{}", desk.words());
    desk.visit("/staff/patients").await;
    assert!(desk.path().starts_with("/staff/lock"), "{}", desk.path());
    assert!(!desk.says("Haddad"));
    desk.fill("Password", "a guess");
    desk.press("Unlock").await;
    assert_eq!(desk.status(), 422);
    desk.visit("/staff").await;
    assert!(desk.path().starts_with("/staff/lock"), "still locked");
    // The page that was asked for is the one that opens.
    desk.visit("/staff/patients").await;
    desk.fill("Password", PASSWORD);
    desk.press("Unlock").await;
    assert_eq!((desk.status(), desk.path()), (200, "/staff/patients"));
    assert!(desk.says("Haddad"), "{}", desk.words());
}
