//! The promises of the theme, kept over the whole cube of colours.

use super::*;
use proptest::prelude::*;

fn brand(r: u8, g: u8, b: u8) -> Brand {
    Brand(Rgb { r, g, b })
}

/// Every promise of the palette that is broken, in words.
fn broken(palette: &Palette) -> Vec<String> {
    let mut broken = Vec::new();
    let mut need = |what: String, ratio: f64, min: f64| {
        if ratio < min {
            broken.push(format!("{what}: {ratio:.2} < {min}"));
        }
    };
    let p = palette;
    let backgrounds = [
        ("bg", p.bg),
        ("surface", p.surface),
        ("sunken", p.sunken),
        ("tint", p.tint),
    ];
    for (ground, b) in backgrounds {
        for (name, colour, min) in [
            ("ink", p.ink, 7.0),
            ("ink2", p.ink2, 4.5),
            ("link", p.link, 4.5),
            ("ok", p.ok.strong, 4.5),
            ("warn", p.warn.strong, 4.5),
            ("bad", p.bad.strong, 4.5),
            ("info", p.info.strong, 4.5),
            ("edge", p.edge, 3.0),
        ] {
            need(format!("{name} on {ground}"), contrast(colour, b), min);
        }
        let ring = contrast(p.focus, b).max(contrast(p.halo, b));
        need(format!("focus on {ground}"), ring, 3.0);
        if ground != "tint" {
            need(format!("field on {ground}"), contrast(p.field, b), 3.0);
        }
    }
    need("text on fill".into(), contrast(p.on_fill, p.fill), 4.5);
    need(
        "text on hover".into(),
        contrast(p.on_fill, p.fill_hover),
        4.5,
    );
    for (name, pair) in [
        ("ok", p.ok),
        ("warn", p.warn),
        ("bad", p.bad),
        ("info", p.info),
    ] {
        need(
            format!("{name} on its own soft"),
            contrast(pair.strong, pair.soft),
            4.5,
        );
        need(
            format!("ink on {name} soft"),
            contrast(p.ink, pair.soft),
            7.0,
        );
    }
    for (number, hue) in p.hues.iter().enumerate() {
        need(
            format!("ink on hue {number}"),
            contrast(p.ink, hue.soft),
            7.0,
        );
        need(
            format!("hue {number} edge"),
            contrast(hue.strong, hue.soft),
            3.0,
        );
    }
    broken
}

#[test]
fn every_colour_gives_a_readable_theme() {
    // A grid of 22 steps per channel: 10,648 brands, corners included.
    let steps = || {
        (0_u8..=252)
            .step_by(12)
            .map(|v| if v == 252 { 255 } else { v })
    };
    let mut count = 0_u32;
    for r in steps() {
        for g in steps() {
            for b in steps() {
                let theme = Theme::from_brand(brand(r, g, b));
                for (mode, palette) in [("light", &theme.light), ("dark", &theme.dark)] {
                    let broken = broken(palette);
                    assert!(broken.is_empty(), "{} {mode}: {broken:?}", theme.brand());
                }
                count += 1;
            }
        }
    }
    assert!(count >= 10_000);
}

proptest! {
    #[test]
    fn any_colour_gives_a_readable_theme(r: u8, g: u8, b: u8) {
        let theme = Theme::from_brand(brand(r, g, b));
        prop_assert_eq!(broken(&theme.light), Vec::<String>::new());
        prop_assert_eq!(broken(&theme.dark), Vec::<String>::new());
        prop_assert_eq!(theme.fill_adjusted(), theme.light.fill != theme.brand().rgb());
        let (wanted, got) = (theme.brand().rgb().luminance(), theme.light.fill.luminance());
        match theme.fill_shift() {
            None => prop_assert_eq!(theme.light.fill, theme.brand().rgb()),
            Some(Shift::Darker) => prop_assert!(got < wanted),
            Some(Shift::Lighter) => prop_assert!(got >= wanted),
        }
    }

    #[test]
    fn a_brand_reads_back_as_written(r: u8, g: u8, b: u8) {
        let one = brand(r, g, b);
        prop_assert_eq!(Brand::try_from(one.to_string().as_str()), Ok(one));
        prop_assert_eq!(Brand::try_from(one.to_string().to_uppercase().as_str()), Ok(one));
    }
}

#[test]
fn only_six_digits_are_a_colour() {
    for text in [
        "", "#", "0b7285", "#0b728", "#0b72855", "#0b728g", "#+b7285", "#０b728", "teal",
    ] {
        assert_eq!(Brand::try_from(text), Err(NotAColour), "{text}");
    }
}

#[test]
fn known_brands_keep_their_colour_or_say_so() {
    let theme = |text: &str| Theme::from_brand(Brand::try_from(text).unwrap());
    assert!(!theme("#0b7285").fill_adjusted());
    assert_eq!(theme("#0b7285").light.bg.to_string(), "#f5fbfd");
    assert_eq!(theme("#0b7285").dark.link.to_string(), "#5db3c7");
    // Yellow stays yellow, with black text and a darker border.
    let yellow = theme("#ffd400");
    assert!(!yellow.fill_adjusted());
    assert_eq!(yellow.light.on_fill, Rgb::NIGHT);
    assert_ne!(yellow.light.edge, yellow.light.fill);
    assert!(theme("#ffffff").fill_adjusted());
    assert_eq!(theme("#ffffff").fill_shift(), Some(Shift::Darker));
    assert_eq!(
        theme("#000000").fill_shift().is_some(),
        theme("#000000").fill_adjusted()
    );
    assert_eq!(theme("#0b7285").fill_shift(), None);
}

#[test]
fn contrast_matches_the_published_extremes() {
    assert!((contrast(Rgb::BLACK, Rgb::WHITE) - 21.0).abs() < 1e-9);
    assert!((contrast(Rgb::WHITE, Rgb::WHITE) - 1.0).abs() < 1e-9);
    assert!(
        (contrast(
            Rgb {
                r: 0x76,
                g: 0x76,
                b: 0x76
            },
            Rgb::WHITE
        ) - 4.54)
            .abs()
            < 0.01
    );
}

#[test]
fn style_sheets_are_plain_values_for_every_way_to_choose_a_mode() {
    let theme = Theme::from_brand(Brand::DEFAULT);
    let css = theme.to_css();
    assert!(css.starts_with(":root,[data-theme=light]{color-scheme:light;--bg:#f5fbfd"));
    assert!(css.contains("@media(prefers-color-scheme:dark){:root:not([data-theme=light]){"));
    assert!(css.contains("[data-theme=dark]{color-scheme:dark;"));
    assert!(!css.contains("light-dark("));
    assert!(css.contains("--k8-edge:"));
    let preview = theme.to_preview_css();
    assert!(preview.starts_with("[data-preview]{"));
    assert!(!preview.contains(":root"));
}
