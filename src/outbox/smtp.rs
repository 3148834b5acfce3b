//! One mail over SMTP, command by command, so that it is known whether the text was handed over
//! when something fails, and what the server said, word for word.

use std::error::Error as _;
use std::net::SocketAddr;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use tokio::time::timeout;

use crate::domain::settings::{MailSecurity, MailServer};

/// How long the server may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// To be found, to take the connection, and to greet.
    pub connect: Duration,
    /// To answer one command.
    pub command: Duration,
    /// To take the text and answer. Long: an answer that is missed makes a message uncertain.
    pub text: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            command: Duration::from_mins(1),
            text: Duration::from_mins(5),
        }
    }
}

/// Whose certificates are believed, besides those that the machine believes.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Certificates of further authorities, in PEM.
    pub authorities: Vec<String>,
}

/// How far the talk with the server had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Looking up the server's name.
    Lookup,
    /// Connecting, and waiting for the greeting.
    Connect,
    /// Protecting the connection.
    Protect,
    /// Signing in.
    SignIn,
    /// Saying who sends.
    Sender,
    /// Saying who receives.
    Recipient,
    /// Handing the text over.
    Text,
}

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The server said "not now" (4xx).
    NotNow,
    /// The server said no (5xx).
    No,
    /// No answer in time.
    TimeOut,
    /// The name is not known.
    UnknownHost,
    /// Nobody listens there.
    NobodyThere,
    /// The certificate is for another name.
    OtherName,
    /// The certificate is from an authority that is not believed, or has expired.
    NotTrusted,
    /// The server does not speak TLS there.
    NoTls,
    /// The server does not offer STARTTLS.
    NoStartTls,
    /// The server offers no way to sign in that we know.
    NoSignIn,
    /// The server cannot take an address with such letters.
    NoSuchLetters,
    /// The connection broke.
    Broken,
}

/// Why a mail did not go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// How far it had come.
    pub phase: Phase,
    /// What kind of failure it was.
    pub kind: Kind,
    /// What the server said, or what went wrong, word for word.
    pub reply: String,
}

impl Trouble {
    fn new(phase: Phase, kind: Kind, reply: &str) -> Self {
        Self {
            phase,
            kind,
            reply: reply.to_owned(),
        }
    }

    /// From what lettre says.
    fn of(phase: Phase, error: &Error) -> Self {
        let kind = if error.is_permanent() {
            Kind::No
        } else if error.is_transient() {
            Kind::NotNow
        } else if let Some(kind) = tls_kind(error) {
            kind
        } else {
            io_kind(error).unwrap_or(Kind::Broken)
        };
        Self {
            phase,
            kind,
            reply: literal(error),
        }
    }

    /// Whether the server would fail any message like this one: the others wait.
    pub fn concerns_all(&self) -> bool {
        self.phase < Phase::Recipient
    }

    /// Whether trying again makes no sense.
    pub fn is_final(&self) -> bool {
        !self.concerns_all() && matches!(self.kind, Kind::No | Kind::NoSuchLetters)
    }

    /// Whether the mail may have arrived all the same: its text was handed over, and the server
    /// did not say what became of it.
    pub fn is_uncertain(&self) -> bool {
        self.phase == Phase::Text && matches!(self.kind, Kind::Broken | Kind::TimeOut)
    }
}

/// The server's own words, with the code before them; for anything else, the innermost cause.
fn literal(error: &Error) -> String {
    if let Some(code) = error.status() {
        let words = error.source().map(ToString::to_string).unwrap_or_default();
        return format!("{code} {words}").trim_end().to_owned();
    }
    let mut innermost: &(dyn std::error::Error + 'static) = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn answered(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    format!("{} {}", response.code(), lines.join(" "))
        .trim_end()
        .to_owned()
}

fn causes<'e>(error: &'e Error) -> impl Iterator<Item = &'e (dyn std::error::Error + 'static)> {
    let first: &(dyn std::error::Error + 'static) = error;
    std::iter::successors(Some(first), |e: &&'e (dyn std::error::Error + 'static)| {
        let e: &'e (dyn std::error::Error + 'static) = *e;
        let inner = e
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        match inner {
            Some(inner) => {
                let inner: &(dyn std::error::Error + 'static) = inner;
                Some(inner)
            }
            None => e.source(),
        }
    })
}

fn tls_kind(error: &Error) -> Option<Kind> {
    use rustls::CertificateError as C;
    let tls = causes(error).find_map(|e| e.downcast_ref::<rustls::Error>())?;
    let rustls::Error::InvalidCertificate(why) = tls else {
        return Some(Kind::NoTls);
    };
    let other_name = matches!(why, C::NotValidForName | C::NotValidForNameContext { .. });
    Some(if other_name {
        Kind::OtherName
    } else {
        Kind::NotTrusted
    })
}

