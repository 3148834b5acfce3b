//! The site map: every URL on one screen, with who may call it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use poem::http::Method;
use poem::{Endpoint, EndpointExt, IntoResponse, Response, Route};

use super::guard::{Answering, Guarded, Handler, Needs, Shared, harden};
use super::methods::Ways;
use super::staff::settings;
use super::{assets, demo, health, patient, session_end, setup, staff, trust};
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
const OWN_CHART: Needs = Needs::Patient(Permission::OwnChart);
const SELF: Needs = Needs::Patient(Permission::OwnAccess);
const PRACTICE: Needs = Needs::Staff(Permission::ManageServices);
const HOUSE: Needs = Needs::Staff(Permission::ManageSettings);
const LOG: Needs = Needs::Staff(Permission::ViewAudit);
const VIEW: Needs = Needs::Staff(Permission::ViewPatients);
const KEEP: Needs = Needs::Staff(Permission::ManagePatients);
const MERGE: Needs = Needs::Staff(Permission::MergePatients);
const TAKE: Needs = Needs::Staff(Permission::Export);
const ANSWER: Needs = Needs::Staff(Permission::ManageRequests);

const DAY: Needs = Needs::Staff(Permission::ViewSchedule);
const DESK: Needs = Needs::Staff(Permission::ManageVisits);

