//! Where things stand in the calendar: rows of five minutes, and lanes for what overlaps. Pure.

/// Minutes of one row.
pub const ROW_MIN: u16 = 5;
/// The most rows that one thing spans: the sheet has no class for more.
pub const MAX_SPAN: u16 = 96;
/// The fewest rows in which a name can be read.
const READABLE: u16 = 3;
/// The most lanes that the sheet knows.
const MAX_LANES: usize = 6;

/// The hours that are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The first hour, 0 to 23.
    pub first: u16,
    /// The hour at which the last row ends, at most 24.
    pub last: u16,
}

impl Hours {
    /// The whole hours around spans of minutes after midnight; 8 to 18 where there are none.
    pub fn around(spans: impl Iterator<Item = (u16, u16)>) -> Self {
        let mut hours: Option<(u16, u16)> = None;
        for (from, until) in spans.filter(|(from, until)| from < until) {
            let (first, last) = (from / 60, until.div_ceil(60).min(24));
            hours = Some(hours.map_or((first, last), |(f, l)| (f.min(first), l.max(last))));
        }
        let (first, last) = hours.unwrap_or((8, 18));
        Self { first, last }
    }

    /// How many rows there are.
    pub fn rows(self) -> u16 {
        self.last.saturating_sub(self.first) * 60 / ROW_MIN
    }

    /// Where a span of minutes after midnight stands, cut to the hours shown; `None` outside them.
    pub fn place(self, from: u16, until: u16) -> Option<Place> {
        let (first, last) = (self.first * 60, self.last * 60);
        let (from, until) = (from.max(first), until.min(last));
        if from >= until {
            return None;
        }
        let row = (from - first) / ROW_MIN;
        let end = (until - first).div_ceil(ROW_MIN);
        Some(Place {
            row: row + 1,
            span: (end - row).clamp(1, MAX_SPAN),
        })
    }
}

/// Rows in the grid: the first, counted from 1, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The first row.
    pub row: u16,
    /// How many rows.
    pub span: u16,
}

impl Place {
    /// The CSS classes.
    pub fn class(self) -> String {
        format!("r{} h{}", self.row, self.span)
    }

    /// In pieces that the sheet has a class for.
    pub fn pieces(first: u16, rows: u16) -> impl Iterator<Item = Self> {
        (0..rows.div_ceil(MAX_SPAN)).map(move |n| Self {
            row: first + n * MAX_SPAN,
            span: (rows - n * MAX_SPAN).min(MAX_SPAN),
        })
    }

    /// The row after the last, as the eye sees it.
    fn end(self) -> u16 {
        self.row + self.span.max(READABLE)
    }
}

/// The stretches of rows that are not open.
pub fn closed_places(open: &[bool]) -> Vec<Place> {
    let mut places = Vec::new();
    let (mut row, mut began) = (1_u16, None);
    for is_open in open.iter().copied().chain([true]) {
        match (is_open, began) {
            (false, None) => began = Some(row),
            (true, Some(first)) => {
                places.extend(Place::pieces(first, row - first));
                began = None;
            }
            _ => {}
        }
        row += 1;
    }
    places
}

/// Which lanes of how many something stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    /// The first lane, from 1.
    pub number: usize,
    /// How many lanes it takes.
    pub wide: usize,
    /// How many lanes share the width.
    pub of: usize,
}

impl Lane {
    /// The CSS classes: from which of twelve columns on, and over how many. None for the whole width.
    pub fn class(self) -> String {
        let (of, column) = (sheet_lanes(self.of), COLUMNS / sheet_lanes(self.of));
        if self.wide >= of {
            return String::new();
        }
        let first = (self.number - 1) % of * column + 1;
        format!(" x{first} w{}", self.wide * column)
    }
}

/// The columns of a day.
const COLUMNS: usize = 12;

/// Into how many lanes the columns are divided: five stand in six, and no more than six are told
/// apart.
fn sheet_lanes(of: usize) -> usize {
    if of == 5 { 6 } else { of.clamp(1, MAX_LANES) }
}

/// Gives each place a lane so that no two in one lane overlap, with as few lanes as can be, and then
/// the room beside it that nothing takes. The places come in order of their first row.
pub fn lanes(places: &[Place]) -> Vec<Lane> {
    let mut found: Vec<Lane> = Vec::with_capacity(places.len());
    // The row after the last of each lane of the group, and where the group began.
    let (mut ends, mut group): (Vec<u16>, usize) = (Vec::new(), 0);
    for place in places {
        if ends.iter().all(|end| *end <= place.row) {
            close(places, &mut found, group, ends.len());
            group = found.len();
            ends.clear();
        }
        let free = ends.iter().position(|end| *end <= place.row);
        let number = free.unwrap_or(ends.len());
        if let Some(end) = ends.get_mut(number) {
            *end = place.end();
        } else {
            ends.push(place.end());
        }
        found.push(Lane {
            number: number + 1,
            wide: 1,
            of: 1,
        });
    }
    close(places, &mut found, group, ends.len());
    found
}