fn io_kind(error: &Error) -> Option<Kind> {
    let io = causes(error).find_map(|e| e.downcast_ref::<std::io::Error>())?;
    let nobody = matches!(
        io.kind(),
        std::io::ErrorKind::ConnectionRefused
            | std::io::ErrorKind::HostUnreachable
            | std::io::ErrorKind::NetworkUnreachable
    );
    Some(if nobody {
        Kind::NobodyThere
    } else if io.kind() == std::io::ErrorKind::TimedOut {
        Kind::TimeOut
    } else {
        Kind::Broken
    })
}

/// A conversation with the mail server, signed in and ready for one mail.
pub struct Conversation {
    connection: AsyncSmtpConnection,
    patience: Patience,
}

/// How a conversation is begun.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// The mail server.
    pub server: &'a MailServer,
    /// What we call ourselves: the host name in the clinic's address.
    pub our_name: &'a str,
    /// Whose certificates are believed.
    pub trust: &'a Trust,
    /// How long the server may take.
    pub patience: Patience,
}

impl Opening<'_> {
    /// The addresses behind the server's name.
    pub async fn look_up(&self) -> Result<Vec<SocketAddr>, Trouble> {
        let host = (self.server.host.as_str(), self.server.port);
        let phase = Phase::Lookup;
        match timeout(self.patience.connect, tokio::net::lookup_host(host)).await {
            Ok(Ok(found)) => {
                let found: Vec<SocketAddr> = found.collect();
                if found.is_empty() {
                    Err(Trouble::new(phase, Kind::UnknownHost, "no address"))
                } else {
                    Ok(found)
                }
            }
            Ok(Err(e)) => Err(Trouble::new(phase, Kind::UnknownHost, &e.to_string())),
            Err(_) => Err(Trouble::new(phase, Kind::TimeOut, "no answer in time")),
        }
    }

    fn tls(&self) -> Result<TlsParameters, Trouble> {
        let fail = |e: &Error| Trouble::new(Phase::Protect, Kind::NoTls, &literal(e));
        let mut tls = TlsParametersBuilder::new(self.server.host.clone());
        for pem in &self.trust.authorities {
            let authority = Certificate::from_pem(pem.as_bytes()).map_err(|e| fail(&e))?;
            tls = tls.add_root_certificate(authority);
        }
        tls.build_rustls().map_err(|e| fail(&e))
    }

    fn hello(&self) -> ClientId {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        let is_name = self.our_name.contains('.')
            && self.our_name.chars().all(plain)
            && self.our_name.contains(|c: char| c.is_ascii_alphabetic());
        if is_name {
            ClientId::Domain(self.our_name.to_owned())
        } else {
            ClientId::default()
        }
    }

    /// Connects and waits for the greeting; with TLS from the first byte where that is wanted.
    pub async fn connect(&self, addresses: &[SocketAddr]) -> Result<Conversation, Trouble> {
        let tls = match self.server.security {
            MailSecurity::Tls => Some(self.tls()?),
            MailSecurity::StartTls | MailSecurity::Plain => None,
        };
        let hello = self.hello();
        let connecting = AsyncSmtpConnection::connect_tokio1(
            addresses,
            Some(self.patience.connect),
            &hello,
            tls,
            None,
        );
        // One address that does not answer must not use up the time of the next.
        match timeout(self.patience.connect * 2, connecting).await {
            Ok(Ok(connection)) => Ok(Conversation {
                connection,
                patience: self.patience,
            }),
            Ok(Err(e)) => {
                let mut trouble = Trouble::of(Phase::Connect, &e);
                if tls_kind(&e).is_some() {
                    trouble.phase = Phase::Protect;
                }
                Err(trouble)
            }
            Err(_) => Err(Trouble::new(
                Phase::Connect,
                Kind::TimeOut,
                "no answer in time",
            )),
        }
    }

    /// Protects the connection with STARTTLS, where that is wanted. It must succeed.
    pub async fn protect(&self, talk: &mut Conversation) -> Result<(), Trouble> {
        if self.server.security != MailSecurity::StartTls {
            return Ok(());
        }
        if !talk.connection.can_starttls() {
            return Err(Trouble::new(
                Phase::Protect,
                Kind::NoStartTls,
                "STARTTLS is not among what the server offers",
            ));
        }
        let (tls, hello) = (self.tls()?, self.hello());
        let protecting = talk.connection.starttls(tls, &hello);
        in_time(Phase::Protect, self.patience.command, protecting).await
    }

    /// Signs in, where the settings have a name and a password. What the server said, if it was
    /// asked.
    pub async fn sign_in(&self, talk: &mut Conversation) -> Result<Option<String>, Trouble> {
        let Some((name, password)) = &self.server.login else {
            return Ok(None);
        };
        let ways = [Mechanism::Plain, Mechanism::Login];
        if talk
            .connection
            .server_info()
            .get_auth_mechanism(&ways)
            .is_none()
        {
            return Err(Trouble::new(
                Phase::SignIn,
                Kind::NoSignIn,
                "AUTH PLAIN and AUTH LOGIN are not among what the server offers",
            ));
        }
        let credentials = Credentials::new(name.clone(), password.clone());
        let signing_in = talk.connection.auth(&ways, &credentials);
        let response = in_time(Phase::SignIn, self.patience.command, signing_in).await?;
        Ok(Some(answered(&response)))
    }

    /// All of it: a conversation that is ready for one mail.
    pub async fn begin(&self) -> Result<Conversation, Trouble> {
        let addresses = self.look_up().await?;
        let mut talk = self.connect(&addresses).await?;
        self.protect(&mut talk).await?;
        self.sign_in(&mut talk).await?;
        Ok(talk)
    }
}