/// Every page and every form.
#[allow(clippy::too_many_lines, reason = "a site map is one line per URL")]
#[rustfmt::skip]
pub fn site() -> Vec<Entry> {
    vec![
        get("/healthz", Needs::Nothing, health::show),
        get("/metrics", Needs::Nothing, health::metrics),
        get("/demo/:token", Needs::Nothing, demo::show),
        post("/demo/:token", Needs::Nothing, demo::enter),

        // How a device learns to trust the clinic's own certificate.
        get("/trust", Needs::Nothing, trust::show),
        get("/ca.crt", Needs::Nothing, trust::der),
        get("/ca.pem", Needs::Nothing, trust::pem),
        get("/ca.mobileconfig", Needs::Nothing, trust::profile),

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
        get("/stay", SELF, session_end::tell),
        post("/stay", SELF, session_end::tell),

        get("/v/:token", Needs::Nothing, patient::action_link::show),
        post("/v/:token/confirmation", Needs::Nothing, patient::visit::confirm),
        get("/v/:token/time", Needs::Nothing, patient::moving::show),
        post("/v/:token/time", Needs::Nothing, patient::moving::submit),
        get("/v/:token/cancellation", Needs::Nothing, patient::cancel::show),
        post("/v/:token/cancellation", Needs::Nothing, patient::cancel::submit),
        post("/v/:token/undo", Needs::Nothing, patient::visit::undo),
        post("/new-link", Needs::Nothing, patient::dead_link::send),

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

        get("/me", SELF, patient::me::show),
        post("/me/wishes", SELF, patient::me::save),
        post("/me/devices", SELF, patient::me::end_device),
        get("/me/looks", OWN_CHART, patient::me::looks),
        get("/me/email", OWN_CHART, patient::contact::email),
        post("/me/email", OWN_CHART, patient::contact::ask_email),
        get("/me/phone", OWN_CHART, patient::contact::phone),
        post("/me/phone", OWN_CHART, patient::contact::change_phone),
        get("/me/proof/:goal", OWN_CHART, patient::contact::prove),
        post("/me/proof/:goal", OWN_CHART, patient::contact::submit_proof),
        post("/me/proof/:goal/code", OWN_CHART, patient::contact::send_code),
        get("/c/:token", Needs::Nothing, patient::contact::open),
        post("/c/:token", Needs::Nothing, patient::contact::confirm),

        // Staff: access.
        get("/staff/stay", Needs::Staff(Permission::OwnAccess), session_end::tell),
        post("/staff/stay", Needs::Staff(Permission::OwnAccess), session_end::tell),
        get("/staff/account", Needs::Staff(Permission::OwnAccess), staff::account::show),
        post("/staff/account", Needs::Staff(Permission::OwnAccess), staff::account::change_password),
        post("/staff/account/devices", Needs::Staff(Permission::OwnAccess), staff::account::end_device),
        get("/staff/account/app", Needs::Staff(Permission::OwnAccess), staff::account::app),
        post("/staff/account/app", Needs::Staff(Permission::OwnAccess), staff::account::confirm_app),
        get("/staff/account/recovery", Needs::Staff(Permission::OwnAccess), staff::account::recovery),
        post("/staff/account/recovery", Needs::Staff(Permission::OwnAccess), staff::account::renew_recovery),
        get("/staff/people", Needs::Staff(Permission::ManagePeople), staff::people::show),
        post("/staff/people", Needs::Staff(Permission::ManagePeople), staff::people::invite),
        get("/staff/people/:login", Needs::Staff(Permission::ManagePeople), staff::member::show),
        post("/staff/people/:login", Needs::Staff(Permission::ManagePeople), staff::member::save),
        post("/staff/people/:login/access", Needs::Staff(Permission::ManagePeople), staff::member::change),

        // Staff: messages.
        get("/staff/outbox", Needs::Staff(Permission::ViewOutbox), staff::outbox::show),
        get("/staff/outbox/:notice", Needs::Staff(Permission::ViewOutbox), staff::outbox::letter),
        post("/staff/outbox/:notice/sending", Needs::Staff(Permission::ManageOutbox), staff::outbox::send_now),
        post("/staff/outbox/:notice/stop", Needs::Staff(Permission::ManageOutbox), staff::outbox::stop),
        post("/staff/outbox/:notice/retry", Needs::Staff(Permission::ManageOutbox), staff::outbox::retry),
        post("/staff/outbox/:notice/by-hand", Needs::Staff(Permission::ManageOutbox), staff::by_hand::instead),

        // Settings: the practice.
        get("/staff/settings", Needs::Staff(Permission::OwnAccess), settings::show),
        get("/staff/settings/services", PRACTICE, settings::services::show),
        get("/staff/settings/services/new", PRACTICE, settings::service::new),
        post("/staff/settings/services/new", PRACTICE, settings::service::add),
        get("/staff/settings/services/:service", PRACTICE, settings::service::show),
        post("/staff/settings/services/:service", PRACTICE, settings::service::save),
        post("/staff/settings/services/:service/position", PRACTICE, settings::services::reorder),
        get("/staff/settings/practitioners/new", PRACTICE, settings::practitioner::new),
        post("/staff/settings/practitioners/new", PRACTICE, settings::practitioner::add),
        get("/staff/settings/practitioners/:practitioner", PRACTICE, settings::practitioner::show),
        post("/staff/settings/practitioners/:practitioner", PRACTICE, settings::practitioner::save),
        get("/staff/settings/hours", PRACTICE, settings::hours::list),
        get("/staff/settings/hours/:practitioner", PRACTICE, settings::hours::show),
        post("/staff/settings/hours/:practitioner", PRACTICE, settings::hours::save),
        post("/staff/settings/hours/:practitioner/removal", PRACTICE, settings::hours::remove),
        post("/staff/settings/hours/:practitioner/days", PRACTICE, settings::days::add),
        post("/staff/settings/hours/:practitioner/days/removal", PRACTICE, settings::days::remove),
        get("/staff/settings/closures", PRACTICE, settings::closures::show),
        post("/staff/settings/closures", PRACTICE, settings::closures::add),
        post("/staff/settings/closures/holidays", PRACTICE, settings::closures::confirm),
        post("/staff/settings/closures/:closure/removal", PRACTICE, settings::closures::remove),

        // Settings: the clinic.
        get("/logo", Needs::Nothing, settings::look::logo),
        get("/staff/settings/look", HOUSE, settings::look::show),
        post("/staff/settings/look", HOUSE, settings::look::save),
        post("/staff/settings/look/undo", HOUSE, settings::look::undo),
        get("/staff/settings/clinic", HOUSE, settings::clinic::show),
        post("/staff/settings/clinic", HOUSE, settings::clinic::save),
        get("/staff/settings/connection", HOUSE, settings::connection::show),
        post("/staff/settings/connection", HOUSE, settings::connection::save),
        get("/staff/settings/connection/name", HOUSE, settings::local_name::show),
        post("/staff/settings/connection/name", HOUSE, settings::local_name::save),
        get("/staff/settings/connection/certificate", HOUSE, settings::certificate::show),
        post("/staff/settings/connection/certificate", HOUSE, settings::certificate::save),
        post("/staff/settings/connection/certificate/attempt", HOUSE, settings::certificate::attempt),
        get("/staff/settings/reminders", HOUSE, settings::reminders::show),
        post("/staff/settings/reminders", HOUSE, settings::reminders::save),
        get("/staff/settings/limits", HOUSE, settings::limits::show),
        post("/staff/settings/limits", HOUSE, settings::limits::save),
        get("/staff/settings/mail", HOUSE, settings::mail::show),
        post("/staff/settings/mail", HOUSE, settings::mail::save),
        get("/staff/settings/outside", HOUSE, settings::outside::show),
        get("/staff/settings/poster", HOUSE, settings::poster::show),
        get("/staff/settings/backups", HOUSE, settings::backups::show),
        post("/staff/settings/backups", HOUSE, settings::backups::save),
        post("/staff/settings/backups/now", HOUSE, settings::backups::back_up_now),
        post("/staff/settings/backups/sheet", HOUSE, settings::backups::sheet),
        post("/staff/settings/backups/word", HOUSE, settings::backups::check_word),
        get("/staff/settings/health", HOUSE, settings::health::show),
        post("/staff/settings/health/token", HOUSE, settings::health::new_token),
        post("/staff/settings/health/token/removal", HOUSE, settings::health::end_token),
        get("/staff/settings/audit", LOG, settings::audit::show),
        post("/staff/settings/audit/file", LOG, settings::audit::file),

        // The first start.
        get("/setup", Needs::Nothing, setup::you),
        post("/setup", Needs::Nothing, setup::save_you),
        get("/setup/clinic", HOUSE, setup::clinic),
        post("/setup/clinic", HOUSE, setup::save_clinic),
        get("/setup/services", HOUSE, setup::services),
        post("/setup/services", HOUSE, setup::save_services),
        get("/setup/hours", HOUSE, setup::hours),
        post("/setup/hours", HOUSE, setup::save_hours),
        get("/setup/look", HOUSE, setup::look),
        post("/setup/look", HOUSE, setup::save_look),
        get("/setup/second-factor", HOUSE, setup::second_factor),
        post("/setup/second-factor", HOUSE, setup::save_second_factor),
        get("/setup/recovery-sheet", HOUSE, setup::recovery_sheet),
        post(
            "/setup/recovery-sheet",
            HOUSE,
            setup::save_recovery_sheet,
        ),
        get("/setup/done", HOUSE, setup::done),
        // Staff: patients.
        get("/staff/patients", VIEW, staff::patients::show),
        post("/staff/patients", KEEP, staff::register::submit),
        get("/staff/patients/new", KEEP, staff::register::show),
        post("/staff/patients/export", TAKE, staff::patients::export),
        post("/staff/visits/export", TAKE, staff::patients::export_visits),
        get("/staff/patients/find", VIEW, staff::hit::find),
        get("/staff/patients/:patient", VIEW, staff::chart::show),
        get("/staff/patients/:patient/details", KEEP, staff::edit_patient::show),
        post("/staff/patients/:patient/details", KEEP, staff::edit_patient::submit),
        get("/staff/patients/:patient/archive", KEEP, staff::archive::show),
        post("/staff/patients/:patient/archive", KEEP, staff::archive::submit),
        post("/staff/patients/:patient/return", KEEP, staff::archive::take_back),
        post("/staff/patients/:patient/invitation", KEEP, staff::invite::submit),
        post("/staff/patients/:patient/invitation/letter", KEEP, staff::invite::letter),
        post("/staff/patients/:patient/invitation/by-hand", KEEP, staff::invite::by_hand_done),
        get("/staff/patients/:patient/access", KEEP, staff::invite::show_access),
        post("/staff/patients/:patient/access", KEEP, staff::invite::end_access),
        get("/staff/patients/:patient/merge", MERGE, staff::merge::choose),
        get("/staff/patients/:patient/merge/:other", MERGE, staff::merge::show),
        post("/staff/patients/:patient/merge/:other", MERGE, staff::merge::submit),
        get("/staff/patients/:patient/parting", MERGE, staff::merge::show_parting),
        post("/staff/patients/:patient/parting", MERGE, staff::merge::part),

        // Staff: requests.
        get("/staff/requests", ANSWER, staff::requests::show),
        post("/staff/requests/visits/:visit/acceptance", ANSWER, staff::requests::accept),
        get("/staff/requests/visits/:visit/refusal", ANSWER, staff::requests::ask_reason_visit),
        post("/staff/requests/visits/:visit/refusal", ANSWER, staff::requests::decline_visit),
        get("/staff/requests/people/:request", ANSWER, staff::requests::person),
        post("/staff/requests/people/:request/match", ANSWER, staff::requests::match_person),
        post("/staff/requests/people/:request/chart", ANSWER, staff::requests::create),
        get("/staff/requests/people/:request/refusal", ANSWER, staff::requests::ask_reason_person),
        post("/staff/requests/people/:request/refusal", ANSWER, staff::requests::decline_person),
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
        post("/staff/visits/:visit/by-hand", Needs::Staff(Permission::ManageOutbox), staff::by_hand::tell),
    ]
}

