//! Line drawings of somebody else's screen: a phone or a window, its rows, and the one thing to
//! press there. The words of the step beside it say the same, so screen readers skip the drawing.
//!
//! A drawing is as high as what is in it, and longer words in another language only take more
//! lines. Where one reads from right to left, phones do too: everything changes sides.

use maud::{Markup, html};

use super::page::Dir;

/// Units across; about as many pixels where there is room.
const WIDTH: u32 = 240;
/// Between the frame and what is in it.
const EDGE: u32 = 14;
/// Units across for what is in the frame.
const INSIDE: u32 = WIDTH - 2 * EDGE;
/// Between the edge of a row and its words.
const INDENT: u32 = 10;
/// From one line of words to the next.
const LINE: u32 = 18;
/// From the top of a line to where its letters stand.
const FOOT: u32 = 14;
/// What a letter takes in tenths of a unit, with something to spare.
const LETTER_TENTHS: u32 = 80;
/// Between two things below each other.
const GAP: u32 = 8;
/// As high as a row with one line.
const ROW: u32 = LINE + 2 * INDENT - 2;

/// What the screen belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Device {
    Phone,
    Window,
}

/// A screen; what is put on it goes below what is there.
#[derive(Debug)]
pub struct Screen {
    device: Device,
    mirrored: bool,
    /// Where the next thing begins.
    top: u32,
    drawn: Vec<Markup>,
}

impl Screen {
    /// The upper part of a phone.
    pub const fn phone(dir: Dir) -> Self {
        Self::new(Device::Phone, dir, 30)
    }

    /// A window of a computer.
    pub const fn window(dir: Dir) -> Self {
        Self::new(Device::Window, dir, 34)
    }

    const fn new(device: Device, dir: Dir, top: u32) -> Self {
        Self {
            device,
            mirrored: matches!(dir, Dir::Rtl),
            top,
            drawn: Vec::new(),
        }
    }

    /// Where the screen is, above everything else.
    #[must_use]
    pub fn title(self, words: &str) -> Self {
        let top = self.top;
        let (drawn, lines) = self.lines(EDGE, top, INSIDE, words, "strong");
        self.with(drawn, lines * LINE + GAP)
    }

    /// What the screen says.
    #[must_use]
    pub fn says(self, words: &str) -> Self {
        let top = self.top;
        let (drawn, lines) = self.lines(EDGE, top, INSIDE, words, "");
        self.with(drawn, lines * LINE + GAP)
    }

    /// A row that does not matter here.
    #[must_use]
    pub fn other(self) -> Self {
        let top = self.top;
        let bar = self.rect(EDGE + INDENT, top + 11, INSIDE / 2, 10, 5, "blank");
        let row = self.rect(EDGE, top, INSIDE, ROW - 4, 8, "plain");
        self.with(html! { (row) (bar) }, ROW - 4 + GAP)
    }

    /// The row to choose; it leads on.
    #[must_use]
    pub fn row(self, words: &str) -> Self {
        let (row, height) = self.marked(words, 0, 22);
        let (x, y) = (self.at(EDGE + INSIDE - 16), self.top + height / 2 - 5);
        let on = if self.mirrored {
            "l-5 5l5 5"
        } else {
            "l5 5l-5 5"
        };
        self.with(
            html! { (row) path.stroke d=(format!("M{x} {y}{on}")) {} },
            height + GAP,
        )
    }

    /// The file to choose.
    #[must_use]
    pub fn file(self, name: &str) -> Self {
        let (row, height) = self.marked(name, 24, 0);
        let (x, y) = (self.left(EDGE + INDENT, 13), self.top + (height - 16) / 2);
        let sheet = format!("M{x} {y}h8l5 5v11h-13zM{} {y}v5h5", x + 8);
        self.with(html! { (row) path.stroke d=(sheet) {} }, height + GAP)
    }

    /// The switch to switch on, with what it switches.
    #[must_use]
    pub fn switch(self, words: &str) -> Self {
        let (row, height) = self.marked(words, 0, 48);
        let y = self.top + (height - 20) / 2;
        let track = self.rect(EDGE + INSIDE - INDENT - 36, y, 36, 20, 10, "press");
        let x = self.at(EDGE + INSIDE - INDENT - 10);
        self.with(
            html! { (row) (track) circle.knob cx=(x) cy=(y + 10) r="7" {} },
            height + GAP,
        )
    }

    /// The box to tick, with what it means.
    #[must_use]
    pub fn tick(self, words: &str) -> Self {
        let (row, height) = self.marked(words, 28, 0);
        let y = self.top + (height - 18) / 2;
        let left = EDGE + INDENT;
        let ground = self.rect(left, y, 18, 18, 4, "press");
        let tick = format!("M{} {}l4 4l7-8", self.left(left, 18) + 4, y + 9);
        self.with(html! { (row) (ground) path.on d=(tick) {} }, height + GAP)
    }

