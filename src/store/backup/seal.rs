//! The recovery key: what opens the clinic's archives, and what is printed on the recovery sheet.

use std::io::{BufRead, Read, Write};
use std::iter;

use age::secrecy::ExposeSecret as _;
use age::stream::StreamWriter;
use age::x25519::Identity;
use age::{Decryptor, Encryptor};
use sha2::{Digest, Sha256};

use super::Problem;

/// Opens every archive of one clinic. `Debug` leaves the secret out.
#[derive(Clone)]
pub struct RecoveryKey(Identity);

impl std::fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecoveryKey({})", self.0.to_public())
    }
}

impl RecoveryKey {
    /// A new one, from the machine's randomness.
    pub fn generate() -> Self {
        Self(Identity::generate())
    }

    /// From the text of a recovery sheet, however it was typed: spaces, line ends and case do not
    /// matter. `None` when it is no such key.
    pub fn parse(typed: &str) -> Option<Self> {
        let plain: String = typed.split_whitespace().collect();
        plain.to_ascii_uppercase().parse().ok().map(Self)
    }

    /// The key as it is printed, and as the age tool reads it from a file: `AGE-SECRET-KEY-1…`.
    pub fn text(&self) -> String {
        self.0.to_string().expose_secret().to_owned()
    }

    /// A word that follows from the key. Whoever types it back has the printed sheet at hand.
    pub fn test_word(&self) -> String {
        const FIRST: &[u8; 16] = b"bdfghjklmnprstvz";
        const SECOND: &[u8; 4] = b"aeio";
        let digest = Sha256::new()
            .chain_update(b"anteroom test word\0")
            .chain_update(self.text().as_bytes())
            .finalize();
        let letters = digest.iter().take(4).flat_map(|byte| {
            let first = FIRST.get(usize::from(byte >> 4)).copied();
            let second = SECOND.get(usize::from(byte & 3)).copied();
            [first, second]
        });
        letters.flatten().map(char::from).collect()
    }

    /// Encrypts what is written to the writer. Only `finish` makes it whole.
    pub(super) fn seal<W: Write>(&self, out: W) -> Result<StreamWriter<W>, Problem> {
        let to = self.0.to_public();
        let to: &dyn age::Recipient = &to;
        let encryptor = Encryptor::with_recipients(iter::once(to))
            .map_err(|e| Problem::Io(std::io::Error::other(e.to_string())))?;
        Ok(encryptor.wrap_output(out)?)
    }

    /// Decrypts an archive. Reading it further fails at the first altered or missing byte.
    pub(super) fn open<'a, R: BufRead + 'a>(
        &self,
        archive: R,
    ) -> Result<Box<dyn Read + 'a>, Problem> {
        let opened = Decryptor::new_buffered(archive)?;
        let key: &dyn age::Identity = &self.0;
        let reader = opened.decrypt(iter::once(key))?;
        Ok(Box::new(reader))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_typed_and_says_its_word() {
        let key = RecoveryKey::generate();
        let text = key.text();
        assert!(text.starts_with("AGE-SECRET-KEY-1"), "the tool reads it");
        let (one, two) = text.split_at(30);
        let typed = format!("  {} {}\n", one.to_lowercase(), two.to_lowercase());
        let again = RecoveryKey::parse(&typed).unwrap();
        assert_eq!(again.text(), text);
        assert_eq!(again.test_word(), key.test_word());
        assert_eq!(key.test_word().len(), 8);
        assert_ne!(RecoveryKey::generate().test_word(), key.test_word());
        let mut wrong = text.clone();
        let last = if wrong.pop() == Some('Q') { 'P' } else { 'Q' };
        wrong.push(last);
        assert!(RecoveryKey::parse(&wrong).is_none(), "a slip is noticed");
        assert!(!format!("{key:?}").contains(&text));
    }
}
