//! The site map: every URL on one screen, with who may call it.

use std::sync::Arc;

use poem::http::Method;
use poem::{Endpoint, EndpointExt, IntoResponse, Response, Route, RouteMethod};

use super::guard::{Answering, Guarded, Handler, Needs, Shared, harden};
use super::{assets, demo, health, patient, staff};
use crate::domain::policy::Permission;

/// One way to call the site.
#[derive(Clone, Debug)]
pub struct Entry {
    /// GET or POST.
    pub method: Method,
    /// The pattern: `:name` stands for one part.
    pub path: &'static str,
    /// Who may call it.
    pub needs: Needs,
    answering: Answering,
}

const fn get(path: &'static str, needs: Needs, handler: Handler) -> Entry {
    Entry {
        method: Method::GET,
        path,
        needs,
        answering: Answering::Page(handler),
    }
}

const fn post(path: &'static str, needs: Needs, handler: Handler) -> Entry {
    Entry {
        method: Method::POST,
        path,
        needs,
        answering: Answering::Page(handler),
    }
}

const fn live(path: &'static str, needs: Needs) -> Entry {
    Entry {
        method: Method::GET,
        path,
        needs,
        answering: Answering::Live,
    }
}

const OWN: Needs = Needs::Patient(Permission::OwnRequest);
const SELF: Needs = Needs::Patient(Permission::OwnAccess);

const DAY: Needs = Needs::Staff(Permission::ViewSchedule);
const DESK: Needs = Needs::Staff(Permission::ManageVisits);

/// Every page and every form.
#[rustfmt::skip]
pub fn site() -> Vec<Entry> {
    vec![
        get("/healthz", Needs::Nothing, health::show),
        get("/demo/:token", Needs::Nothing, demo::show),
        post("/demo/:token", Needs::Nothing, demo::enter),

        // Doors of patients. Tokens stand in the path only, and are never logged.
        get("/i", Needs::Nothing, patient::first_contact::letter),
        post("/i", Needs::Nothing, patient::first_contact::submit_letter),
        get("/i/:token", Needs::Nothing, patient::first_contact::show),
        post("/i/:token", Needs::Nothing, patient::first_contact::submit),
        get("/sign-in", Needs::Nothing, patient::sign_in::show),
        post("/sign-in", Needs::Nothing, patient::sign_in::ask),
        get("/sign-in/code", Needs::Nothing, patient::sign_in::code),
        post("/sign-in/code", Needs::Nothing, patient::sign_in::submit_code),
        get("/s/:token", Needs::Nothing, patient::sign_in::link),
        post("/s/:token", Needs::Nothing, patient::sign_in::follow),
        get("/s/:token/name", Needs::Nothing, patient::sign_in::name),
        post("/s/:token/name", Needs::Nothing, patient::sign_in::introduce),
        post("/sign-out", SELF, patient::sign_in::sign_out),

        // Doors of those who work here.
        get("/staff/sign-in", Needs::Nothing, staff::sign_in::show),
        post("/staff/sign-in", Needs::Nothing, staff::sign_in::submit),
        get("/staff/sign-in/:token", Needs::Nothing, staff::sign_in::second),
        post("/staff/sign-in/:token", Needs::Nothing, staff::sign_in::submit_second),
        get("/staff/sign-in/:token/app", Needs::Nothing, staff::sign_in::app),
        post("/staff/sign-in/:token/app", Needs::Nothing, staff::sign_in::submit_app),
        get("/p/:token", Needs::Nothing, staff::sign_in::password),
        post("/p/:token", Needs::Nothing, staff::sign_in::submit_password),
        get("/staff/lock", Needs::StaffLocked, staff::lock::show),
        post("/staff/lock", Needs::StaffLocked, staff::lock::lock),
        post("/staff/lock/password", Needs::StaffLocked, staff::lock::unlock),
        post("/staff/sign-out", Needs::StaffLocked, staff::lock::sign_out),

        // A patient's pages.
        get("/", SELF, patient::home::show),
        get("/visits", OWN, patient::visits::show),
        get("/visits/new", OWN, patient::reasons::show),
        get("/visits/new/:service", OWN, patient::times::show),
        post("/holds", OWN, patient::confirm::hold),
        get("/holds/:hold", OWN, patient::confirm::show),
        post("/holds/:hold/visit", OWN, patient::confirm::submit),
        get("/visits/:visit", OWN, patient::visit::show),
        get("/visits/:visit/time", OWN, patient::moving::show),
        post("/visits/:visit/time", OWN, patient::moving::submit),
        get("/visits/:visit/cancellation", OWN, patient::cancel::show),
        post("/visits/:visit/cancellation", OWN, patient::cancel::submit),
        post("/visits/:visit/confirmation", OWN, patient::visit::confirm),
        post("/visits/:visit/undo", OWN, patient::visit::undo),
        get("/visits/:visit/calendar", OWN, patient::visit::calendar),

        // Staff: the day.
        get("/staff", DAY, staff::today::show),
        live("/staff/live", DAY),
        get("/staff/day.print", DAY, staff::today::print),
        get("/staff/calendar", DAY, staff::calendar::show),
        get("/staff/visits/new", DESK, staff::new_visit::show),
        get("/staff/visits/find", DESK, staff::new_visit::find),
        post("/staff/visits", DESK, staff::new_visit::submit),
        get("/staff/blocks/new", DESK, staff::block::new),
        post("/staff/blocks", DESK, staff::block::submit),
        get("/staff/blocks/:block", DAY, staff::block::show),
        post("/staff/blocks/:block/removal", DESK, staff::block::free),
        get("/staff/why", DAY, staff::why::show),
        get("/staff/visits/:visit", DAY, staff::visit::show),
        post("/staff/visits/:visit/status", DESK, staff::visit_forms::step),
        post("/staff/visits/:visit/time", DESK, staff::visit_forms::submit_move),
        post("/staff/visits/:visit/length", DESK, staff::visit_forms::submit_length),
        post("/staff/visits/:visit/cancellation", DESK, staff::visit_forms::submit_cancel),
        post("/staff/visits/:visit/note", DESK, staff::visit_forms::submit_note),
        post("/staff/visits/:visit/undo", DESK, staff::visit_forms::undo),
    ]
}