    /// The one to choose of several.
    #[must_use]
    pub fn choice(self, words: &str) -> Self {
        let (row, height) = self.marked(words, 28, 0);
        let (x, y) = (self.at(EDGE + INDENT + 9), self.top + height / 2);
        self.with(
            html! { (row) circle.stroke cx=(x) cy=(y) r="8" {} circle.dot cx=(x) cy=(y) r="4" {} },
            height + GAP,
        )
    }

    /// One that is not to be chosen.
    #[must_use]
    pub fn choice_not(self, words: &str) -> Self {
        let top = self.top;
        let (drawn, lines) = self.lines(EDGE + INDENT + 28, top + 4, INSIDE - 48, words, "");
        let (x, y) = (self.at(EDGE + INDENT + 9), top + 4 + lines * LINE / 2);
        self.with(
            html! { (drawn) circle.quiet cx=(x) cy=(y) r="8" {} },
            lines * LINE + 8 + GAP,
        )
    }

    /// Where one searches, with what to type.
    #[must_use]
    pub fn search(self, words: &str) -> Self {
        let (row, height) = self.marked(words, 26, 0);
        let (x, y) = (self.at(EDGE + INDENT + 7), self.top + height / 2 - 1);
        self.with(
            html! { (row) circle.stroke cx=(x) cy=(y) r="6" {} path.stroke d=(format!("M{} {}l5 5", x + 4, y + 4)) {} },
            height + GAP,
        )
    }

    /// The buttons of a question at the end of a line: those to leave alone, then the one to press.
    #[must_use]
    pub fn buttons(self, others: &[&str], press: &str) -> Self {
        let wide = |words: &str| letters(words) * LETTER_TENTHS / 10 + 2 * INDENT;
        let all = others
            .iter()
            .map(|words| (*words, false))
            .chain([(press, true)]);
        let needed = |one: &(&str, bool)| wide(one.0) + GAP;
        let together: u32 = all.clone().map(|one| needed(&one)).sum();
        let (top, below) = (self.top, ROW + GAP);
        // What has no room beside each other stands below each other.
        let stacked = together > INSIDE + GAP;
        let mut left = (EDGE + INSIDE + GAP).saturating_sub(together);
        let mut y = top;
        let mut drawn = Vec::new();
        for (words, is_press) in all {
            let width = if stacked { INSIDE } else { wide(words) };
            let from = if stacked { EDGE } else { left };
            let (ground, letters) = if is_press {
                ("press", "on strong")
            } else {
                ("plain", "")
            };
            let x = self.at(from + width / 2);
            drawn.push(html! {
                (self.rect(from, y, width, ROW, 8, ground))
                text.(letters) x=(x) y=(y + INDENT - 1 + FOOT) text-anchor="middle" { (words) }
            });
            left += width + GAP;
            if stacked {
                y += below;
            }
        }
        let height = if stacked { y - top } else { below };
        self.with(html! { @for one in drawn { (one) } }, height)
    }

    /// The drawing in its frame.
    pub fn show(&self) -> Markup {
        let height = self.top + EDGE - GAP + if self.device == Device::Phone { 14 } else { 0 };
        let (round, deep) = match self.device {
            Device::Phone => (26, height - 4),
            Device::Window => (8, height - 4),
        };
        html! {
            svg.drawing aria-hidden="true" focusable="false" viewBox=(format!("0 0 {WIDTH} {height}")) {
                rect.frame x="2" y="2" width=(WIDTH - 4) height=(deep) rx=(round) {}
                @match self.device {
                    Device::Phone => {
                        path.slit d=(format!("M{} 15h40", WIDTH / 2 - 20)) {}
                        path.slit d=(format!("M{} {}h60", WIDTH / 2 - 30, height - 12)) {}
                    }
                    Device::Window => {
                        path.quiet d=(format!("M2 24h{}", WIDTH - 4)) {}
                        @for dot in 0..3_u32 { circle.blank cx=(self.at(14 + 12 * dot)) cy="13" r="3.5" {} }
                    }
                }
                @for one in &self.drawn { (one) }
            }
        }
    }

    /// With something more, and the next thing that far below.
    fn with(mut self, drawn: Markup, height: u32) -> Self {
        self.drawn.push(drawn);
        self.top += height;
        self
    }

    /// A place on the side where one begins to read.
    const fn at(&self, x: u32) -> u32 {
        if self.mirrored { WIDTH - x } else { x }
    }

    /// The left edge of something that wide.
    const fn left(&self, x: u32, width: u32) -> u32 {
        if self.mirrored { WIDTH - x - width } else { x }
    }

    fn rect(&self, x: u32, y: u32, width: u32, height: u32, round: u32, class: &str) -> Markup {
        html! { rect.(class) x=(self.left(x, width)) y=(y) width=(width) height=(height) rx=(round) {} }
    }

    /// A row that is to be chosen, with room before and after its words, and how high it is.
    fn marked(&self, words: &str, before: u32, after: u32) -> (Markup, u32) {
        let room = INSIDE - 2 * INDENT - before - after;
        let first = self.top + INDENT - 1;
        let (text, lines) = self.lines(EDGE + INDENT + before, first, room, words, "strong");
        let height = ROW + (lines - 1) * LINE;
        let ground = self.rect(EDGE, self.top, INSIDE, height, 8, "here");
        (html! { (ground) (text) }, height)
    }

