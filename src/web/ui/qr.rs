//! QR codes as markup: black on white with a quiet zone, in dark mode too.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};
use maud::{Markup, html};

/// Light modules around the code that a scanner needs.
const QUIET: usize = 4;

/// The code of a link. `label` says where it leads, for those who cannot see it; show the link
/// itself beside the code as well. Nothing when the text is too long for any code (about 1,600
/// bytes).
pub fn qr(text: &str, label: &str) -> Markup {
    // Level Q still reads with a quarter of the code dirty or torn: posters live long.
    let Ok(code) = QRBuilder::new(text).ecl(ECL::Q).build() else {
        return html! {};
    };
    let side = code.size + 2 * QUIET;
    let mut path = String::new();
    for (y, row) in code.data.chunks(code.size).take(code.size).enumerate() {
        let dark: Vec<bool> = row.iter().map(|module| module.value()).collect();
        let mut x = 0;
        for run in dark.chunk_by(|a, b| a == b) {
            if run.first() == Some(&true) {
                let (left, top, width) = (x + QUIET, y + QUIET, run.len());
                // Writing to a String cannot fail.
                let _ = write!(path, "M{left} {top}h{width}v1h-{width}z");
            }
            x += run.len();
        }
    }
    html! {
        svg.qr role="img" aria-label=(label) viewBox=(format!("0 0 {side} {side}")) shape-rendering="crispEdges" {
            rect.paper width=(side) height=(side) {}
            path d=(path) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_has_its_finders_and_a_quiet_zone() {
        let html = qr("https://r.example/i/9K3F", "Open \"my\" page").into_string();
        // The top edge of the first finder: seven dark modules after the quiet zone.
        assert!(html.contains("d=\"M4 4h7v1h-7z"));
        assert!(html.contains("aria-label=\"Open &quot;my&quot; page\""));
        assert!(!html.contains("style"));
    }

    #[test]
    fn too_much_text_is_no_code() {
        assert_eq!(qr(&"x".repeat(5000), "l").into_string(), "");
    }
}
