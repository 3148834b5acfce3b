//! The site map: every URL on one screen, with who may call it.

use std::sync::Arc;

use poem::http::Method;
use poem::{Endpoint, EndpointExt, IntoResponse, Response, Route, RouteMethod};

use super::guard::{Guarded, Handler, Needs, Shared, harden};
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
    handler: Handler,
}

const fn get(path: &'static str, needs: Needs, handler: Handler) -> Entry {
    Entry {
        method: Method::GET,
        path,
        needs,
        handler,
    }
}

const fn post(path: &'static str, needs: Needs, handler: Handler) -> Entry {
    Entry {
        method: Method::POST,
        path,
        needs,
        handler,
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
        handler,
    } in site()
    {
        let guarded = Guarded {
            shared: shared.clone(),
            method: method.clone(),
            route: path,
            needs,
            handler,
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
        handler: health::missing,
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