    /// Words in as many lines as they need, and how many those are.
    fn lines(&self, x: u32, y: u32, room: u32, words: &str, class: &str) -> (Markup, u32) {
        let class = Some(class).filter(|class| !class.is_empty());
        let lines = broken(words, room * 10 / LETTER_TENTHS);
        let drawn = html! {
            @for (line, n) in lines.iter().zip(0_u32..) {
                text class=[class] x=(self.at(x)) y=(y + FOOT + n * LINE) { (line) }
            }
        };
        (drawn, u32::try_from(lines.len()).unwrap_or(1).max(1))
    }
}

/// How many letters wide; those of East Asia are as wide as two.
fn letters(words: &str) -> u32 {
    words
        .chars()
        .map(|c| if c < '\u{1100}' { 1 } else { 2 })
        .sum()
}

/// The words in lines of at most so many letters. A longer word goes on in the next line.
fn broken(words: &str, most: u32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace().flat_map(|word| parts(word, most)) {
        match lines.last_mut() {
            Some(line) if letters(line) + 1 + letters(&word) <= most => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// A word in parts of at most so many letters.
fn parts(word: &str, most: u32) -> Vec<String> {
    let mut parts = vec![String::new()];
    for letter in word.chars() {
        let mut one = [0; 4];
        let letter = &*letter.encode_utf8(&mut one);
        match parts.last_mut() {
            Some(part) if letters(part) + letters(letter) <= most => part.push_str(letter),
            _ => parts.push(letter.to_owned()),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    fn heights(html: &str) -> Vec<u32> {
        let rows = Regex::new("class=\"here\"[^>]* height=\"([0-9]+)\"").unwrap();
        rows.captures_iter(html)
            .map(|found| found[1].parse().unwrap())
            .collect()
    }

    #[test]
    fn a_drawing_is_skipped_by_screen_readers_and_has_no_styles_of_its_own() {
        let html = Screen::phone(Dir::Ltr)
            .title("Settings")
            .other()
            .row("<b>Profile</b>")
            .switch("Riverside")
            .buttons(&["Cancel"], "Install")
            .show()
            .into_string();
        assert!(html.starts_with("<svg class=\"drawing\" aria-hidden=\"true\""));
        assert!(html.contains("&lt;b&gt;Profile") && !html.contains("<b>"));
        assert!(!html.contains("style") && !html.contains("fill=") && !html.contains("stroke="));
        assert_eq!(html.matches("class=\"here\"").count(), 2);
        assert_eq!(html.matches("class=\"on strong\"").count(), 1);
    }

    #[test]
    fn longer_words_take_more_lines_and_the_row_grows() {
        let draw = |words: &str| Screen::window(Dir::Ltr).tick(words).show().into_string();
        let (short, long) = (
            draw("Trust this CA"),
            draw("Trust this CA to identify websites"),
        );
        assert_eq!(heights(&short), [ROW]);
        assert_eq!(heights(&long), [ROW + LINE]);
        assert!(long.contains(">Trust this CA to<") && long.contains(">identify websites<"));
    }

    #[test]
    fn words_without_spaces_go_on_in_the_next_line() {
        assert_eq!(broken("ab cdefg h", 3), ["ab", "cde", "fg", "h"]);
        assert_eq!(broken("河畔診療所", 4), ["河畔", "診療", "所"]);
        assert_eq!(broken("", 4), [""; 0]);
    }

    #[test]
    fn nothing_lies_outside_the_frame() {
        let x =
            Regex::new("<rect class=\"(?:press|plain)\" x=\"([0-9]+)\"[^>]* width=\"([0-9]+)\"")
                .unwrap();
        for dir in [Dir::Ltr, Dir::Rtl] {
            let html = Screen::window(dir)
                .buttons(&["Do not install it"], "Install it all the same")
                .buttons(&["Back"], "Next")
                .show()
                .into_string();
            let found: Vec<(u32, u32)> = x
                .captures_iter(&html)
                .map(|f| (f[1].parse().unwrap(), f[2].parse().unwrap()))
                .collect();
            assert_eq!(found.len(), 4);
            assert!(
                found
                    .iter()
                    .all(|(x, w)| *x >= EDGE && x + w <= WIDTH - EDGE),
                "{found:?}"
            );
            assert_eq!(
                found.iter().filter(|(_, w)| *w == INSIDE).count(),
                2,
                "stacked"
            );
        }
    }

    #[test]
    fn what_is_read_from_the_right_begins_at_the_right() {
        let draw = |dir| Screen::phone(dir).title("Settings").show().into_string();
        assert!(draw(Dir::Ltr).contains(&format!("x=\"{EDGE}\"")));
        assert!(draw(Dir::Rtl).contains(&format!("x=\"{}\"", WIDTH - EDGE)));
    }
}
