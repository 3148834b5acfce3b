//! One brand colour becomes a whole theme, light and dark, that everyone can read.
//!
//! All work happens in OKLCH: the hue stays the clinic's, the lightness moves until the contrast is
//! reached on every background. Contrast is the WCAG 2 ratio. The clinic's exact hex stays on
//! buttons whenever black or white text is readable on it, which holds for nine brands in ten.

use std::fmt::{self, Write as _};

/// The colour a clinic chose for itself, as `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Brand(Rgb);

impl Brand {
    /// The colour of a clinic that has not chosen one yet: a calm teal.
    pub const DEFAULT: Self = Self(Rgb {
        r: 0x0b,
        g: 0x72,
        b: 0x85,
    });

    /// The colour itself.
    pub const fn rgb(self) -> Rgb {
        self.0
    }
}

impl fmt::Display for Brand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The text is not `#` and six hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAColour;

impl fmt::Display for NotAColour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a colour is # and six hexadecimal digits")
    }
}

impl std::error::Error for NotAColour {}

impl TryFrom<&str> for Brand {
    type Error = NotAColour;

    /// # Errors
    /// [`NotAColour`] unless the text is exactly `#rrggbb`, in either case.
    fn try_from(text: &str) -> Result<Self, NotAColour> {
        let digits = text.strip_prefix('#').ok_or(NotAColour)?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NotAColour);
        }
        let [_, r, g, b] = u32::from_str_radix(digits, 16)
            .map_err(|_| NotAColour)?
            .to_be_bytes();
        Ok(Self(Rgb { r, g, b }))
    }
}

/// An sRGB colour, eight bits per channel. Written as `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb {
    /// Red, 0 to 255.
    pub r: u8,
    /// Green, 0 to 255.
    pub g: u8,
    /// Blue, 0 to 255.
    pub b: u8,
}

impl Rgb {
    const WHITE: Self = Self {
        r: 255,
        g: 255,
        b: 255,
    };
    const BLACK: Self = Self { r: 0, g: 0, b: 0 };
    /// Near-black text for light fills: softer than pure black, still dark enough.
    const NIGHT: Self = Self {
        r: 0x10,
        g: 0x14,
        b: 0x18,
    };
    /// The yellow of the focus ring.
    const SUN: Self = Self {
        r: 0xff,
        g: 0xdd,
        b: 0x33,
    };

    /// Relative luminance by WCAG 2, 0 (black) to 1 (white).
    pub fn luminance(self) -> f64 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn linear(self) -> [f64; 3] {
        [self.r, self.g, self.b].map(|byte| {
            let c = f64::from(byte) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        })
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.r, self.g, self.b)
    }
}

/// The WCAG 2 contrast ratio of two colours, 1 to 21, in either order.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    ratio(a.luminance(), b.luminance())
}

fn ratio(a: f64, b: f64) -> f64 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Number of calendar hues (`--k1` … `--k8`).
pub const HUES: usize = 8;

/// Two colours that belong together: a soft background and the strong colour drawn on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The background. [`Palette::ink`] is readable on it.
    pub soft: Rgb,
    /// The edge or text. At least 4.5:1 on `soft` for a status, 3:1 for a calendar hue.
    pub strong: Rgb,
}

/// Every colour of one mode. Names say the job, not the colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// The page.
    pub bg: Rgb,
    /// Cards, bars and fields.
    pub surface: Rgb,
    /// Wells: closed hours, code, quoted text.
    pub sunken: Rgb,
    /// The card that matters now; the current item.
    pub tint: Rgb,
    /// Text, at least 7:1 on the four backgrounds.
    pub ink: Rgb,
    /// Quiet text, at least 4.5:1.
    pub ink2: Rgb,
    /// Hairlines that carry no meaning.
    pub line: Rgb,
    /// Borders of fields, at least 3:1 on `bg`, `surface` and `sunken`.
    pub field: Rgb,
    /// Links, at least 4.5:1.
    pub link: Rgb,
    /// The primary button.
    pub fill: Rgb,
    /// Text on `fill` and `fill_hover`, at least 4.5:1.
    pub on_fill: Rgb,
    /// The primary button under the pointer.
    pub fill_hover: Rgb,
    /// The border of the primary button, at least 3:1 on the four backgrounds.
    pub edge: Rgb,
    /// Done, in range, paid.
    pub ok: Pair,
    /// Due soon, a little outside.
    pub warn: Pair,
    /// Overdue, refused, dangerous.
    pub bad: Pair,
    /// Worth knowing.
    pub info: Pair,
    /// The focus outline. Never the brand.
    pub focus: Rgb,
    /// The halo around the outline: one of the two is 3:1 on anything.
    pub halo: Rgb,
    /// Calendar hues, one per practitioner or service.
    pub hues: [Pair; HUES],
}

