//! A patient whom a search found: told from another of that name, and offered while one types.

use serde_json::{Value, json};

use crate::app::finding::{self, Hit};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};

/// Patients who match everything typed; it is noted that they were seen.
pub fn look(ctx: &Ctx, typed: &str) -> Result<Vec<Hit>, Trouble> {
    let found = finding::search(&ctx.clinic, &ctx.caller(), ctx.text, typed)?;
    ctx.saw(found.iter().map(|h| h.id));
    Ok(found)
}

/// What tells people of one name apart: when they were born, and how their phone number ends.
pub fn told_apart(ctx: &Ctx, hit: &Hit) -> String {
    let text = ctx.text;
    let born = hit.birth_date.map(|d| text.date_of_birth(d));
    match (born, &hit.phone_end) {
        (Some(born), Some(end)) => {
            t!(text, "new-visit-born-phone", born = born, end = end.clone())
        }
        (Some(born), None) => born,
        (None, Some(end)) => t!(text, "new-visit-phone-end", end = end.clone()),
        (None, None) => t!(text, "new-visit-chart", number = hit.chart.to_string()),
    }
}

/// A choice of a combobox.
pub fn option(ctx: &Ctx, hit: &Hit) -> Value {
    let text = ctx.text;
    let born = hit.birth_date.map(|d| text.date_of_birth(d));
    let end = hit.phone_end.as_ref();
    let end = end.map(|end| t!(text, "new-visit-phone-end", end = end.clone()));
    json!({
        "value": hit.id.to_string(),
        "label": hit.name,
        "detail": born.unwrap_or_default(),
        "end": end.unwrap_or_default(),
    })
}

/// What a combobox is answered: how many there are, in words, and the choices.
pub fn answer(said: &str, options: &[Value]) -> Reply {
    let body = json!({ "said": said, "options": options }).to_string();
    Reply::bytes("application/json", body.into_bytes())
}

/// `GET /staff/patients/find`: any chart that fits, put away or not.
pub fn find(ctx: &Ctx) -> Handled {
    let found = look(ctx, ctx.query.get("q"))?;
    let options: Vec<Value> = found.iter().map(|hit| option(ctx, hit)).collect();
    let said = t!(ctx.text, "new-visit-found", count = options.len());
    Ok(answer(&said, &options))
}
