//! A question at the terminal before something that cannot be taken back.

use std::io::{IsTerminal as _, Write as _};

use super::Sorry;

/// Goes on only after a yes. `no` is what is said otherwise, also where nobody sits at a terminal.
///
/// # Errors
/// With `no`.
pub fn confirm(question: &str, no: &str) -> Result<(), Sorry> {
    if !std::io::stdin().is_terminal() {
        return Err(Sorry(no.to_owned()));
    }
    let mut terminal = std::io::stderr();
    write!(terminal, "{question} [y/N] ")?;
    terminal.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        Ok(())
    } else {
        Err(Sorry(no.to_owned()))
    }
}