/// All of a group share its width: each as far as the next that stands beside it.
fn close(places: &[Place], found: &mut [Lane], group: usize, of: usize) {
    let all: Vec<(Place, usize)> = places
        .iter()
        .zip(found.iter())
        .skip(group)
        .map(|(place, lane)| (*place, lane.number))
        .collect();
    for (lane, (place, number)) in found.iter_mut().skip(group).zip(&all) {
        lane.of = of;
        let beside = |other: &&(Place, usize)| {
            other.1 > *number && place.row < other.0.end() && other.0.row < place.end()
        };
        let next = all.iter().filter(beside).map(|other| other.1).min();
        if of <= MAX_LANES {
            lane.wide = next.unwrap_or(sheet_lanes(of) + 1) - number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hours_are_whole_and_hold_everything() {
        let hours = Hours::around([(9 * 60 + 10, 12 * 60), (13 * 60, 17 * 60 + 5)].into_iter());
        assert_eq!(hours, Hours { first: 9, last: 18 });
        assert_eq!(hours.rows(), 9 * 12);
        let around_nothing = Hours::around(std::iter::empty());
        assert_eq!((around_nothing.first, around_nothing.last), (8, 18));
        assert_eq!(
            hours.place(9 * 60, 9 * 60 + 20),
            Some(Place { row: 1, span: 4 })
        );
        assert_eq!(
            hours.place(10 * 60 + 2, 10 * 60 + 12),
            Some(Place { row: 13, span: 3 })
        );
        assert_eq!(hours.place(7 * 60, 8 * 60), None);
        assert_eq!(hours.place(17 * 60, 30 * 60).map(|p| p.span), Some(12));
    }

    #[test]
    fn long_stretches_come_in_pieces() {
        let pieces: Vec<Place> = Place::pieces(1, 200).collect();
        let sum: u16 = pieces.iter().map(|p| p.span).sum();
        assert_eq!((pieces.len(), sum), (3, 200));
        assert_eq!(Place::pieces(1, 0).count(), 0);
    }

    #[test]
    fn neighbours_have_the_whole_width() {
        let place = |row, span| Place { row, span };
        let lane = |number, wide, of| Lane { number, wide, of };
        let alone = lane(1, 1, 1);
        assert_eq!(lanes(&[place(1, 4), place(5, 4)]), [alone, alone]);
        assert_eq!(
            lanes(&[place(1, 4), place(3, 4)]),
            [lane(1, 1, 2), lane(2, 1, 2)]
        );
        // Beside the first stand two, beside the last only the second.
        assert_eq!(
            lanes(&[place(1, 20), place(2, 4), place(4, 4), place(12, 4)]),
            [lane(1, 1, 3), lane(2, 1, 3), lane(3, 1, 3), lane(2, 2, 3)]
        );
        assert_eq!(alone.class(), "");
        assert_eq!(lane(2, 2, 3).class(), " x5 w8");
        assert_eq!(lane(5, 2, 5).class(), " x9 w4");
        assert_eq!(lane(9, 1, 9).class(), " x5 w2");
    }

    #[test]
    fn closed_rows_are_the_rest_of_the_open_ones() {
        let mut open = vec![false; 120];
        open.iter_mut().skip(12).take(48).for_each(|o| *o = true);
        let closed = closed_places(&open);
        let rows: Vec<(u16, u16)> = closed.iter().map(|p| (p.row, p.span)).collect();
        assert_eq!(rows, [(1, 12), (61, 60)]);
        assert_eq!(closed_places(&[true; 10]), []);
        assert_eq!(closed_places(&[false; 288]).len(), 3);
    }

    proptest! {
        #[test]
        fn nothing_covers_anything(mut spans in prop::collection::vec((1u16..200, 1u16..40), 0..60)) {
            spans.sort_unstable();
            let places: Vec<Place> = spans.iter().map(|(row, span)| Place { row: *row, span: *span }).collect();
            let lanes = lanes(&places);
            prop_assert_eq!(lanes.len(), places.len());
            for (i, (a, la)) in places.iter().zip(&lanes).enumerate() {
                prop_assert!(la.number >= 1 && la.number <= la.of && la.wide >= 1);
                for (b, lb) in places.iter().zip(&lanes).skip(i + 1) {
                    if a.row < b.end() && b.row < a.end() {
                        let apart = la.number + la.wide <= lb.number || lb.number + lb.wide <= la.number;
                        prop_assert!(apart, "{la:?} {lb:?}");
                        prop_assert_eq!(la.of, lb.of);
                    }
                }
                // As few lanes as can be: somewhere in the group so many stand side by side.
                let beside = |row: u16| places.iter().filter(|p| p.row <= row && row < p.end()).count();
                prop_assert!(la.of <= (1..=240).map(beside).max().unwrap_or(0));
            }
        }
    }
}
