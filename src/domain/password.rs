//! Which passwords are good enough.

/// Characters at least, where a second factor is asked for as well.
pub const SHORTEST: usize = 8;
/// Characters at least, where nothing else is asked for.
pub const SHORTEST_ALONE: usize = 15;
/// Characters at most.
pub const LONGEST: usize = 128;
/// Letters that must be left when every word that anybody would try is taken out.
const OWN_LETTERS: usize = 4;

/// Why a password is too easy to guess, or no password at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    /// It has fewer characters than this.
    Short(usize),
    /// It has more characters than this.
    Long(usize),
    /// It is among the first that anybody tries.
    Common,
    /// It is made of words of the clinic, of the person, or of Anteroom.
    OurWords,
}

/// Judges a password. `least` is [`SHORTEST`] or [`SHORTEST_ALONE`]; `common` are passwords and
/// words in lower case that many people use; `ours` are words that belong to the clinic and the
/// person.
pub fn judge(password: &str, least: usize, common: &[&str], ours: &[&str]) -> Result<(), Weak> {
    let length = password.chars().count();
    if length < least {
        return Err(Weak::Short(least));
    }
    if length > LONGEST {
        return Err(Weak::Long(LONGEST));
    }
    let plain = password.to_lowercase();
    let spelled = unleet(&plain);
    let bare = |text: &str| {
        text.trim_matches(|c: char| !c.is_alphabetic())
            .trim()
            .to_owned()
    };
    let forms = [plain.clone(), bare(&plain), spelled.clone(), bare(&spelled)];
    let is_common = |form: &String| common.contains(&form.as_str());
    if forms.iter().any(is_common) || is_pattern(&plain) {
        return Err(Weak::Common);
    }
    if is_made_of(&plain, ours) || is_made_of(&spelled, ours) {
        return Err(Weak::OurWords);
    }
    Ok(())
}

/// Digits and signs that stand for letters, as letters.
fn unleet(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .collect()
}

/// Whether it is one or two characters again and again, or runs up or down: "aaaaaaaa", "12345678".
fn is_pattern(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let mut different = codes.clone();
    different.sort_unstable();
    different.dedup();
    let steps: Vec<i64> = codes
        .windows(2)
        .filter_map(|w| Some(w.last()? - w.first()?))
        .collect();
    let runs = steps.iter().filter(|s| s.abs() == 1).count();
    different.len() <= 2 || runs + 2 >= steps.len()
}

/// Whether little is left when our words are taken out.
fn is_made_of(text: &str, ours: &[&str]) -> bool {
    let mut rest = text.to_owned();
    for word in ours {
        let word = word.to_lowercase();
        if word.chars().count() > 2 {
            rest = rest.replace(&word, " ");
        }
    }
    let own = rest.chars().filter(|c| c.is_alphabetic()).count();
    rest != text && own < OWN_LETTERS
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMON: &[&str] = &["password", "sunshine", "letmein", "qwertyuiop"];
    const OURS: &[&str] = &["Riverside", "Clinic", "anteroom", "Ines"];

    fn judged(password: &str) -> Result<(), Weak> {
        judge(password, SHORTEST, COMMON, OURS)
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(judged("šđčćžšđ"), Err(Weak::Short(8)));
        assert_eq!(judged("šđčćžkoš"), Ok(()));
        assert_eq!(judged(&"ab c".repeat(33)), Err(Weak::Long(128)));
        assert_eq!(judged(&"ab c".repeat(32)), Ok(()));
        let alone = judge("fourteen chars", SHORTEST_ALONE, COMMON, OURS);
        assert_eq!(alone, Err(Weak::Short(15)));
    }

    #[test]
    fn what_everybody_tries_is_refused() {
        for bad in [
            "Password",
            "p@ssw0rd",
            "Password1!",
            "sunshine2026",
            "QWERTYuiop",
            "letmein!!",
            "aaaaaaaaaa",
            "abababab",
            "12345678",
            "87654321",
            "abcdefgh",
        ] {
            assert_eq!(judged(bad), Err(Weak::Common), "{bad}");
        }
    }

    #[test]
    fn our_own_words_are_refused_unless_there_is_more() {
        for bad in [
            "riverside2026",
            "R1verside Clinic!",
            "anteroom-anteroom",
            "clinicINES99",
        ] {
            assert_eq!(judged(bad), Err(Weak::OurWords), "{bad}");
        }
        for good in ["riverside horse battery", "tulip wagon nine", "k7#Vq2!pX"] {
            assert_eq!(judged(good), Ok(()), "{good}");
        }
    }
}
