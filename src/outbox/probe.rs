//! A guided test of the mail settings: every step with the server's own words, and what is likely
//! wrong where one fails.

use jiff::Timestamp;

use super::mail::{self, Headers};
use super::render::{host, test_letter};
use super::smtp::{Kind, Opening, Patience, Phase, Trouble, Trust, address};
use crate::domain::settings::{MailSecurity, MailServer, Settings};
use crate::t;
use crate::text::Text;

/// What is likely wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LikelyCause {
    /// The host name is not known.
    UnknownHost,
    /// Nobody listens there.
    NobodyThere,
    /// No answer in time.
    TimeOut,
    /// The certificate is for another name.
    OtherName,
    /// The certificate is not believed.
    NotTrusted,
    /// No TLS at this port.
    NoTls,
    /// No STARTTLS at this port.
    NoStartTls,
    /// The server wants TLS before anything else.
    NeedsStartTls,
    /// The server wants a name and a password.
    NeedsSignIn,
    /// The server offers no way to sign in.
    NoSignIn,
    /// Wrong name or password.
    SignInRefused,
    /// The sender's address is not allowed.
    SenderRefused,
    /// The recipient's address is not taken.
    RecipientRefused,
    /// The mail itself was not taken.
    TextRefused,
    /// Not now.
    NotNow,
    /// The connection broke.
    Broken,
}

impl LikelyCause {
    /// From what went wrong.
    pub fn of(trouble: &Trouble) -> Self {
        let no = matches!(trouble.kind, Kind::No);
        let code = trouble.reply.get(..3).unwrap_or_default();
        let says = |words: &str| trouble.reply.to_lowercase().contains(words);
        if no && code == "530" && (says("starttls") || says("tls")) {
            return Self::NeedsStartTls;
        }
        if no && trouble.phase > Phase::SignIn && (code == "530" || says("authentication required"))
        {
            return Self::NeedsSignIn;
        }
        match trouble.kind {
            Kind::NotNow => Self::NotNow,
            Kind::TimeOut => Self::TimeOut,
            Kind::UnknownHost => Self::UnknownHost,
            Kind::NobodyThere => Self::NobodyThere,
            Kind::OtherName => Self::OtherName,
            Kind::NotTrusted => Self::NotTrusted,
            Kind::NoTls => Self::NoTls,
            Kind::NoStartTls => Self::NoStartTls,
            Kind::NoSignIn => Self::NoSignIn,
            Kind::Broken => Self::Broken,
            Kind::No | Kind::NoSuchLetters => match trouble.phase {
                Phase::SignIn => Self::SignInRefused,
                Phase::Sender => Self::SenderRefused,
                Phase::Recipient => Self::RecipientRefused,
                Phase::Lookup | Phase::Connect | Phase::Protect | Phase::Text => Self::TextRefused,
            },
        }
    }

    /// In a sentence for the person who types the settings.
    pub fn say(self, text: Text) -> String {
        match self {
            Self::UnknownHost => t!(text, "probe-cause-unknown-host"),
            Self::NobodyThere => t!(text, "probe-cause-nobody-there"),
            Self::TimeOut => t!(text, "probe-cause-time-out"),
            Self::OtherName => t!(text, "probe-cause-other-name"),
            Self::NotTrusted => t!(text, "probe-cause-not-trusted"),
            Self::NoTls => t!(text, "probe-cause-no-tls"),
            Self::NoStartTls => t!(text, "probe-cause-no-start-tls"),
            Self::NeedsStartTls => t!(text, "probe-cause-needs-start-tls"),
            Self::NeedsSignIn => t!(text, "probe-cause-needs-sign-in"),
            Self::NoSignIn => t!(text, "probe-cause-no-sign-in"),
            Self::SignInRefused => t!(text, "probe-cause-sign-in-refused"),
            Self::SenderRefused => t!(text, "probe-cause-sender-refused"),
            Self::RecipientRefused => t!(text, "probe-cause-recipient-refused"),
            Self::TextRefused => t!(text, "probe-cause-text-refused"),
            Self::NotNow => t!(text, "probe-cause-not-now"),
            Self::Broken => t!(text, "probe-cause-broken"),
        }
    }
}

impl Phase {
    /// The step in words.
    pub fn say(self, text: Text) -> String {
        match self {
            Self::Lookup => t!(text, "probe-step-lookup"),
            Self::Connect => t!(text, "probe-step-connect"),
            Self::Protect => t!(text, "probe-step-protect"),
            Self::SignIn => t!(text, "probe-step-sign-in"),
            Self::Sender => t!(text, "probe-step-sender"),
            Self::Recipient => t!(text, "probe-step-recipient"),
            Self::Text => t!(text, "probe-step-text"),
        }
    }
}

/// One step of the test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub phase: Phase,
    /// What the server said, word for word, or what was found; may be empty.
    pub reply: String,
    /// What is likely wrong; `None` for a step that went well.
    pub cause: Option<LikelyCause>,
}

/// A test of mail settings that are not kept yet.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'a> {
    /// The clinic, for its name and its look.
    pub settings: &'a Settings,
    /// The mail server that is tried.
    pub server: &'a MailServer,
    /// Where the test mail goes.
    pub to: &'a str,
    /// The language of the test mail.
    pub language: &'a str,
    /// Sixteen random bytes, for the name of the test mail.
    pub random: [u8; 16],
    /// Now.
    pub now: Timestamp,
    /// Whose certificates are believed.
    pub trust: &'a Trust,
    /// How long the server may take.
    pub patience: Patience,
}

impl Probe<'_> {
    /// Connects, signs in and sends a mail. The steps that were taken; the last one is the one that
    /// failed, if one did.
    pub async fn run(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Err(trouble) = self.walk(&mut steps).await {
            steps.push(Step {
                phase: trouble.phase,
                cause: Some(LikelyCause::of(&trouble)),
                reply: trouble.reply,
            });
        }
        steps
    }

    async fn walk(&self, steps: &mut Vec<Step>) -> Result<(), Trouble> {
        let mut well = |phase: Phase, reply: String| {
            steps.push(Step {
                phase,
                reply,
                cause: None,
            });
        };
        let to = address(Phase::Recipient, self.to)?;
        let from = address(Phase::Sender, self.server.from.as_str())?;
        let opening = Opening {
            server: self.server,
            our_name: host(self.settings),
            trust: self.trust,
            patience: self.patience,
        };
        let addresses = opening.look_up().await?;
        let found: Vec<String> = addresses.iter().map(|a| a.ip().to_string()).collect();
        well(Phase::Lookup, found.join(", "));
        let mut talk = opening.connect(&addresses).await?;
        well(Phase::Connect, String::new());
        opening.protect(&mut talk).await?;
        if self.server.security != MailSecurity::Plain {
            well(Phase::Protect, String::new());
        }
        if let Some(reply) = opening.sign_in(&mut talk).await? {
            well(Phase::SignIn, reply);
        }
        well(Phase::Sender, talk.sender(&from, &to).await?);
        well(Phase::Recipient, talk.recipient(&to).await?);
        let name = data_encoding::HEXLOWER.encode(&self.random);
        let message_id = format!("test_{name}@{}", host(self.settings));
        let text = mail::write(
            &test_letter(self.settings, self.language),
            Headers {
                from: self.server.from.as_str(),
                to: self.to,
                message_id: &message_id,
                date: self.now,
            },
        )
        .map_err(|why| Trouble {
            phase: Phase::Text,
            kind: Kind::No,
            reply: why.0,
        })?;
        let reply = talk.text(&text).await;
        talk.end().await;
        well(Phase::Text, reply?);
        Ok(())
    }
}
