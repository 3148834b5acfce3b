//! What patients are asked on several pages: address, number, code.

use maud::Markup;

use crate::domain::person::Email;
use crate::t;
use crate::text::phone;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::question::wrong;
use crate::web::ui::field::{Field, Kind};

/// The question for an e-mail address, with what was typed.
pub fn email_field(ctx: &Ctx, problems: &Problems) -> Markup {
    let prefix = t!(ctx.text, "page-error-prefix");
    Field::new("email", &t!(ctx.text, "sign-in-email"))
        .kind(Kind::Email)
        .autocomplete("email")
        .value(ctx.form.get("email"))
        .wrong(wrong(problems, "email", &prefix))
        .show()
}

/// The address that was typed, or what to do about it.
pub fn read_email(ctx: &Ctx, problems: &mut Problems) -> Option<Email> {
    let email = Email::try_from(ctx.form.get("email")).ok();
    if email.is_none() {
        problems.add("email", t!(ctx.text, "error-email"));
    }
    email
}

/// The question for a phone number, under a label, with what was typed.
pub fn phone_field(ctx: &Ctx, label: &str, problems: &Problems) -> Markup {
    let prefix = t!(ctx.text, "page-error-prefix");
    Field::new("phone", label)
        .kind(Kind::Tel)
        .autocomplete("tel")
        .value(ctx.form.get("phone"))
        .wrong(wrong(problems, "phone", &prefix))
        .show()
}

/// The number that was typed in E.164, if one was; what to do about one that cannot be read.
pub fn read_phone(ctx: &Ctx, problems: &mut Problems) -> Option<String> {
    let typed = ctx.form.get("phone");
    if typed.is_empty() {
        return None;
    }
    match phone::parse(typed, &ctx.current.settings.profile.country) {
        Ok(number) => Some(number),
        Err(problem) => {
            problems.add("phone", ctx.text.phone_problem(problem));
            None
        }
    }
}

/// The question for the six digits of a mail.
pub fn code_field(ctx: &Ctx, problems: &Problems) -> Markup {
    let prefix = t!(ctx.text, "page-error-prefix");
    Field::new("code", &t!(ctx.text, "sign-in-code"))
        .kind(Kind::Code)
        .wrong(wrong(problems, "code", &prefix))
        .show()
}