/// The whole site as one endpoint.
pub fn endpoint(shared: Arc<Shared>) -> impl Endpoint<Output = Response> {
    let hsts = shared.hsts.clone();
    let mut paths: Vec<(&'static str, [Option<Guarded>; 2])> = Vec::new();
    for Entry {
        method,
        path,
        needs,
        answering,
    } in site()
    {
        let is_form = method == Method::POST;
        let guarded = Some(Guarded {
            shared: shared.clone(),
            method,
            route: path,
            needs,
            answering,
        });
        match (paths.iter_mut().find(|(p, _)| *p == path), is_form) {
            (Some((_, [page, _])), false) => *page = guarded,
            (Some((_, [_, form])), true) => *form = guarded,
            (None, false) => paths.push((path, [guarded, None])),
            (None, true) => paths.push((path, [None, guarded])),
        }
    }
    let mut route = Route::new().nest("/a", assets::routes());
    for (path, [page, form]) in paths {
        if let Some(ways) = Ways::new(path, page, form) {
            route = route.at(path, ways);
        }
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
        let (missing, hsts) = (missing.clone(), hsts.load(Ordering::Relaxed));
        async move {
            let again = request_line(&request);
            let mut response = match endpoint.call(request).await {
                Ok(response) => response.into_response(),
                // Files are only fetched; asked for otherwise, they are not there either.
                Err(error) if error.status().is_client_error() => missing.call(again).await?,
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
