//! One brand colour becomes a whole theme, light and dark, that everyone can read.
//!
//! All work happens in OKLCH: the hue stays the clinic's, the lightness moves until the contrast is
//! reached on every background. Contrast is the WCAG 2 ratio. The clinic's exact hex stays on
//! buttons whenever black or white text is readable on it, which holds for nine brands in ten.

mod oklch;

use std::fmt::{self, Write as _};

pub use oklch::{Rgb, contrast};
use oklch::{Tone, ratio, to_lch};

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

/// Which way a colour moved so that everyone can read what stands on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// It gives less light than the one chosen.
    Darker,
    /// It gives more.
    Lighter,
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

    /// Which way buttons had to leave the clinic's exact colour; `None` when they have it.
    pub fn fill_shift(&self) -> Option<Shift> {
        let (wanted, got) = (self.brand.0.luminance(), self.light.fill.luminance());
        self.fill_adjusted().then_some(if got < wanted {
            Shift::Darker
        } else {
            Shift::Lighter
        })
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

impl Tone {
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

#[cfg(test)]
mod tests;
