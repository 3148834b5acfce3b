//! The ways to call one path. Pages are asked for by GET, forms are sent by POST. Who opens the
//! address of a form – they load the answer again, or follow a link that the browser kept – is led to
//! the page where the form is. Any other way is answered by a page that says so.

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, Response};

use super::ctx::Ctx;
use super::guard::{Answering, Guarded, Needs};
use super::reply::Reply;
use super::respond::{self, Handled};
use super::routes::site;

/// Forms whose page does not lie above them.
const BESIDE: [(&str, &str); 2] = [("/holds", "/visits/new"), ("/new-link", "/sign-in")];

/// One path.
pub struct Ways {
    page: Guarded,
    form: Option<Guarded>,
    other: Guarded,
}

impl Ways {
    /// A path with a page, a form, or both.
    pub fn new(route: &'static str, page: Option<Guarded>, form: Option<Guarded>) -> Option<Self> {
        let known = page.as_ref().or(form.as_ref())?;
        let instead = |needs, handler| Guarded {
            shared: known.shared.clone(),
            method: Method::GET,
            route,
            needs,
            answering: Answering::Page(handler),
        };
        Some(Self {
            other: instead(Needs::Nothing, wrong_way),
            page: match page {
                Some(page) => page,
                None => instead(known.needs, to_its_page),
            },
            form,
        })
    }
}

impl Endpoint for Ways {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        match (request.method(), &self.form) {
            (&Method::GET, _) => self.page.call(request).await,
            (&Method::HEAD, _) => {
                request.set_method(Method::GET);
                let mut response = self.page.call(request).await?;
                response.set_body(());
                Ok(response)
            }
            (&Method::POST, Some(form)) => form.call(request).await,
            (_, form) => {
                let allowed = if form.is_some() {
                    "GET, HEAD, POST"
                } else {
                    "GET, HEAD"
                };
                let mut response = self.other.call(request).await?;
                let allowed = HeaderValue::from_static(allowed);
                response.headers_mut().insert(header::ALLOW, allowed);
                Ok(response)
            }
        }
    }
}

/// There is something here, but not by this method.
pub fn wrong_way(ctx: &Ctx) -> Handled {
    Ok(respond::unread(ctx, StatusCode::METHOD_NOT_ALLOWED))
}

/// On to the page where the form of this address is.
pub fn to_its_page(ctx: &Ctx) -> Handled {
    Ok(Reply::see_other(&page_of_form(ctx)))
}

/// The page of the form that was sent, or is asked for.
pub fn page_of_form(ctx: &Ctx) -> String {
    page_of(ctx.route, &ctx.path)
}

/// The page of a form: at its own address, the one that makes a new thing, or the nearest above it.
fn page_of(route: &str, path: &str) -> String {
    if let Some((_, page)) = BESIDE.iter().find(|(form, _)| *form == route) {
        return (*page).to_owned();
    }
    let is_page = |route: &str| {
        let mut entries = site().into_iter();
        entries.any(|entry| entry.method == Method::GET && entry.path == route)
    };
    if is_page(route) {
        return path.to_owned();
    }
    if is_page(&format!("{route}/new")) {
        return format!("{path}/new");
    }
    let (mut route, mut path) = (route, path);
    while let (Some((above, _)), Some((there, _))) = (route.rsplit_once('/'), path.rsplit_once('/'))
    {
        if is_page(above) {
            return there.to_owned();
        }
        (route, path) = (above, there);
    }
    "/".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_its_page() {
        for (route, path, page) in [
            ("/holds", "/holds", "/visits/new"),
            ("/holds/:hold/visit", "/holds/hld_1/visit", "/holds/hld_1"),
            ("/me/phone", "/me/phone", "/me/phone"),
            ("/sign-out", "/sign-out", "/"),
            ("/v/:token/undo", "/v/secret/undo", "/v/secret"),
            ("/staff/visits", "/staff/visits", "/staff/visits/new"),
            ("/staff/blocks", "/staff/blocks", "/staff/blocks/new"),
            (
                "/staff/visits/:visit/time",
                "/staff/visits/apt_1/time",
                "/staff/visits/apt_1",
            ),
            (
                "/staff/patients/export",
                "/staff/patients/export",
                "/staff/patients",
            ),
            (
                "/staff/requests/visits/:visit/acceptance",
                "/staff/requests/visits/apt_1/acceptance",
                "/staff/requests",
            ),
            ("/staff/sign-out", "/staff/sign-out", "/staff"),
        ] {
            assert_eq!(page_of(route, path), page, "{route}");
        }
    }
}