/// A clinic's colours in both modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    brand: Brand,
    /// For light surroundings.
    pub light: Palette,
    /// For dark surroundings.
    pub dark: Palette,
}

impl Theme {
    /// Works out the whole theme. Total: every colour has a readable theme.
    pub fn from_brand(brand: Brand) -> Self {
        Self {
            brand,
            light: palette(brand, Mode::Light),
            dark: palette(brand, Mode::Dark),
        }
    }

    /// The colour the clinic chose.
    pub const fn brand(&self) -> Brand {
        self.brand
    }

    /// Whether buttons had to leave the clinic's exact colour so that everyone can read them.
    pub fn fill_adjusted(&self) -> bool {
        self.light.fill != self.brand.0
    }

    /// The theme as a style sheet of plain custom properties: light by default, dark when the
    /// device asks for it, and either when `data-theme` on the root says so.
    pub fn to_css(&self) -> String {
        let mut css = String::with_capacity(4096);
        block(&mut css, ":root,[data-theme=light]", "light", &self.light);
        css.push_str("@media(prefers-color-scheme:dark){");
        block(
            &mut css,
            ":root:not([data-theme=light])",
            "dark",
            &self.dark,
        );
        css.push('}');
        block(&mut css, "[data-theme=dark]", "dark", &self.dark);
        css
    }

    /// The theme for a part of a page only: `[data-preview]` follows the device,
    /// `[data-preview=light]` and `[data-preview=dark]` do not.
    pub fn to_preview_css(&self) -> String {
        let mut css = String::with_capacity(4096);
        block(&mut css, "[data-preview]", "light", &self.light);
        css.push_str("@media(prefers-color-scheme:dark){");
        block(
            &mut css,
            "[data-preview]:not([data-preview=light])",
            "dark",
            &self.dark,
        );
        css.push('}');
        block(&mut css, "[data-preview=dark]", "dark", &self.dark);
        css
    }
}

fn block(css: &mut String, selector: &str, scheme: &str, palette: &Palette) {
    css.push_str(selector);
    css.push_str("{color-scheme:");
    css.push_str(scheme);
    for (name, colour) in palette.roles() {
        // Writing to a String cannot fail.
        let _ = write!(css, ";--{name}:{colour}");
    }
    for (number, hue) in (1_u8..).zip(palette.hues) {
        let _ = write!(
            css,
            ";--k{number}:{};--k{number}-edge:{}",
            hue.soft, hue.strong
        );
    }
    css.push('}');
}

