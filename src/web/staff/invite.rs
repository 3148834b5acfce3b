//! An invitation, made in one click: a code on the screen for the patient's phone, a mail, a letter,
//! or words to send by hand. The secret is shown here and kept nowhere, so the page answers the
//! click itself.

use maud::{Markup, html};

use super::person::path;
use crate::app::enrolment::{self, Invitation};
use crate::app::outbox::ByHand;
use crate::app::{charts, invitations};
use crate::domain::id::PatientId;
use crate::domain::patient::Patient;
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::outbox::render;
use crate::t;
use crate::text::{Language, Text, phone};
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::banner::banner;
use crate::web::ui::button::{Button, Weight, actions, back_link};
use crate::web::ui::card::card;
use crate::web::ui::field::Field;
use crate::web::ui::icon::Icon;
use crate::web::ui::page::Script;
use crate::web::ui::panel::interruption;
use crate::web::ui::progress::big_code;
use crate::web::ui::qr::qr;
use crate::web::ui::tag::Tone;
use crate::web::ui::text::theirs;

/// `POST /staff/patients/{patient}/invitation`: makes one and shows it.
pub fn submit(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["mail"])?;
    let by_mail = form.has("mail");
    let id: PatientId = ctx.param("patient")?;
    let made = enrolment::invite(&ctx.clinic, &ctx.caller(), id, by_mail);
    let invitation = match made.map_err(Trouble::from) {
        Ok(invitation) => invitation,
        // Without a birth date there is nothing to prove it with: ask for it, then come back.
        Err(Trouble::Refused(Refused::NoBirthDate)) => {
            let to = path(id, "details?need=birth-date");
            return Ok(Reply::see_other(&to));
        }
        Err(other) => return Err(other),
    };
    let patient = charts::patient(&ctx.clinic, &ctx.caller(), invitation.patient)?;
    ctx.saw([patient.id]);
    let mut reply = Reply::page(view(ctx, &patient, &invitation));
    reply.compress = false;
    Ok(reply)
}

fn view(ctx: &Ctx, patient: &Patient, invitation: &Invitation) -> Markup {
    let text = ctx.text;
    let title = t!(text, "invite-title", name = patient.name().full());
    let body = html! {
        (back_link(&path(patient.id, ""), &t!(text, "chart-back")))
        h1 { (title) }
        @if invitation.mailed {
            (banner(Tone::Ok, &t!(text, "invite-mailed"), &html! {
                @if let Some(email) = &patient.email { p { bdi dir="ltr" { (email.as_str()) } } }
            }))
        }
        div.split.even {
            (screen(ctx, invitation))
            div.stack { (by_mail(ctx, patient, invitation)) (by_letter(ctx, patient, invitation)) (by_hand(ctx, patient, invitation)) }
        }
    };
    let extra = Extra {
        scripts: &[Script("copy.js")],
        ..Extra::default()
    };
    layout::staff(ctx, Rail::Patients, &title, extra, body)
}

fn screen(ctx: &Ctx, invitation: &Invitation) -> Markup {
    let text = ctx.text;
    let until = ctx.when().date(invitation.expires_at);
    card(
        Some(&t!(text, "invite-scan")),
        &html! {
            (qr(&invitation.url, &t!(text, "invite-qr-label")))
            ol {
                li { (t!(text, "invite-step-camera")) }
                li { (t!(text, "invite-step-open")) }
                li { (t!(text, "invite-step-birth")) }
            }
            p.muted { (t!(text, "invite-until", date = until)) }
        },
    )
}

