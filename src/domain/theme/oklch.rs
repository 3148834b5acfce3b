//! Colour as screens show it and as eyes see it: sRGB, OKLCH, and contrast between the two.

use std::fmt;

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
    pub(super) const WHITE: Self = Self {
        r: 255,
        g: 255,
        b: 255,
    };
    pub(super) const BLACK: Self = Self { r: 0, g: 0, b: 0 };
    /// Near-black text for light fills: softer than pure black, still dark enough.
    pub(super) const NIGHT: Self = Self {
        r: 0x10,
        g: 0x14,
        b: 0x18,
    };
    /// The yellow of the focus ring.
    pub(super) const SUN: Self = Self {
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

pub(super) fn ratio(a: f64, b: f64) -> f64 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// A hue of the OKLCH wheel with a chroma; the lightness is what gets solved.
#[derive(Clone, Copy)]
pub(super) struct Tone {
    pub(super) chroma: f64,
    /// Radians.
    pub(super) hue: f64,
}

impl Tone {
    pub(super) fn degrees(chroma: f64, hue: f64) -> Self {
        Self {
            chroma,
            hue: hue.to_radians(),
        }
    }

    /// The tone at this lightness (0 to 1), with the chroma cut until a screen can show it.
    pub(super) fn at(self, lightness: f64) -> Rgb {
        let (sin, cos) = self.hue.sin_cos();
        let linear = |chroma: f64| oklab_to_linear([lightness, chroma * cos, chroma * sin]);
        let mut chroma = self.chroma;
        if !in_gamut(linear(chroma)) {
            let (mut low, mut high) = (0.0, chroma);
            for _ in 0..14 {
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
}

pub(super) fn to_lch(colour: Rgb) -> (f64, Tone) {
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
