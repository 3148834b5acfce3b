//! The proof that a form is ours: bound to the browser's cookie, and masked anew in every answer, so
//! that compressed pages give nothing away.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

const LENGTH: usize = 16;

/// The proof that belongs to a cookie.
fn proof(cookie: &str) -> [u8; LENGTH] {
    let mut proof = [0; LENGTH];
    // HMAC takes a key of any length.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(cookie.as_bytes()) {
        mac.update(b"anteroom form");
        let whole = mac.finalize().into_bytes();
        proof
            .iter_mut()
            .zip(whole.iter())
            .for_each(|(p, b)| *p = *b);
    }
    proof
}

/// The proof for a page, masked with random bytes.
pub fn masked(cookie: &str, mask: [u8; LENGTH]) -> String {
    let hidden: Vec<u8> = proof(cookie).iter().zip(mask).map(|(p, m)| p ^ m).collect();
    format!("{}{}", HEXLOWER.encode(&mask), HEXLOWER.encode(&hidden))
}

/// Whether a sent value is the proof that belongs to a cookie.
pub fn holds(cookie: &str, sent: &str) -> bool {
    let Ok(bytes) = HEXLOWER.decode(sent.as_bytes()) else {
        return false;
    };
    let Some((mask, hidden)) = bytes.split_at_checked(LENGTH) else {
        return false;
    };
    if cookie.is_empty() || hidden.len() != LENGTH {
        return false;
    }
    let shown: Vec<u8> = mask.iter().zip(hidden).map(|(m, h)| m ^ h).collect();
    shown.ct_eq(&proof(cookie)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_for_its_own_cookie_only() {
        let sent = masked("one", [7; 16]);
        assert!(holds("one", &sent));
        assert!(!holds("two", &sent));
        assert!(!holds("", &masked("", [7; 16])));
        for bad in ["", "zz", "00", &sent[2..], &format!("{sent}00")] {
            assert!(!holds("one", bad), "{bad}");
        }
        assert_ne!(masked("one", [1; 16]), masked("one", [2; 16]));
    }
}