fn by_mail(ctx: &Ctx, patient: &Patient, invitation: &Invitation) -> Markup {
    let text = ctx.text;
    let (send, token) = (t!(text, "invite-send-mail"), ctx.token());
    let Some(email) = &patient.email else {
        return html! {};
    };
    if invitation.mailed {
        return html! {};
    }
    card(
        Some(&t!(text, "invite-by-mail")),
        &html! {
            @if ctx.clinic.sends_mail() {
                p { (t!(text, "invite-by-mail-explain", address = email.as_str())) }
                (Button::secondary(&send).icon(Icon::Mail)
                    .post(&path(patient.id, "invitation"), &token, &[("mail", "yes")]))
            } @else {
                p { (t!(text, "invite-no-mail")) }
                @if ctx.may(Permission::ManageSettings) {
                    p { a href="/staff/settings/mail" { (t!(text, "mailserver-title")) } }
                }
            }
        },
    )
}

fn by_letter(ctx: &Ctx, patient: &Patient, invitation: &Invitation) -> Markup {
    let text = ctx.text;
    let (print, token) = (t!(text, "invite-print"), ctx.token());
    let secret = invitation.url.rsplit('/').next().unwrap_or_default();
    card(
        Some(&t!(text, "invite-by-letter")),
        &html! {
            p { (t!(text, "invite-by-letter-explain")) }
            (Button::secondary(&print).icon(Icon::Printer).post(
                &path(patient.id, "invitation/letter"),
                &token,
                &[("token", secret), ("code", &invitation.code)],
            ))
        },
    )
}

/// The words for a phone, in the patient's language. Where the clinic's address works only inside
/// the building, they carry its phone instead.
fn short(ctx: &Ctx, patient: &Patient, invitation: &Invitation) -> String {
    let settings = &ctx.current.settings;
    let text = words_for(ctx, patient);
    let clinic = settings.profile.name.as_str();
    let first = t!(text, "mail-short-invitation", clinic = clinic);
    let second = match &settings.profile.phone {
        Some(number) if settings.lan_only => {
            let shown = phone::format(number, &settings.profile.country);
            t!(text, "mail-short-call", phone = shown)
        }
        _ => t!(text, "mail-short-open", link = invitation.url.as_str()),
    };
    format!("{first}\n{second}")
}

fn words_for(ctx: &Ctx, patient: &Patient) -> Text {
    let language = patient.language.as_deref();
    let language = language.and_then(Language::from_tag);
    let clinics = ctx.current.settings.profile.language.as_str();
    Text::new(language.unwrap_or_else(|| Language::from_tag_or_english(clinics)))
}

fn by_hand(ctx: &Ctx, patient: &Patient, invitation: &Invitation) -> Markup {
    let text = ctx.text;
    let (copy, open) = (t!(text, "invite-copy"), t!(text, "invite-sms"));
    let (copied, sent) = (t!(text, "invite-copied"), t!(text, "invite-sms-sent"));
    let token = ctx.token();
    let words = short(ctx, patient, invitation);
    let action = path(patient.id, "invitation/by-hand");
    card(
        Some(&t!(text, "invite-by-hand")),
        &html! {
            (Field::new("words", &t!(text, "invite-words")).value(&words).lines(4).autocomplete("off").show())
            (actions(&html! {
                button.btn.two type="button" data-copy="words" hidden { span { (copy) } }
                @if let Some(number) = patient.phone() {
                    (Button::secondary(&open).icon(Icon::Smartphone).link(&render::sms(number, &words)))
                }
            }))
            p.muted { (t!(text, "invite-by-hand-explain")) }
            (actions(&html! {
                (Button::new(&copied, Weight::Quiet).post(&action, &token, &[("how", ByHand::Copied.code())]))
                @if patient.phone().is_some() {
                    (Button::new(&sent, Weight::Quiet).post(&action, &token, &[("how", ByHand::Sms.code())]))
                }
            }))
        },
    )
}

/// `POST /staff/patients/{patient}/invitation/letter`: the invitation just made, for paper.
pub fn letter(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["token", "code"])?;
    let (id, token): (PatientId, &str) = (ctx.param("patient")?, form.get("token"));
    let (patient, link) = invitations::for_letter(&ctx.clinic, &ctx.caller(), id, token)?;
    ctx.saw([patient.id]);
    let code: String = form.get("code").chars().take(20).collect();
    let origin = &ctx.current.settings.address;
    let invitation = Invitation {
        patient: patient.id,
        url: format!("{origin}/i/{token}"),
        code,
        code_page: format!("{origin}/i"),
        expires_at: link.expires_at,
        mailed: false,
    };
    let mut reply = Reply::page(letter_view(ctx, &patient, &invitation));
    reply.compress = false;
    Ok(reply)
}