async fn in_time<T>(
    phase: Phase,
    patience: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Trouble> {
    match timeout(patience, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(e)) => Err(Trouble::of(phase, &e)),
        Err(_) => Err(Trouble::new(phase, Kind::TimeOut, "no answer in time")),
    }
}

/// An address as SMTP takes it.
pub fn address(phase: Phase, text: &str) -> Result<Address, Trouble> {
    // Whatever reaches a command line of the protocol must not begin another one.
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Trouble::new(phase, Kind::NoSuchLetters, "not an address"));
    }
    text.parse::<Address>()
        .map_err(|e| Trouble::new(phase, Kind::NoSuchLetters, &e.to_string()))
}

impl Conversation {
    /// Says who sends. What the server said.
    pub async fn sender(&mut self, from: &Address, to: &Address) -> Result<String, Trouble> {
        let plain = |a: &Address| -> bool { AsRef::<str>::as_ref(a).is_ascii() };
        let mut parameters = Vec::new();
        if !plain(from) || !plain(to) {
            let info = self.connection.server_info();
            if !info.supports_feature(Extension::SmtpUtfEight) {
                return Err(Trouble::new(
                    Phase::Recipient,
                    Kind::NoSuchLetters,
                    "SMTPUTF8 is not among what the server offers",
                ));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let command = self
            .connection
            .command(Mail::new(Some(from.clone()), parameters));
        let response = in_time(Phase::Sender, self.patience.command, command).await?;
        Ok(answered(&response))
    }

    /// Says who receives. What the server said.
    pub async fn recipient(&mut self, to: &Address) -> Result<String, Trouble> {
        let command = self.connection.command(Rcpt::new(to.clone(), Vec::new()));
        let response = in_time(Phase::Recipient, self.patience.command, command).await?;
        Ok(answered(&response))
    }

    /// Hands the text over. What the server said when it took it. Before this is called, nothing
    /// can have arrived.
    pub async fn text(&mut self, text: &[u8]) -> Result<String, Trouble> {
        let ready = match timeout(self.patience.command, self.connection.command(Data)).await {
            Ok(Ok(response)) => response,
            // Nothing was handed over yet: a broken connection here is no doubt about the mail.
            Ok(Err(e)) => {
                let trouble = Trouble::of(Phase::Text, &e);
                return Err(trouble.before_text());
            }
            Err(_) => {
                return Err(
                    Trouble::new(Phase::Text, Kind::TimeOut, "no answer in time").before_text(),
                );
            }
        };
        if ready.code().severity != Severity::PositiveIntermediate {
            return Err(Trouble::new(Phase::Text, Kind::NotNow, &answered(&ready)));
        }
        let handing_over = self.connection.message(text);
        let response = in_time(Phase::Text, self.patience.text, handing_over).await?;
        Ok(answered(&response))
    }

    /// Says goodbye; whether the server answers does not matter.
    pub async fn end(mut self) {
        let _ = timeout(Duration::from_secs(2), self.connection.quit()).await;
    }
}

impl Trouble {
    fn before_text(mut self) -> Self {
        if self.is_uncertain() {
            self.phase = Phase::Recipient;
        }
        self
    }
}
