//! Secrets that are shown once and kept as hashes: tokens in links and cookies, codes that are typed.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Clinic;

/// Letters of a code that is read from paper: none is taken for a digit (Crockford).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code that is read from paper: 60 bits.
const LETTERS_IN_CODE: usize = 12;
/// Letters of a recovery code: 50 bits.
const LETTERS_IN_RECOVERY: usize = 10;

/// What a link or a cookie carries: `BYTES` random bytes for URLs.
fn token<const BYTES: usize>(clinic: &Clinic) -> String {
    BASE64URL_NOPAD.encode(&clinic.random::<BYTES>())
}

/// The secret of a link: 160 bits in 27 characters.
pub fn for_link(clinic: &Clinic) -> String {
    token::<20>(clinic)
}

/// The secret of a cookie: 256 bits in 43 characters.
pub fn for_cookie(clinic: &Clinic) -> String {
    token::<32>(clinic)
}

/// What is kept of a token.
pub fn key_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// What is kept of something that is typed; `what` keeps kinds apart, `bound` binds it.
pub fn hash_of(what: &str, bound: &[u8], typed: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(what.as_bytes())
        .chain_update([0])
        .chain_update(bound)
        .chain_update([0])
        .chain_update(typed.as_bytes())
        .finalize()
        .into()
}

/// Whether two hashes are the same, in a time that does not say where they differ.
pub fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    a.ct_eq(b).into()
}

/// Six digits for a mail.
pub fn digits(clinic: &Clinic) -> String {
    // 2^64 is so many times a million that no code is likelier than another.
    let number = u64::from_be_bytes(clinic.random()) % 1_000_000;
    format!("{number:06}")
}

/// The digits of a typed code, whatever stands between them.
pub fn read_digits(typed: &str) -> String {
    typed
        .chars()
        .filter_map(|c| c.to_digit(10))
        .filter_map(|d| char::from_digit(d, 10))
        .take(12)
        .collect()
}

/// A code for a letter, in groups: `7K2M-9QXA-0BTC`.
pub fn letters(clinic: &Clinic) -> String {
    grouped(&clinic.random::<LETTERS_IN_CODE>(), 4)
}

/// A code for the day when the phone is lost: `7K2M9-QXA0B`.
pub fn recovery(clinic: &Clinic) -> String {
    grouped(&clinic.random::<LETTERS_IN_RECOVERY>(), 5)
}

fn grouped(bytes: &[u8], size: usize) -> String {
    let letters: Vec<char> = bytes
        .iter()
        .filter_map(|b| LETTERS.get(usize::from(b % 32)))
        .map(|b| char::from(*b))
        .collect();
    let groups: Vec<String> = letters.chunks(size).map(|g| g.iter().collect()).collect();
    groups.join("-")
}

/// The letters of a typed code, as lenient as a hurried reader needs: case, spaces and dashes do not
/// matter, O is zero, I and L are one.
pub fn read_letters(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .take(32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stage::Stage;

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let stage = Stage::new();
        let clinic = &stage.clinic;
        assert!(for_link(clinic).len() * 6 >= 128);
        assert!(for_cookie(clinic).len() * 6 >= 256);
        assert_ne!(for_link(clinic), for_link(clinic));
        assert_eq!(digits(clinic).len(), 6);
        assert_eq!(read_letters(&letters(clinic)).len(), 12);
        assert_eq!(read_letters(&recovery(clinic)).len(), 10);
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(read_letters(" 7k2m 9qxa-ObIl "), "7K2M9QXA0B11");
        assert_eq!(read_digits(" 123 456 "), "123456");
        assert_eq!(read_digits("12-34.56x"), "123456");
    }

    #[test]
    fn a_hash_is_bound_to_its_kind_and_its_browser() {
        let one = hash_of("code", &[1; 32], "123456");
        assert!(same(&one, &hash_of("code", &[1; 32], "123456")));
        assert!(!same(&one, &hash_of("code", &[2; 32], "123456")));
        assert!(!same(&one, &hash_of("letter", &[1; 32], "123456")));
    }
}