fn letter_view(ctx: &Ctx, patient: &Patient, invitation: &Invitation) -> Markup {
    let text = words_for(ctx, patient);
    let profile = &ctx.current.settings.profile;
    let title = t!(text, "invite-letter-title", clinic = profile.name.as_str());
    let until = text.date(ctx.current.date(invitation.expires_at));
    let address = patient.address.as_ref();
    let body = html! {
        article.letter lang=(text.language().tag()) {
            header {
                p.to {
                    (theirs(&patient.name().formal()))
                    @for line in address.map(|a| a.shown()).unwrap_or_default() { br; (theirs(line)) }
                }
                p {
                    (theirs(&profile.name))
                    @for line in &profile.address { br; (theirs(line)) }
                    @if let Some(number) = &profile.phone {
                        br; bdi dir="ltr" { (phone::format(number, &profile.country)) }
                    }
                }
            }
            p { (text.date(ctx.today())) }
            h1 { (title) }
            p { (t!(text, "letter-hello", name = patient.name().full())) }
            p { (t!(text, "letter-what")) }
            (qr(&invitation.url, &t!(text, "invite-qr-label")))
            ol {
                li { (t!(text, "invite-step-camera")) }
                li { (t!(text, "invite-step-open")) }
                li { (t!(text, "invite-step-birth")) }
            }
            p { (t!(text, "letter-no-camera", page = invitation.code_page.as_str())) }
            (big_code(&invitation.code))
            p { (t!(text, "letter-until", date = until)) }
            p.muted { (t!(text, "letter-not-you")) }
        }
    };
    layout::print(ctx, &title, &path(patient.id, ""), body)
}

/// `POST /staff/patients/{patient}/invitation/by-hand`
pub fn by_hand_done(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["how"])?;
    let how = ByHand::from_code(form.get("how")).ok_or(Trouble::BadRequest)?;
    let id: PatientId = ctx.param("patient")?;
    invitations::record_by_hand(&ctx.clinic, &ctx.caller(), id, how)?;
    Ok(Reply::done(&path(id, ""), "by-hand"))
}

/// `GET /staff/patients/{patient}/access`: end what is open.
pub fn show_access(ctx: &Ctx) -> Handled {
    let id: PatientId = ctx.param("patient")?;
    let patient = charts::patient(&ctx.clinic, &ctx.caller(), id)?;
    ctx.saw([id]);
    let text = ctx.text;
    let title = t!(text, "access-title");
    let (out, close, keep) = (
        t!(text, "access-sign-out"),
        t!(text, "access-close"),
        t!(text, "access-keep"),
    );
    let token = ctx.token();
    let action = path(id, "access");
    let sentence = html! { (t!(text, "access-explain", name = patient.name().full())) };
    let body = interruption(
        &title,
        &sentence,
        &html! {
            (Button::danger(&out).post(&action, &token, &[]))
            (Button::danger(&close).post(&action, &token, &[("close", "yes")]))
            (Button::secondary(&keep).link(&path(id, "")))
        },
    );
    let extra = Extra::default();
    Ok(Reply::page(layout::staff(
        ctx,
        Rail::Patients,
        &title,
        extra,
        body,
    )))
}

/// `POST /staff/patients/{patient}/access`
pub fn end_access(ctx: &Ctx) -> Handled {
    let close = ctx.only(&["close"])?.has("close");
    let id: PatientId = ctx.param("patient")?;
    enrolment::revoke(&ctx.clinic, &ctx.caller(), id, close)?;
    let did = if close { "closed" } else { "signed-out" };
    Ok(Reply::done(&path(id, ""), did))
}