/// The whole site as one endpoint.
pub fn endpoint(shared: Arc<Shared>) -> impl Endpoint<Output = Response> {
    let hsts = shared.hsts;
    let mut methods: Vec<(&'static str, RouteMethod)> = Vec::new();
    for Entry {
        method,
        path,
        needs,
        answering,
    } in site()
    {
        let guarded = Guarded {
            shared: shared.clone(),
            method: method.clone(),
            route: path,
            needs,
            answering,
        };
        match methods.iter().position(|(p, _)| *p == path) {
            Some(at) => {
                let (path, both) = methods.swap_remove(at);
                methods.push((path, both.method(method, guarded)));
            }
            None => methods.push((path, RouteMethod::new().method(method, guarded))),
        }
    }
    let mut route = Route::new().nest("/a", assets::routes());
    for (path, method) in methods {
        route = route.at(path, method);
    }
    let missing = Guarded {
        shared,
        method: Method::GET,
        route: "*",
        needs: Needs::Nothing,
        answering: Answering::Page(health::missing),
    };
    let missing = Arc::new(missing);
    route.around(move |endpoint, request| {
        let missing = missing.clone();
        async move {
            let again = request_line(&request);
            let mut response = match endpoint.call(request).await {
                Ok(response) => response.into_response(),
                Err(error) if error.status() == poem::http::StatusCode::NOT_FOUND => {
                    missing.call(again).await?
                }
                Err(error) => error.into_response(),
            };
            harden(&mut response, hsts);
            Ok(response)
        }
    })
}

/// The head of a request again, for the page that says there is nothing here.
fn request_line(request: &poem::Request) -> poem::Request {
    let mut again = poem::Request::builder().uri(request.uri().clone()).finish();
    *again.headers_mut() = request.headers().clone();
    again
}
