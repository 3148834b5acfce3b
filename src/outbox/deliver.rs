//! One message, from waiting to out.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::Options;
use super::mail::{self, Headers};
use super::record::{self, Claim, End};
use super::render::{self, host};
use super::smtp::{Conversation, Opening, Phase, Trouble, address};
use crate::app::{Clinic, Failure};
use crate::domain::id::NoticeId;
use crate::domain::notice::Notice;
use crate::domain::settings::MailServer;

/// What a try says about the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It answered as a server should.
    Well,
    /// It would have failed any message.
    Ill,
    /// It was not asked, or not to the end.
    Unknown,
}

/// How a delivery ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// What it says about the server.
    pub health: Health,
    /// What became of the message, when that could not be written down.
    pub not_kept: Option<End>,
}

/// The store failed; what should have been written down.
struct NotKept {
    failure: Failure,
    end: Option<End>,
}

impl From<Failure> for NotKept {
    fn from(failure: Failure) -> Self {
        Self { failure, end: None }
    }
}

/// Runs a command of the store where it may wait for the disk.
async fn away<T: Send + 'static>(
    clinic: &Arc<Clinic>,
    f: impl FnOnce(&Clinic) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let clinic = clinic.clone();
    tokio::task::spawn_blocking(move || f(&clinic))
        .await
        .unwrap_or(Err(Failure::Panicked))
}

/// Sends one message, and writes down what became of it.
pub async fn deliver(
    clinic: Arc<Clinic>,
    id: NoticeId,
    options: Arc<Options>,
    stop: CancellationToken,
) -> Done {
    match attempt(&clinic, id, &options, &stop).await {
        Ok(health) => Done {
            health,
            not_kept: None,
        },
        Err(NotKept { failure, end }) => {
            tracing::error!(notice = %id, "a message could not be looked after: {failure}");
            Done {
                health: Health::Unknown,
                not_kept: end,
            }
        }
    }
}

async fn attempt(
    clinic: &Arc<Clinic>,
    id: NoticeId,
    options: &Options,
    stop: &CancellationToken,
) -> Result<Health, NotKept> {
    let Some(server) = clinic.current().settings.mail.clone() else {
        return Ok(Health::Unknown);
    };
    let Some(notice) = away(clinic, move |c| record::look(c, id)).await? else {
        return Ok(Health::Unknown);
    };
    // Until the claim nothing was handed over, so it can be given up at any moment.
    let beginning = begin(clinic, &server, &notice, options);
    let begun = tokio::select! {
        () = stop.cancelled() => return Ok(Health::Unknown),
        begun = beginning => begun,
    };
    let talk = match begun {
        Ok(talk) => talk,
        Err(trouble) => return Ok(give_up(clinic, id, trouble).await?),
    };
    hand_over(clinic, notice, &server, talk).await
}

/// Everything before the text.
async fn begin(
    clinic: &Clinic,
    server: &MailServer,
    notice: &Notice,
    options: &Options,
) -> Result<Conversation, Trouble> {
    let to = address(Phase::Recipient, &notice.to)?;
    let from = address(Phase::Sender, server.from.as_str())?;
    let current = clinic.current();
    let opening = Opening {
        server,
        our_name: host(&current.settings),
        trust: &options.trust,
        patience: options.patience,
    };
    let mut talk = opening.begin().await?;
    talk.sender(&from, &to).await?;
    talk.recipient(&to).await?;
    Ok(talk)
}

async fn hand_over(
    clinic: &Arc<Clinic>,
    Notice { id, to, .. }: Notice,
    server: &MailServer,
    mut talk: Conversation,
) -> Result<Health, NotKept> {
    let claimed = away(clinic, move |c| record::claim(c, id, &to)).await;
    // It may be kept as being sent, but it is not: nothing was handed over.
    let claimed = claimed.map_err(|failure| NotKept {
        failure,
        end: Some(End::Later(String::new())),
    })?;
    let material = match claimed {
        Claim::Ours(material) => material,
        Claim::Suppressed | Claim::Gone => {
            talk.end().await;
            return Ok(Health::Well);
        }
    };
    let settings = &material.current.settings;
    let message_id = format!("{id}@{}", host(settings));
    let written = mail::write(
        &render::letter(&material),
        Headers {
            from: server.from.as_str(),
            to: &material.notice.to,
            message_id: &message_id,
            date: clinic.now(),
        },
    );
    let end = match written {
        Err(why) => End::Refused(why.0),
        Ok(text) => match talk.text(&text).await {
            Ok(reply) => End::Accepted(reply),
            Err(trouble) => end_of(trouble),
        },
    };
    let kept = end.clone();
    let settled = away(clinic, move |c| record::settle(c, id, &kept)).await;
    talk.end().await;
    settled.map_err(|failure| NotKept {
        failure,
        end: Some(end),
    })?;
    Ok(Health::Well)
}

fn end_of(trouble: Trouble) -> End {
    if trouble.is_uncertain() {
        End::Uncertain(trouble.reply)
    } else if trouble.is_final() {
        End::Refused(trouble.reply)
    } else {
        End::Later(trouble.reply)
    }
}

async fn give_up(clinic: &Arc<Clinic>, id: NoticeId, trouble: Trouble) -> Result<Health, Failure> {
    let health = if trouble.concerns_all() {
        tracing::warn!(phase = ?trouble.phase, "the mail server cannot be used: {}", trouble.reply);
        Health::Ill
    } else {
        Health::Well
    };
    let end = end_of(trouble);
    away(clinic, move |c| record::settle(c, id, &end)).await?;
    Ok(health)
}
