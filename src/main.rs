//! Parse arguments, hand to `cli`, map to an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(anteroom::cli::main())
}