impl Palette {
    /// The names of the custom properties and their colours, calendar hues aside.
    fn roles(&self) -> [(&'static str, Rgb); 23] {
        [
            ("bg", self.bg),
            ("surface", self.surface),
            ("sunken", self.sunken),
            ("tint", self.tint),
            ("ink", self.ink),
            ("ink2", self.ink2),
            ("line", self.line),
            ("field", self.field),
            ("link", self.link),
            ("fill", self.fill),
            ("on-fill", self.on_fill),
            ("fill-hover", self.fill_hover),
            ("edge", self.edge),
            ("ok", self.ok.strong),
            ("ok-soft", self.ok.soft),
            ("warn", self.warn.strong),
            ("warn-soft", self.warn.soft),
            ("bad", self.bad.strong),
            ("bad-soft", self.bad.soft),
            ("info", self.info.strong),
            ("info-soft", self.info.soft),
            ("focus", self.focus),
            ("halo", self.halo),
        ]
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Light,
    Dark,
}

impl Mode {
    fn pick<T>(self, light: T, dark: T) -> T {
        match self {
            Self::Light => light,
            Self::Dark => dark,
        }
    }
}

/// A hue of the OKLCH wheel with a chroma; the lightness is what gets solved.
#[derive(Clone, Copy)]
struct Tone {
    chroma: f64,
    /// Radians.
    hue: f64,
}

impl Tone {
    fn degrees(chroma: f64, hue: f64) -> Self {
        Self {
            chroma,
            hue: hue.to_radians(),
        }
    }

    /// The tone at this lightness (0 to 1), with the chroma cut until a screen can show it.
    fn at(self, lightness: f64) -> Rgb {
        let (sin, cos) = self.hue.sin_cos();
        let linear = |chroma: f64| oklab_to_linear([lightness, chroma * cos, chroma * sin]);
        let mut chroma = self.chroma;
        if !in_gamut(linear(chroma)) {
            let (mut low, mut high) = (0.0, chroma);
            for _ in 0..20 {
                let middle = f64::midpoint(low, high);
                if in_gamut(linear(middle)) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            chroma = low;
        }
        let [r, g, b] = linear(chroma).map(to_byte);
        Rgb { r, g, b }
    }

    /// Steps the lightness from `from` away from the backgrounds until the contrast is at least
    /// `min` on all of them; black or white if no lightness will do.
    fn solve(self, mode: Mode, from: f64, backgrounds: &[Rgb], min: f64) -> Rgb {
        // The background nearest in luminance decides, so only one has to be compared.
        let luminances = backgrounds.iter().map(|b| b.luminance());
        let nearest = mode.pick(
            luminances.clone().fold(1.0, f64::min),
            luminances.fold(0.0, f64::max),
        );
        let step = mode.pick(-0.005, 0.005);
        let mut lightness = from;
        while (0.0..=1.0).contains(&lightness) {
            let colour = self.at(lightness);
            let own = colour.luminance();
            let right_side = mode.pick(own <= nearest, own >= nearest);
            if right_side && ratio(own, nearest) >= min {
                return colour;
            }
            lightness += step;
        }
        mode.pick(Rgb::BLACK, Rgb::WHITE)
    }
}

fn palette(brand: Brand, mode: Mode) -> Palette {
    let (lightness, tone) = to_lch(brand.0);
    let neutral = Tone {
        chroma: tone.chroma.min(0.007),
        ..tone
    };
    let tinted = Tone {
        chroma: tone.chroma.min(0.035),
        ..tone
    };

    let bg = neutral.at(mode.pick(0.985, 0.17));
    let surface = mode.pick(Rgb::WHITE, neutral.at(0.215));
    let sunken = neutral.at(mode.pick(0.955, 0.13));
    let tint = tinted.at(mode.pick(0.945, 0.29));
    let all = [bg, surface, sunken, tint];

    let button = button(brand, lightness, tone, mode);
    let readable = all.iter().all(|&b| contrast(button.fill, b) >= 3.05);
    let edge = if readable {
        button.fill
    } else {
        tone.solve(mode, to_lch(button.fill).0, &all, 3.05)
    };

    let status = |hue: f64, chroma: f64, from: f64| {
        let soft = Tone::degrees(0.035, hue).at(mode.pick(0.955, 0.27));
        let strong =
            Tone::degrees(chroma, hue).solve(mode, from, &[bg, surface, sunken, tint, soft], 4.6);
        Pair { soft, strong }
    };
    let hue = |degrees: f64| {
        let soft = Tone::degrees(0.045, degrees).at(mode.pick(0.945, 0.31));
        let strong = Tone::degrees(0.13, degrees).solve(
            mode,
            mode.pick(0.6, 0.7),
            &[surface, soft, sunken],
            3.05,
        );
        Pair { soft, strong }
    };

    Palette {
        bg,
        surface,
        sunken,
        tint,
        ink: neutral.solve(mode, mode.pick(0.22, 0.95), &all, mode.pick(12.0, 10.0)),
        ink2: neutral.solve(mode, mode.pick(0.50, 0.72), &all, 4.6),
        line: neutral.at(mode.pick(0.88, 0.34)),
        field: neutral.solve(mode, mode.pick(0.60, 0.55), &[bg, surface, sunken], 3.05),
        link: tone.solve(
            mode,
            mode.pick(lightness.min(0.52), lightness.max(0.72)),
            &all,
            4.6,
        ),
        fill: button.fill,
        on_fill: button.on_fill,
        fill_hover: button.hover,
        edge,
        ok: status(150.0, 0.14, mode.pick(0.48, 0.75)),
        warn: status(70.0, 0.13, mode.pick(0.50, 0.78)),
        bad: status(27.0, 0.19, mode.pick(0.50, 0.72)),
        info: status(250.0, 0.14, mode.pick(0.50, 0.74)),
        focus: mode.pick(Rgb::NIGHT, Rgb::SUN),
        halo: mode.pick(Rgb::SUN, Rgb::NIGHT),
        hues: [205.0, 95.0, 300.0, 150.0, 50.0, 255.0, 350.0, 120.0].map(hue),
    }
}

struct Button {
    fill: Rgb,
    on_fill: Rgb,
    hover: Rgb,
}

/// The clinic's own colour if black or white text is readable on it, else the nearest lightness.
fn button(brand: Brand, lightness: f64, tone: Tone, mode: Mode) -> Button {
    let text_on = |fill: Rgb| {
        let (white, night) = (contrast(Rgb::WHITE, fill), contrast(Rgb::NIGHT, fill));
        if white >= night {
            (Rgb::WHITE, white)
        } else {
            (Rgb::NIGHT, night)
        }
    };
    let mut chosen = None;
    if (0.2..=0.95).contains(&lightness) && text_on(brand.0).1 >= 4.6 {
        chosen = Some(brand.0);
    }
    let mut distance = 0.0;
    while chosen.is_none() && distance <= 0.8 {
        distance += 0.005;
        chosen = [lightness - distance, lightness + distance]
            .into_iter()
            .filter(|l| (0.2..=0.95).contains(l))
            .map(|l| tone.at(l))
            .find(|&fill| text_on(fill).1 >= 4.6);
    }
    let fill = chosen.unwrap_or(mode.pick(Rgb::NIGHT, Rgb::WHITE));
    let (on_fill, _) = text_on(fill);
    let own = to_lch(fill).0;
    let hover = tone.at(if on_fill == Rgb::WHITE {
        own - 0.05
    } else {
        own + 0.05
    });
    let hover = if contrast(on_fill, hover) >= 4.5 {
        hover
    } else {
        fill
    };
    Button {
        fill,
        on_fill,
        hover,
    }
}

fn to_lch(colour: Rgb) -> (f64, Tone) {
    let [lightness, a, b] = linear_to_oklab(colour.linear());
    (
        lightness,
        Tone {
            chroma: a.hypot(b),
            hue: b.atan2(a),
        },
    )
}

type Matrix = [[f64; 3]; 3];

// The matrices of Björn Ottosson's OKLab, as published.
const LINEAR_TO_CONES: Matrix = [
    [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
    [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
    [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
];
const CONES_TO_OKLAB: Matrix = [
    [0.210_454_255_3, 0.793_617_785, -0.004_072_046_8],
    [1.977_998_495_1, -2.428_592_205, 0.450_593_709_9],
    [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766],
];
const OKLAB_TO_CONES: Matrix = [
    [1.0, 0.396_337_777_4, 0.215_803_757_3],
    [1.0, -0.105_561_345_8, -0.063_854_172_8],
    [1.0, -0.089_484_177_5, -1.291_485_548],
];
const CONES_TO_LINEAR: Matrix = [
    [4.076_741_662_1, -3.307_711_591_3, 0.230_969_929_2],
    [-1.268_438_004_6, 2.609_757_401_1, -0.341_319_396_5],
    [-0.004_196_086_3, -0.703_418_614_7, 1.707_614_701],
];

fn times(matrix: &Matrix, [x, y, z]: [f64; 3]) -> [f64; 3] {
    matrix.map(|[first, second, third]| first * x + second * y + third * z)
}

fn linear_to_oklab(linear: [f64; 3]) -> [f64; 3] {
    times(
        &CONES_TO_OKLAB,
        times(&LINEAR_TO_CONES, linear).map(f64::cbrt),
    )
}

fn oklab_to_linear(oklab: [f64; 3]) -> [f64; 3] {
    times(
        &CONES_TO_LINEAR,
        times(&OKLAB_TO_CONES, oklab).map(|cone| cone.powi(3)),
    )
}

fn in_gamut(linear: [f64; 3]) -> bool {
    linear.iter().all(|v| (-1e-4..=1.0001).contains(v))
}

/// A linear channel as an sRGB byte, rounded half up, found bit by bit.
fn to_byte(linear: f64) -> u8 {
    let v = linear.clamp(0.0, 1.0);
    let encoded = if v <= 0.003_130_8 {
        12.92 * v
    } else {
        1.055 * v.powf(1.0 / 2.4) - 0.055
    };
    let limit = encoded * 255.0 + 0.5;
    [128, 64, 32, 16, 8, 4, 2, 1]
        .into_iter()
        .fold(0_u8, |byte, bit| {
            if f64::from(byte | bit) <= limit {
                byte | bit
            } else {
                byte
            }
        })
}

#[cfg(test)]
mod tests {
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
}
