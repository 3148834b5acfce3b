//! A letter as HTML for mail programs: one column, inline styles (mail programs drop the rest), no
//! picture, nothing loaded from anywhere.

use maud::{DOCTYPE, Markup, html};

use super::render::Letter;

/// What stands on a colour and can be read: black or white, whichever differs more.
fn ink_on(colour: [u8; 3]) -> &'static str {
    let linear = |part: u8| -> f64 {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    let [red, green, blue] = colour.map(linear);
    let light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    // Contrast with white is 1.05 / (light + 0.05), with black (light + 0.05) / 0.05.
    if 1.05 * 0.05 >= (light + 0.05) * (light + 0.05) {
        "#ffffff"
    } else {
        "#000000"
    }
}

/// `#rrggbb` as three parts; a quiet blue for anything else, so that nothing else reaches a style.
fn parts(colour: &str) -> [u8; 3] {
    let digits = colour.strip_prefix('#').filter(|d| d.len() == 6);
    let number = digits
        .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))
        .and_then(|d| u32::from_str_radix(d, 16).ok())
        .unwrap_or(0x000b_7285);
    let [_, red, green, blue] = number.to_be_bytes();
    [red, green, blue]
}

const FONT: &str = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;";
const QUIET: &str = "margin:0 0 12px;font-size:15px;line-height:1.5;color:#4a5058;";
const NORMAL: &str = "margin:0 0 16px;font-size:17px;line-height:1.5;color:#16191d;";

/// The page.
pub fn page(letter: &Letter) -> String {
    let [red, green, blue] = parts(&letter.brand);
    let brand = format!("#{red:02x}{green:02x}{blue:02x}");
    let ink = ink_on([red, green, blue]);
    let bar = format!(
        "padding:20px 24px;border-radius:12px 12px 0 0;background:{brand};color:{ink};\
         font-size:18px;font-weight:600;"
    );
    let button = format!(
        "display:inline-block;padding:14px 24px;border-radius:10px;background:{brand};\
         color:{ink};font-size:17px;font-weight:600;text-decoration:none;"
    );
    let page: Markup = html! {
        (DOCTYPE)
        html lang=(letter.lang) dir=(letter.dir) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light";
                title { (letter.subject) }
            }
            body style=(format!("margin:0;padding:16px;background:#f2f4f6;{FONT}")) {
                div style="max-width:560px;margin:0 auto;background:#ffffff;border-radius:12px;" {
                    div style=(bar) { bdi { (letter.clinic) } }
                    div style="padding:24px;" {
                        h1 style="margin:0 0 16px;font-size:24px;line-height:1.25;color:#16191d;" {
                            (letter.title)
                        }
                        @for paragraph in &letter.paragraphs {
                            p style=(NORMAL) { (paragraph) }
                        }
                        @if !letter.facts.is_empty() {
                            dl style="margin:0 0 20px;padding:16px;background:#f2f4f6;border-radius:10px;" {
                                @for (label, value) in &letter.facts {
                                    dt style="margin:0;font-size:15px;color:#4a5058;" { (label) }
                                    dd style="margin:0 0 8px;font-size:17px;font-weight:600;color:#16191d;" {
                                        bdi { (value) }
                                    }
                                }
                            }
                        }
                        @if let Some((label, code)) = &letter.code {
                            p style=(QUIET) { (label) }
                            p style="margin:0 0 20px;font-size:30px;font-weight:700;letter-spacing:4px;color:#16191d;" {
                                bdi { (code) }
                            }
                        }
                        @if let Some((label, address)) = &letter.link {
                            p style="margin:0 0 20px;" {
                                a href=(address) style=(button) { (label) }
                            }
                        }
                        @for paragraph in &letter.small {
                            p style=(QUIET) { (paragraph) }
                        }
                    }
                }
            }
        }
    };
    page.into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_the_brand_can_be_read() {
        assert_eq!(ink_on(parts("#0b7285")), "#ffffff");
        assert_eq!(ink_on(parts("#ffe066")), "#000000");
        assert_eq!(ink_on([0; 3]), "#ffffff");
        assert_eq!(ink_on([255; 3]), "#000000");
    }

    #[test]
    fn only_a_colour_reaches_a_style() {
        for bad in [
            "",
            "red",
            "#12345",
            "#12345g",
            "#123456;background:url(x)",
            "#+12345",
        ] {
            assert_eq!(parts(bad), [0x0b, 0x72, 0x85], "{bad}");
        }
        assert_eq!(parts("#ABCdef"), [0xab, 0xcd, 0xef]);
    }
}
