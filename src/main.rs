//! Parse arguments, hand to `cli`, map to an exit code.

fn main() {}
